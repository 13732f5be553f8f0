import type { EventOf, InquiryEvent } from '../events/events.ts';
import type { Inquiry } from '../snapshot.ts';
import type { Instant } from '../values/ids.ts';
import type { ClockName } from './clock.ts';
import { ClockSet } from './clock-set.ts';
import { computeEscalations } from './compute-escalations.ts';
import type { AppliedSlaVersions, ServiceLevels } from './service-levels.ts';

/** What service levels add to an event: `evolve` copies it. */
export type ServiceLevelChanges = Pick<InquiryEvent, 'clocks' | 'escalations' | 'levels'>;

const pausableClocks: readonly ClockName[] = ['resolution', 'ownership'];

/**
 * Works out what an event does to the clocks and escalations of its inquiry.
 *
 * A pure function of the inquiry before and after, the event, the versions that the mark names and
 * the instant of recording; so a history can be levelled anew and gives the same.
 * @param before undefined when the event opens the inquiry
 * @param now when the event is recorded
 * @param versions the versions to reckon by
 * @see docs/adr/0014-clocks-are-carried-by-events.md
 */
export function computeServiceLevelChanges(
  before: Inquiry | undefined,
  event: InquiryEvent,
  after: Inquiry,
  levels: ServiceLevels,
  now: Instant,
  versions: AppliedSlaVersions = chooseVersions(before, event, levels, now),
): ServiceLevelChanges {
  const isClosed = after.status === 'closed' || after.status === 'merged';
  if (after.status === 'quarantined' || (isClosed && before?.levels === undefined)) return {};
  const clocks = new ClockSet(before?.clocks ?? [], {
    ...{ serviceLevels: levels, versions, now, priority: after.priority },
    policy: after.policy,
    desk: after.desk,
  });
  applyEventToClocks(clocks, before, event, after);
  const escalations = computeEscalations(before, event, after, clocks.allClocks, {
    serviceLevels: levels,
    versions,
    now,
  });
  return {
    ...(clocks.changedClocks.length === 0 ? {} : { clocks: clocks.changedClocks }),
    ...(escalations === undefined ? {} : { escalations }),
    ...(isSameVersions(before?.levels, versions) ? {} : { levels: versions }),
  };
}

/** Open inquiries are reckoned by all that is new before anything happens to them; others are not. */
function chooseVersions(
  before: Inquiry | undefined,
  event: InquiryEvent,
  levels: ServiceLevels,
  now: Instant,
): AppliedSlaVersions {
  if (event.type === 'ClocksReckoned') return event.mark;
  const known = event.type === 'InquiryReopened' ? undefined : before?.levels;
  return known ?? levels.versionsAt(now);
}

function applyEventToClocks(
  clocks: ClockSet,
  before: Inquiry | undefined,
  event: InquiryEvent,
  after: Inquiry,
): void {
  const { at } = event;
  switch (event.type) {
    case 'InquiryReceived':
    case 'InquiryAdmitted':
      startFirstClocks(clocks, event);
      break;
    case 'InquiryRouted':
      clocks.retarget(at, true);
      startDeskClocks(clocks, after, at);
      break;
    case 'InquiryTransferred':
      clocks.end('pickup', 'moved', at);
      clocks.end('ownership', 'moved', at);
      clocks.resume('resolution', at);
      startDeskClocks(clocks, after, at);
      break;
    case 'InquiryClaimed':
    case 'AssignmentAccepted':
      clocks.end('pickup', 'met', at);
      break;
    case 'InquiryReleased':
    case 'LeaseLost':
      clocks.continueCycle('pickup', at);
      break;
    case 'MessageReceived':
      // A first inquiry that is still unanswered is what the requester waits for already.
      if (before?.unansweredSince === undefined && after.unansweredSince !== undefined) {
        clocks.start('next_response', at);
      }
      break;
    case 'ReplyPosted':
      if (event.by.kind === 'agent') {
        clocks.end('first_response', 'met', at);
        clocks.end('next_response', 'met', at);
      }
      break;
    case 'NoReplyNeeded':
      clocks.end('next_response', 'met', at);
      break;
    case 'RequesterAwaited':
      for (const name of pausableClocks) clocks.pause(name, at);
      break;
    case 'InquiryResumed':
      for (const name of pausableClocks) clocks.resume(name, at);
      break;
    case 'InquiryResolved':
      clocks.endAll('met', at);
      break;
    case 'InquiryReopened':
      restartClocks(clocks, event, after);
      break;
    case 'InquiryWithdrawn':
    case 'InquiryClosed':
    case 'InquiryMerged':
      clocks.endAll('cancelled', at);
      break;
    case 'InquiryAmended':
      if (before?.priority !== after.priority) clocks.retarget(at);
      break;
    case 'ClockWarned':
      clocks.warn(event.clock, event.percent);
      break;
    case 'ClockBreached':
      clocks.breach(event.clock, event.detectedAt);
      break;
    case 'ClocksReckoned':
      clocks.recompute(at);
      break;
    case 'InquiryQuarantined':
    case 'QuarantineAged':
    case 'QuarantineDiscarded':
    case 'InquiryAnnounced':
    case 'InquiryAssigned':
    case 'AssignmentDeclined':
    case 'NotePosted':
    case 'RequesterReminded':
    case 'InquiryAbsorbed':
    case 'DeliveryFailed':
    case 'InquiryRated':
    case 'EscalationStepped':
    case 'EscalationAcknowledged':
    case 'BreachReviewed':
    case 'NobodyFound':
    case 'UnmaskingAsked':
    case 'UnmaskingSettled':
      break;
    default:
      event satisfies never;
  }
}

/** Received by the desk when the requester sent it, whatever the delay before it was stored. */
function startFirstClocks(
  clocks: ClockSet,
  { received }: EventOf<'InquiryReceived' | 'InquiryAdmitted'>,
) {
  const { receivedAt, automated, call } = received;
  clocks.start('resolution', receivedAt);
  if (automated) return;
  clocks.start('first_response', receivedAt);
  if (call !== undefined && call.outcome !== 'open') {
    clocks.end('first_response', 'met', call.startedAt);
  }
}

function startDeskClocks(clocks: ClockSet, { desk }: Inquiry, at: Instant): void {
  clocks.start('pickup', at, desk);
  clocks.start('ownership', at, desk);
}

function restartClocks(clocks: ClockSet, event: EventOf<'InquiryReopened'>, after: Inquiry): void {
  const { at, continues } = event;
  const { desk, unansweredSince } = after;
  if (continues) clocks.startWithCarriedTime('resolution', at);
  else clocks.start('resolution', at);
  // Who reopens it waits for an answer, also where no message says so.
  if (unansweredSince !== undefined) clocks.start('next_response', at);
  if (desk === undefined) return;
  clocks.start('pickup', at, desk);
  if (continues) clocks.startWithCarriedTime('ownership', at, desk);
  else clocks.start('ownership', at, desk);
}

function isSameVersions(one: AppliedSlaVersions | undefined, other: AppliedSlaVersions): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
