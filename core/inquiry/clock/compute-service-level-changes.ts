import type { EventOf, InquiryEvent } from '../events/events.ts';
import type { Inquiry } from '../snapshot.ts';
import type { Instant } from '../values/ids.ts';
import type { ClockName } from './clock.ts';
import { ClockSet } from './clock-set.ts';
import { computeEscalations } from './compute-escalations.ts';
import type { AppliedSlaVersions, ServiceLevels } from './service-levels.ts';

/** The service-level fields of an event, which `evolve` copies. */
export type ServiceLevelChanges = Pick<InquiryEvent, 'clocks' | 'escalations' | 'levels'>;

const pausableClocks: readonly ClockName[] = ['resolution', 'ownership'];

/**
 * Computes what an event does to the clocks and escalations of its inquiry.
 *
 * A pure function of the inquiry before and after, the event, the versions and the instant of
 * recording, so that computing a history again gives the same.
 * @param before undefined when the event opens the inquiry
 * @param now when the event is recorded
 * @param versions the versions to compute by
 * @see docs/adr/0014-clocks-are-carried-by-events.md
 */
export function computeServiceLevelChanges(
  before: Inquiry | undefined,
  event: InquiryEvent,
  after: Inquiry,
  serviceLevels: ServiceLevels,
  now: Instant,
  versions: AppliedSlaVersions = chooseVersions(before, event, serviceLevels, now),
): ServiceLevelChanges {
  const isClosed = after.status === 'closed' || after.status === 'merged';
  if (after.status === 'quarantined' || (isClosed && before?.levels === undefined)) return {};
  const clocks = new ClockSet(before?.clocks ?? [], {
    ...{ serviceLevels, versions, now, priority: after.priority },
    policy: after.policy,
    desk: after.desk,
  });
  applyEventToClocks(clocks, before, event, after);
  const escalations = computeEscalations(before, event, after, clocks.allClocks, {
    serviceLevels,
    versions,
    now,
  });
  return {
    ...(clocks.changedClocks.length === 0 ? {} : { clocks: clocks.changedClocks }),
    ...(escalations === undefined ? {} : { escalations }),
    ...(isSameVersions(before?.levels, versions) ? {} : { levels: versions }),
  };
}

/**
 * Keeps the applied versions, which `ClocksReckoned` updates before any other event; a reopened
 * inquiry takes the newest.
 */
function chooseVersions(
  before: Inquiry | undefined,
  event: InquiryEvent,
  serviceLevels: ServiceLevels,
  now: Instant,
): AppliedSlaVersions {
  if (event.type === 'ClocksReckoned') return event.mark;
  const appliedVersions = event.type === 'InquiryReopened' ? undefined : before?.levels;
  return appliedVersions ?? serviceLevels.versionsAt(now);
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
      // While an earlier message is unanswered, a clock already measures that wait.
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

/** These clocks start when the input was received, whatever the delay before it was stored. */
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
  // Reopening it asks for an answer, even without a message that says so.
  if (unansweredSince !== undefined) clocks.start('next_response', at);
  if (desk === undefined) return;
  clocks.start('pickup', at, desk);
  if (continues) clocks.startWithCarriedTime('ownership', at, desk);
  else clocks.start('ownership', at, desk);
}

function isSameVersions(one: AppliedSlaVersions | undefined, other: AppliedSlaVersions): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
