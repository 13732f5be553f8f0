import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalendarId } from '../../../../core/calendar/calendar-definition.ts';
import { ServiceLevels } from '../../../../core/inquiry/clock/service-levels.ts';
import {
  shippedCalendars,
  shippedPolicies,
} from '../../../../core/inquiry/terms/shipped-service-levels.ts';
import { addSeconds, type Instant } from '../../../../core/inquiry/values/ids.ts';
import { resolveEffectiveFrom } from '../../../../core/sla/configuration/resolve-effective-from.ts';
import { findVersionsInForce } from '../../../../core/sla/configuration/service-level-config.ts';

const start = '2026-11-24T00:00:00.000Z' as Instant;
const hours = (count: number) => addSeconds(start, count * 3_600);

it('counts the same version as in force, and the same one as next, as the clocks do', () => {
  const froms = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 8 });
  fc.assert(
    fc.property(froms, fc.integer({ min: 0, max: 13 }), (puts, at) => {
      const versions: [typeof shippedPolicies, ...(typeof shippedPolicies)[]] = [
        shippedPolicies,
        ...puts.map((from, index) => ({
          ...shippedPolicies,
          version: index + 1,
          from: hours(from),
        })),
      ];
      const mark = new ServiceLevels(versions, [shippedCalendars]).versionsAt(hours(at));
      const [inForce, next] = findVersionsInForce(versions, hours(at));
      expect(inForce.version).toBe(mark.policies);
      expect(next?.from).toBe(mark.reckonAt);
    }),
  );
});

describe('the instant from which a version is in force', () => {
  it('may be any that calendars know, and none after', () => {
    const levels = new ServiceLevels([shippedPolicies], [shippedCalendars]);
    const until = levels.calendar(CalendarId.parse('tokyo-office'))?.span.until ?? 0;
    const last = new Date((until - 1) * 1000).toISOString() as Instant;
    expect(resolveEffectiveFrom(last, ['Asia/Tokyo'], start)).toBe(last);
    const end = new Date(until * 1000).toISOString() as Instant;
    expect(resolveEffectiveFrom(end, ['Asia/Tokyo'], start)).toMatchObject({ pointer: '/from' });
  });

  it.each([
    // Clocks there go forward at midnight, so that the day begins at 01:00.
    ['2026-09-06T03:59:59.000Z', 'America/Santiago', false],
    ['2026-09-06T04:00:00.000Z', 'America/Santiago', true],
  ])('may be %s on a day that begins late in %s: %s', (from, zone, isAllowed) => {
    const now = '2026-09-06T15:00:00.000Z' as Instant;
    expect(typeof resolveEffectiveFrom(from as Instant, [zone], now) === 'string').toBe(isAllowed);
  });
});
