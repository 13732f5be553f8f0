import { findRelations, may } from '../../access/may.ts';
import type { Person } from '../../access/person.ts';
import type {
  Escalation,
  EscalationId,
  EscalationRecipient,
} from '../../inquiry/clock/escalation.ts';
import { type CommandDependencies, decideAndAppend } from '../../inquiry/decide-and-append.ts';
import type { IdempotencyRecord, InquiryLedger } from '../../inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { EventActor } from '../../inquiry/values/actor.ts';
import type { InquiryId, Instant, Sub } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';

export type InquiryEscalationRef = {
  readonly inquiryId: InquiryId;
  readonly escalation: EscalationId;
};

/** An escalation that somebody has acknowledged. */
export type AcknowledgedEscalation = {
  readonly inquiryId: InquiryId;
  readonly number: InquiryNumber;
  readonly escalation: Escalation & {
    readonly acknowledged: NonNullable<Escalation['acknowledged']>;
  };
  /** It was acknowledged before, so nothing was written. */
  readonly isRepeated: boolean;
};

/** Who acknowledges, and why they may not; undefined where they may. */
export type Acknowledger = {
  readonly by: EventActor;
  readonly refusal: (
    inquiry: Inquiry,
    notified: readonly EscalationRecipient[],
  ) => Refusal | undefined;
};

const eventPageSize = 200;

/**
 * Acknowledges an escalation, so that nobody else is notified.
 *
 * Acknowledging it again changes nothing. Refuses what the acknowledger's rights refuse,
 * `sla.unknown-escalation`, and `sla.escalation-over` once its clock has ended or it is no longer
 * an emergency.
 * @param makeIdempotencyRecord makes the record that answers a repeated request
 * @throws IdempotencyConflict when the same request has been performed before
 */
export async function acknowledgeEscalation(
  dependencies: CommandDependencies,
  { inquiryId, escalation: id }: InquiryEscalationRef,
  { by, refusal }: Acknowledger,
  { terms, now }: { readonly terms: Terms; readonly now: Instant },
  makeIdempotencyRecord?: (acknowledged: AcknowledgedEscalation) => IdempotencyRecord | undefined,
): Promise<AcknowledgedEscalation | Refusal> {
  const outcome = await decideAndAppend(dependencies, inquiryId, terms, now, ({ inquiry }) => {
    const escalation = inquiry.escalations.find((one) => one.id === id);
    const refused = refusal(inquiry, escalation?.told ?? []);
    // Somebody who may not see the inquiry must not learn of its escalations.
    if (refused !== undefined && (escalation !== undefined || refused.refused !== forbidden)) {
      return refused;
    }
    if (escalation === undefined) return refuse('sla.unknown-escalation', 'There is none such.');
    if (escalation.acknowledged !== undefined) return { events: [] };
    const after = { ...escalation, steps: [], acknowledged: { at: now, name: actorNameOf(by) } };
    const { number } = inquiry;
    const idempotencyRecord = makeIdempotencyRecord?.({
      inquiryId,
      number,
      escalation: after,
      isRepeated: false,
    });
    return {
      events: [{ v: 1, at: now, by, type: 'EscalationAcknowledged', escalation: id }],
      ...(idempotencyRecord === undefined ? {} : { idempotencyRecords: [idempotencyRecord] }),
    };
  });
  if (isRefusal(outcome)) {
    return outcome.refused === 'sla.unknown-escalation'
      ? refuseMissingEscalation(dependencies.ledger, inquiryId, id, refusal)
      : outcome;
  }
  const { inquiry, events } = outcome;
  const escalation = inquiry.escalations.find((one) => one.id === id);
  if (escalation?.acknowledged === undefined) throw new TypeError('it was not acknowledged');
  const isRepeated = !events.some(({ type }) => type === 'EscalationAcknowledged');
  const { acknowledged } = escalation;
  return {
    inquiryId,
    number: inquiry.number,
    escalation: { ...escalation, acknowledged },
    isRepeated,
  };
}

const forbidden = 'access.forbidden';

