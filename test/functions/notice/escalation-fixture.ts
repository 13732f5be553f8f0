import type * as z from 'zod';
import { CalendarId } from '../../../core/calendar/calendar-definition.ts';
import { shippedServiceLevels } from '../../../core/inquiry/terms/shipped-service-levels.ts';
import type { PoliciesDocument } from '../../../core/inquiry/terms/sla-policies.ts';
import { type InquiryId, type Instant, instantOf } from '../../../core/inquiry/values/ids.ts';
import type { startNoticeWorld } from './notice-fixture.ts';
import { assigned, routed } from './notice-fixture.ts';

type World = Awaited<ReturnType<typeof startNoticeWorld>>;
type PoliciesInput = z.input<typeof PoliciesDocument>;
type Chains = NonNullable<PoliciesInput['chains']>;

/** Ten o'clock in Tokyo on Tuesdays on which people work; a test takes one each. */
export const mornings: readonly Instant[] = Array.from({ length: 50 }, (_, week) =>
  instantOf(Date.UTC(2026, 11, 1, 1) + week * 7 * 86_400_000),
).filter(
  (at) =>
    shippedServiceLevels
      .calendar(CalendarId.parse('tokyo-office'))
      ?.isOpen(Date.parse(at) / 1000) === true,
);

/** Two hours to answer in, with a warning after 90 minutes; a quarter of an hour in an emergency. */
export const oneClock: PoliciesInput['policies'] = {
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

/** Puts chains in force, with the one clock. */
export function inForce(
  world: World,
  chains: Chains,
  webhooks: PoliciesInput['webhooks'] = {},
): void {
  world.policies({ policies: oneClock, chains, webhooks });
}

/** Whom to tell at a breach, and nobody else. */
export function atBreach(...tell: NonNullable<Chains[number]['steps']>[number]['tell']): Chains {
  return [{ id: 'breach', on: 'clock', steps: [{ afterMinutes: 0, tell }] }];
}

/** Opens an inquiry that waits at the desk of staff, nobody having been told of it. */
export async function opened(world: World, more: object = {}): Promise<InquiryId> {
  const id = await world.open({ acknowledge: false });
  await world.append(id, { ...routed, ...more });
  return id;
}

/** Lets an inquiry miss its deadline by a second, and delivers what that owes. */
export async function missed(world: World, ...ids: readonly InquiryId[]): Promise<void> {
  world.later(2 * 3600 + 1);
  await Promise.all(ids.map((id) => world.ring(id)));
  for (const id of ids) await told(world, id);
}

/** Delivers all that is pending, also what the first delivery makes of it. */
export async function told(world: World, id: InquiryId): Promise<void> {
  await world.deliverPending(id);
  await world.deliverPending(id);
}

/** Assigned to the agent with this `sub`, who may take their time. */
export function held(agent: string, desk: 'staff' | 'bpo' = 'staff') {
  return { ...assigned(agent, desk), offeredUntil: '2030-01-01T00:00:00.000Z' } as const;
}
