import * as z from 'zod';
import { alarmSlotOf, lastDispatchedSlotOf, roundDownAlarmDelay } from '../inquiry/alarm-slots.ts';
import type { EventType } from '../inquiry/events/events.ts';
import { DeskId, InquiryId, Instant } from '../inquiry/values/ids.ts';

/** A new item of the table as its stream shows it: an event, an unsent notice, or a job. A notice is of an inquiry or a job. */
export const RelayedItem = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('event'),
    pk: z.string(),
    data: z.string(),
    alarmAt: Instant.optional(),
  }),
  z.object({ kind: z.literal('notice'), pk: z.string(), sk: z.string() }),
  z.object({ kind: z.literal('job'), pk: z.string() }),
]);
export type RelayedItem = z.infer<typeof RelayedItem>;

/**
 * What the relay reads of an event; no more, so that a fault in the rest cannot hold up the stream
 * behind it.
 */
const RelayedEvent = z.object({
  type: z.string(),
  desk: DeskId.optional(),
  availableAt: z.string().optional().catch(undefined),
});

/** The queue of a capability, or of a desk. */
export type RelayDestination = 'routing' | 'notice' | 'alarm' | 'job' | { readonly desk: string };

/** A message to a queue; it carries ids only. */
export type RelayMessage = {
  readonly to: RelayDestination;
  readonly body: string;
  readonly delaySeconds: number;
};

/**
 * Builds the messages that a new item calls for.
 *
 * An event whose append set an alarm within the sweep's look-ahead is sent to the alarm queue too,
 * delayed to its second.
 */
export function buildRelayMessages(item: RelayedItem, now: Instant): RelayMessage[] {
  switch (item.kind) {
    case 'event': {
      const inquiryId = inquiryIdOf(item.pk);
      const { type, desk, availableAt } = RelayedEvent.parse(JSON.parse(item.data));
      // A held inquiry is announced to its desk when the desk opens.
      const to = availableAt === undefined ? findDestination(type as EventType, desk) : undefined;
      return [
        ...(to === undefined ? [] : [buildMessage(to, { inquiryId })]),
        ...buildAlarmMessages(inquiryId, item.alarmAt, now),
      ];
    }
    case 'notice': {
      const notice = item.sk.slice('NOTICE#'.length);
      const ids = item.pk.startsWith(jobPrefix)
        ? { jobId: jobIdOf(item.pk), notice }
        : { inquiryId: inquiryIdOf(item.pk), notice };
      return [buildMessage('notice', ids)];
    }
    case 'job':
      return [buildMessage('job', { jobId: jobIdOf(item.pk) })];
    default:
      return item satisfies never;
  }
}

/** Finds whom an event concerns: routing while it has no desk, else the desk where it now waits. */
function findDestination(type: EventType, desk: DeskId | undefined): RelayDestination | undefined {
  switch (type) {
    case 'InquiryReceived':
    case 'InquiryAdmitted':
      return 'routing';
    case 'InquiryAnnounced':
    case 'InquiryReopened':
      return desk === undefined ? 'routing' : { desk };
    case 'InquiryRouted':
    case 'AssignmentDeclined':
    case 'InquiryReleased':
    case 'LeaseLost':
    case 'InquiryTransferred':
    case 'InquiryResumed':
      return desk === undefined ? undefined : { desk };
    default:
      return undefined;
  }
}

function buildAlarmMessages(
  inquiryId: InquiryId,
  alarmAt: Instant | undefined,
  now: Instant,
): RelayMessage[] {
  if (alarmAt === undefined || alarmSlotOf(alarmAt) > lastDispatchedSlotOf(now)) return [];
  return [
    {
      ...buildMessage('alarm', { inquiryId, alarmAt }),
      delaySeconds: roundDownAlarmDelay(alarmAt, now),
    },
  ];
}

function buildMessage(to: RelayDestination, ids: Readonly<Record<string, string>>): RelayMessage {
  return { to, body: JSON.stringify(ids), delaySeconds: 0 };
}

function inquiryIdOf(pk: string): InquiryId {
  return InquiryId.parse(pk.slice('INQ#'.length));
}

const jobPrefix = 'JOB#';

function jobIdOf(pk: string): string {
  return pk.slice(jobPrefix.length);
}
