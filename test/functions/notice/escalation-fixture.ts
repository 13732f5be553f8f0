import type * as z from 'zod';
import { CalendarId } from '../../../core/calendar/calendar-definition.ts';
import { shippedServiceLevels } from '../../../core/inquiry/terms/shipped-service-levels.ts';
import type { PoliciesDocument } from '../../../core/inquiry/terms/sla-policies.ts';
import { type InquiryId, type Instant, instantOf } from '../../../core/inquiry/values/ids.ts';
import type { startNoticeFixture } from './notice-fixture.ts';
import { makeAssignment, routedToStaff } from './notice-fixture.ts';

type NoticeFixture = Awaited<ReturnType<typeof startNoticeFixture>>;
type PoliciesInput = z.input<typeof PoliciesDocument>;
type Chains = NonNullable<PoliciesInput['chains']>;

/** 10:00 in Tokyo on Tuesdays that are working days; each test takes one. */
export const workingMornings: readonly Instant[] = Array.from({ length: 50 }, (_, week) =>
  instantOf(Date.UTC(2026, 11, 1, 1) + week * 7 * 86_400_000),
).filter(
  (at) =>
    shippedServiceLevels
      .calendar(CalendarId.parse('tokyo-office'))
      ?.isOpen(Date.parse(at) / 1000) === true,
);

/** First response in two hours, with a warning after 90 minutes; in 15 minutes for `critical`. */
export const oneClockPolicies: PoliciesInput['policies'] = {
  standard: {
    name: { ja: '標準', en: 'Standard' },
    clocks: {
      first_response: {
        calendar: 'tokyo-office',
        targets: { critical: 'PT15M', medium: 'PT2H' },
        warnAt: [75],
      },
    },
  },
};

/** Puts chains in force, with `oneClockPolicies`. */
export function putChains(
  fixture: NoticeFixture,
  chains: Chains,
  webhooks: PoliciesInput['webhooks'] = {},
): void {
  fixture.policies({ policies: oneClockPolicies, chains, webhooks });
}

/** A chain that tells these at a breach, and nobody else. */
export function makeBreachChains(
  ...tell: NonNullable<Chains[number]['steps']>[number]['tell']
): Chains {
  return [{ id: 'breach', on: 'clock', steps: [{ afterMinutes: 0, tell }] }];
}

/** Opens an inquiry that waits at the desk of staff; nobody has been told of it. */
export async function openWaitingInquiry(
  fixture: NoticeFixture,
  more: object = {},
): Promise<InquiryId> {
  const id = await fixture.open({ acknowledge: false });
  await fixture.append(id, { ...routedToStaff, ...more });
  return id;
}

/** Lets inquiries miss their deadline by a second, and delivers the notices that this owes. */
export async function missDeadline(
  fixture: NoticeFixture,
  ...ids: readonly InquiryId[]
): Promise<void> {
  fixture.later(2 * 3600 + 1);
  await Promise.all(ids.map((id) => fixture.fireAlarms(id)));
  for (const id of ids) await deliverAllPending(fixture, id);
}

/** Delivers all pending notices, and those that the first delivery creates. */
export async function deliverAllPending(fixture: NoticeFixture, id: InquiryId): Promise<void> {
  await fixture.deliverPending(id);
  await fixture.deliverPending(id);
}

/** Assigns to the agent with this `sub`, with an offer that does not lapse. */
export function makeAssignedEventFor(agent: string, desk: 'staff' | 'bpo' = 'staff') {
  return { ...makeAssignment(agent, desk), offeredUntil: '2030-01-01T00:00:00.000Z' } as const;
}
