import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { planAppend } from '../../../core/inquiry/decide-and-append.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import { shippedServiceLevels } from '../../../core/inquiry/terms/shipped-service-levels.ts';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import { Env, makeHandler } from '../../../functions/notice/record-bounce.ts';
import { fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import {
  makeAssignment,
  makeQueueEvent,
  routedToStaff,
  sendNoticeEnv,
  startNoticeFixture,
} from './notice-fixture.ts';

let fixture: Awaited<ReturnType<typeof startNoticeFixture>>;
let handler: ReturnType<typeof makeHandler>;
beforeAll(async () => {
  fixture = await startNoticeFixture();
  handler = makeHandler({
    ...fixture.commandDependencies,
    env: Env.parse(sendNoticeEnv),
    terms: fixture.terms,
    sentMail: fixture.noticeLedger,
    people: fixture.people,
    logger: fixture.telemetry.logger,
    meter: fixture.telemetry.meter,
    now: () => fixture.clock.now,
  });
});
afterAll(() => fixture.stop());
beforeEach(() => fixture.later(2 * 86_400));

type Specimen = { mail: Record<string, unknown> } & Record<string, Record<string, unknown>>;

/** A specimen about the last mail sent, with a feedback id of its own. */
async function about(name: string, part: string): Promise<Specimen> {
  const path = new URL(`../../../events/aws/${name}.json`, import.meta.url);
  const event = JSON.parse(readFileSync(path, 'utf8')) as Specimen;
  const { id } = await fixture.lastMail();
  return {
    ...event,
    [part]: { ...event[part], feedbackId: `${id}-feedback` },
    mail: { ...event.mail, messageId: id },
  };
}

async function record(event: unknown, receiveCount = 1): Promise<number> {
  const answer = await handler(makeQueueEvent([event], receiveCount), fakeLambdaContext());
  return answer.batchItemFailures.length;
}

async function failures(id: InquiryId) {
  const events = await fixture.ledger.events(id, 0, 100);
  return events.flatMap(({ event }) => (event.type === 'DeliveryFailed' ? [event] : []));
}

it('marks the address on the inquiry and the person, and tells the agent, once', async () => {
  await fixture.person({ address: 'yamada@toritsugi.example', role: 'requester' });
  await fixture.person({ address: 'sato@toritsugi.example', sub: 'sub-sato' });
  const id = await fixture.open();
  await fixture.deliverPending(id);
  const bounce = await about('ses-bounce', 'bounce');
  await fixture.append(id, routedToStaff, makeAssignment('sub-sato'));
  await fixture.deliverPending(id);
  expect(await record(bounce)).toBe(0);
  expect(await record(bounce)).toBe(0);
  expect(await failures(id)).toMatchObject([
    {
      address: 'yamada@toritsugi.example',
      permanent: true,
      by: { kind: 'system', part: 'notice' },
    },
  ]);
  const loaded = await fixture.ledger.load(id);
  expect(loaded?.inquiry.undeliverable).toEqual(['yamada@toritsugi.example']);
  const [person] = await fixture.people.byAddresses(['yamada@toritsugi.example' as never]);
  expect(person?.undeliverableAt).toBe(fixture.clock.now);
  await fixture.deliverPending(id);
  const { parsed, destinations } = await fixture.lastMail();
  expect(destinations).toEqual(['sato@toritsugi.example']);
  expect(parsed.text).toContain('宛先: yamada@toritsugi.example');
  expect(parsed.text).toContain('User unknown');
});

it('records a failure that may pass, once, and goes on writing to the address', async () => {
  const id = await fixture.open();
  await fixture.deliverPending(id);
  const bounce = await about('ses-bounce-transient', 'bounce');
  await Promise.all([record(bounce), record(bounce), record(bounce)]);
  expect(await failures(id)).toMatchObject([{ permanent: false }]);
  expect((await fixture.ledger.load(id))?.inquiry.undeliverable).toEqual([]);
});

it('writes no more to an address that has complained', async () => {
  const id = await fixture.open();
  await fixture.deliverPending(id);
  expect(await record(await about('ses-complaint', 'complaint'))).toBe(0);
  expect(await failures(id)).toMatchObject([{ permanent: true, diagnostic: 'Complaint abuse' }]);
});

it('follows an inquiry into the one it was merged into', async () => {
  const id = await fixture.open();
  await fixture.deliverPending(id);
  const bounce = await about('ses-bounce', 'bounce');
  const target = await fixture.open({ acknowledge: false });
  const from = await fixture.ledger.load(id);
  const into = await fixture.ledger.load(target);
  if (from === undefined || into === undefined) throw new Error('not there');
  const by = { kind: 'system', part: 'work' } as const;
  const common = { v: 1, at: fixture.clock.now, by } as const;
  const intoNumber = into.inquiry.number;
  const pendingAppend = planAppend(
    id,
    from,
    { events: [{ ...common, type: 'InquiryMerged', into: target, intoNumber }] },
    { serviceLevels: shippedServiceLevels },
    fixture.clock.now,
  );
  if (isRefusal(pendingAppend)) throw new Error(pendingAppend.detail);
  await fixture.ledger.append(pendingAppend);
  expect(await record(bounce)).toBe(0);
  expect(await failures(id)).toEqual([]);
  expect(await failures(target)).toHaveLength(1);
});

it('asks once more about mail it does not know, and then lets it go', async () => {
  await fixture.deliverPending(await fixture.open());
  const bounce = await about('ses-bounce', 'bounce');
  const unknown = { ...bounce, mail: { ...bounce.mail, messageId: '0106000000000000-unknown' } };
  expect(await record(unknown, 1)).toBe(1);
  expect(await record(unknown, 2)).toBe(0);
});

it('lets go of what SES writes when its topic is connected, without any trouble', async () => {
  const path = new URL('../../../events/aws/sqs-setup-messages.json', import.meta.url);
  const before = { ...fixture.telemetry.counts };
  const answer = await handler(JSON.parse(readFileSync(path, 'utf8')), fakeLambdaContext());
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(fixture.telemetry.counts).toEqual({
    ...before,
    RecordDone: (before.RecordDone ?? 0) + 5,
  });
});

it('has nothing to do with a delivery', async () => {
  const id = await fixture.open();
  await fixture.deliverPending(id);
  expect(await record(await about('ses-delivery', 'delivery'))).toBe(0);
  expect(await failures(id)).toEqual([]);
});
