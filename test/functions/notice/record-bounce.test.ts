import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { planAppend } from '../../../core/inquiry/decide-and-append.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import { shippedServiceLevels } from '../../../core/inquiry/terms/shipped-service-levels.ts';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import { Env, makeHandler } from '../../../functions/notice/record-bounce.ts';
import { lambdaContext } from '../edge/http/fake-gateway-event.ts';
import { assigned, env, queued, routed, startNoticeWorld } from './notice-fixture.ts';

let world: Awaited<ReturnType<typeof startNoticeWorld>>;
let handler: ReturnType<typeof makeHandler>;
beforeAll(async () => {
  world = await startNoticeWorld();
  handler = makeHandler({
    ...world.performing,
    env: Env.parse(env),
    terms: world.terms,
    sentMail: world.noticeLedger,
    people: world.people,
    logger: world.telemetry.logger,
    meter: world.telemetry.meter,
    now: () => world.clock.now,
  });
});
afterAll(() => world.stop());
beforeEach(() => world.later(2 * 86_400));

type Specimen = { mail: Record<string, unknown> } & Record<string, Record<string, unknown>>;

/** A specimen, about the mail that was sent last and with a feedback id of its own. */
async function about(name: string, part: string): Promise<Specimen> {
  const path = new URL(`../../../events/aws/${name}.json`, import.meta.url);
  const event = JSON.parse(readFileSync(path, 'utf8')) as Specimen;
  const { id } = await world.lastMail();
  return {
    ...event,
    [part]: { ...event[part], feedbackId: `${id}-feedback` },
    mail: { ...event.mail, messageId: id },
  };
}

async function record(event: unknown, receiveCount = 1): Promise<number> {
  const answer = await handler(queued([event], receiveCount), lambdaContext());
  return answer.batchItemFailures.length;
}

async function failures(id: InquiryId) {
  const events = await world.ledger.events(id, 0, 100);
  return events.flatMap(({ event }) => (event.type === 'DeliveryFailed' ? [event] : []));
}

it('marks the address on the inquiry and the person, and tells the agent, once', async () => {
  await world.person({ address: 'yamada@toritsugi.example', role: 'requester' });
  await world.person({ address: 'sato@toritsugi.example', sub: 'sub-sato' });
  const id = await world.open();
  await world.deliverPending(id);
  const bounce = await about('ses-bounce', 'bounce');
  await world.append(id, routed, assigned('sub-sato'));
  await world.deliverPending(id);
  expect(await record(bounce)).toBe(0);
  expect(await record(bounce)).toBe(0);
  expect(await failures(id)).toMatchObject([
    {
      address: 'yamada@toritsugi.example',
      permanent: true,
      by: { kind: 'system', part: 'notice' },
    },
  ]);
  const loaded = await world.ledger.load(id);
  expect(loaded?.inquiry.undeliverable).toEqual(['yamada@toritsugi.example']);
  const [person] = await world.people.byAddresses(['yamada@toritsugi.example' as never]);
  expect(person?.undeliverableAt).toBe(world.clock.now);
  await world.deliverPending(id);
  const { parsed, destinations } = await world.lastMail();
  expect(destinations).toEqual(['sato@toritsugi.example']);
  expect(parsed.text).toContain('宛先: yamada@toritsugi.example');
  expect(parsed.text).toContain('User unknown');
});

it('records a failure that may pass, once, and goes on writing to the address', async () => {
  const id = await world.open();
  await world.deliverPending(id);
  const bounce = await about('ses-bounce-transient', 'bounce');
  await Promise.all([record(bounce), record(bounce), record(bounce)]);
  expect(await failures(id)).toMatchObject([{ permanent: false }]);
  expect((await world.ledger.load(id))?.inquiry.undeliverable).toEqual([]);
});

it('writes no more to an address that has complained', async () => {
  const id = await world.open();
  await world.deliverPending(id);
  expect(await record(await about('ses-complaint', 'complaint'))).toBe(0);
  expect(await failures(id)).toMatchObject([{ permanent: true, diagnostic: 'Complaint abuse' }]);
});

it('follows an inquiry into the one it was merged into', async () => {
  const id = await world.open();
  await world.deliverPending(id);
  const bounce = await about('ses-bounce', 'bounce');
  const target = await world.open({ acknowledge: false });
  const from = await world.ledger.load(id);
  const into = await world.ledger.load(target);
  if (from === undefined || into === undefined) throw new Error('not there');
  const by = { kind: 'system', part: 'work' } as const;
  const common = { v: 1, at: world.clock.now, by } as const;
  const intoNumber = into.inquiry.number;
  const appending = planAppend(
    id,
    from,
    { events: [{ ...common, type: 'InquiryMerged', into: target, intoNumber }] },
    { serviceLevels: shippedServiceLevels },
    world.clock.now,
  );
  if (isRefusal(appending)) throw new Error(appending.detail);
  await world.ledger.append(appending);
  expect(await record(bounce)).toBe(0);
  expect(await failures(id)).toEqual([]);
  expect(await failures(target)).toHaveLength(1);
});

it('asks once more about mail it does not know, and then lets it go', async () => {
  await world.deliverPending(await world.open());
  const bounce = await about('ses-bounce', 'bounce');
  const unknown = { ...bounce, mail: { ...bounce.mail, messageId: '0106000000000000-unknown' } };
  expect(await record(unknown, 1)).toBe(1);
  expect(await record(unknown, 2)).toBe(0);
});

it('has nothing to do with a delivery', async () => {
  const id = await world.open();
  await world.deliverPending(id);
  expect(await record(await about('ses-delivery', 'delivery'))).toBe(0);
  expect(await failures(id)).toEqual([]);
});
