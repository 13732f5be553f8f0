import type { Person } from '../../../core/access/person.ts';
import { decideAndAppend, type InquiryDecision } from '../../../core/inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import type { EventActor } from '../../../core/inquiry/values/actor.ts';
import { addSeconds, DeskId, type InquiryId, Sub } from '../../../core/inquiry/values/ids.ts';
import { type MailFixture, mailPeople } from './mail-fixture.ts';

type BareEvent<Event> = Event extends InquiryEvent ? Omit<Event, 'v' | 'at' | 'by'> : never;

/** Brings an inquiry into a state by appending the events that the other functions would. */
export function makeInquiryStates(mail: MailFixture) {
  async function append(
    id: InquiryId | undefined,
    by: EventActor,
    event: BareEvent<InquiryEvent>,
    besides: Omit<InquiryDecision, 'events'> = {},
  ): Promise<InquiryId> {
    if (id === undefined) throw new TypeError('no inquiry is named');
    const whole = { ...event, v: 1, at: mail.now(), by } as InquiryEvent;
    const performed = await decideAndAppend(mail.intake, id, mail.intake.terms, mail.now(), () => ({
      events: [whole],
      ...besides,
    }));
    if (isRefusal(performed)) throw new Error(performed.detail);
    return id;
  }

  const routing: EventActor = { kind: 'system', part: 'routing' };
  const actorOf = (agent: Person): EventActor => ({
    kind: 'agent',
    sub: Sub.parse(agent.sub),
    name: agent.name,
    role: agent.role,
    ...(agent.vendor === undefined ? {} : { vendor: agent.vendor }),
  });
  const day = () => addSeconds(mail.now(), 86_400);

  const route = (id: InquiryId | undefined, desk: 'staff' | 'bpo' = 'bpo') =>
    append(id, routing, {
      type: 'InquiryRouted',
      desk: DeskId.parse(desk),
      ...(desk === 'bpo' ? { vendor: mailPeople.operator.vendor } : {}),
      ...{ priority: 'medium', category: 'general', tags: [], rules: 0, trace: [] },
      announceAt: day(),
    });

  async function claim(id: InquiryId | undefined, agent: Person, desk: 'staff' | 'bpo' = 'bpo') {
    await route(id, desk);
    const { fence } = await mail.load(id);
    const common = { agent: Sub.parse(agent.sub), desk: DeskId.parse(desk), fence: fence + 1 };
    const until = addSeconds(mail.now(), 900);
    return append(
      id,
      actorOf(agent),
      { type: 'InquiryClaimed', ...common, name: agent.name, leaseUntil: until },
      { lease: { change: 'grant', lease: { ...common, until, confirmed: true } } },
    );
  }

  async function resolve(id: InquiryId | undefined) {
    await claim(id, mailPeople.operator);
    const { fence } = await mail.load(id);
    return append(
      id,
      actorOf(mailPeople.operator),
      {
        type: 'InquiryResolved',
        silent: true,
        closeAt: addSeconds(mail.now(), 7 * 86_400),
        reopenUntil: addSeconds(mail.now(), 14 * 86_400),
      },
      { lease: { change: 'end', fence } },
    );
  }

  async function letWait(id: InquiryId | undefined) {
    await claim(id, mailPeople.operator);
    const { fence, desk } = await mail.load(id);
    return append(
      id,
      actorOf(mailPeople.operator),
      {
        type: 'RequesterAwaited',
        desk: desk ?? DeskId.parse('bpo'),
        ...{ remindAt: day(), remindAfterSeconds: 86_400 },
      },
      { lease: { change: 'end', fence } },
    );
  }

  async function merge(id: InquiryId | undefined, into: InquiryId | undefined) {
    const { id: target, number } = await mail.load(into);
    return append(id, actorOf(mailPeople.lead), {
      type: 'InquiryMerged',
      into: target,
      intoNumber: number,
    });
  }

  return { route, claim, resolve, letWait, merge };
}