function actorNameOf(by: EventActor): string {
  return by.kind === 'agent' ? by.name : '';
}

/** Tells an escalation that is over from one that never existed. */
async function refuseMissingEscalation(
  ledger: Pick<InquiryLedger, 'load' | 'events'>,
  inquiryId: InquiryId,
  id: EscalationId,
  refusal: Acknowledger['refusal'],
): Promise<Refusal> {
  const loaded = await ledger.load(inquiryId);
  const last = loaded && (await findLastState(ledger, inquiryId, id));
  if (loaded === undefined || last === undefined) {
    return refuse('sla.unknown-escalation', 'The inquiry has never had this escalation.');
  }
  return (
    refusal(loaded.inquiry, last.told) ??
    refuse('sla.escalation-over', 'Its clock has ended, or it is no emergency any more.')
  );
}

/** Finds the state of an escalation in the last event that carried it. */
async function findLastState(
  ledger: Pick<InquiryLedger, 'events'>,
  inquiryId: InquiryId,
  id: EscalationId,
): Promise<Escalation | undefined> {
  let last: Escalation | undefined;
  let after = 0;
  for (;;) {
    const events = await ledger.events(inquiryId, after, eventPageSize);
    for (const { event } of events) {
      last = event.escalations?.find((one) => one.id === id) ?? last;
    }
    const end = events.at(-1);
    if (end === undefined || events.length < eventPageSize) return last;
    after = end.seq;
  }
}

/**
 * The rights of somebody who has signed in: leads always, others if they work on the inquiry and a
 * step has notified them.
 */
export function makeSignedInAcknowledger(actor: Person & { readonly sub: Sub }): Acknowledger {
  return {
    by: makeAgentActor(actor, actor.sub),
    refusal: (inquiry, notified) => {
      // A former vendor must not learn whether anybody was called, either.
      if (may(actor, 'read-messages', inquiry) !== 'allowed') return refuseHidden();
      if (actor.role === 'lead') return undefined;
      const isNotified =
        worksOn(actor, inquiry) && notified.some((one) => hasReached(one, actor, inquiry));
      return isNotified ? undefined : refuse(forbidden, 'It has not been told to you.');
    },
  };
}

/** The rights of a link to one person: active, and as an operator still working on the inquiry. */
export function makeLinkAcknowledger(person: Person, sub: Sub): Acknowledger {
  return {
    by: makeAgentActor(person, sub),
    refusal: (inquiry) =>
      person.state === 'active' && (person.role !== 'operator' || worksOn(person, inquiry))
        ? undefined
        : refuseHidden(),
  };
}

/** The rights of a link to an address or a webhook that the policies name. */
export function makeAnonymousAcknowledger(address?: MachineAddress): Acknowledger {
  return {
    by: { kind: 'machine', ...(address === undefined ? {} : { address }) },
    refusal: () => undefined,
  };
}

type MachineAddress = Extract<EventActor, { kind: 'machine' }>['address'];

function refuseHidden(): Refusal {
  return refuse('access.not-found', 'There is no such inquiry.');
}

function makeAgentActor({ name, role, vendor }: Person, sub: Sub): EventActor {
  return { kind: 'agent', sub, name, role, ...(vendor === undefined ? {} : { vendor }) };
}

function worksOn(person: Person, inquiry: Inquiry): boolean {
  const relations = findRelations(person, inquiry);
  return relations.includes('office') || relations.includes('desk');
}

function hasReached(
  recipient: EscalationRecipient,
  actor: Person & { readonly sub: Sub },
  inquiry: Inquiry,
): boolean {
  switch (recipient.to) {
    case 'holder':
      return inquiry.holder?.agent === actor.sub;
    case 'desk':
      return inquiry.desk !== undefined && actor.desks.includes(inquiry.desk);
    case 'person':
      return recipient.sub === actor.sub;
    case 'address':
      return recipient.address === actor.address;
    case 'leads':
    case 'webhook':
      return false;
    default:
      return recipient satisfies never;
  }
}
