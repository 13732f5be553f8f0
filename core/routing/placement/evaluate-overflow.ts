import type { ObservedDesk } from '../../inquiry/events/routing-observation.ts';
import type { OverflowSettings } from '../../inquiry/terms/desk-settings.ts';
import type { DeskId } from '../../inquiry/values/ids.ts';

const measures = ['depth', 'oldestMinutes', 'waitMinutes'] as const;
type Measure = (typeof measures)[number];

/** The load on which a desk's overflow depends. */
export type OverflowLoad = Pick<ObservedDesk, Measure>;

/** An overflow that begins or ends, with the measure that reached its level. */
export type OverflowChange = {
  readonly desk: DeskId;
  readonly active: boolean;
  readonly measure: Measure;
};

/** Whether an overflow is active, and which measures keep it so. */
export type OverflowEvaluation = { readonly active: boolean; readonly by: readonly Measure[] };

/**
 * Evaluates an overflow under a load: it begins when any measure has reached its `enter` level and
 * ends when all have fallen to their `leave` levels.
 *
 * An unknown measure neither begins nor ends an overflow.
 */
export function evaluateOverflow(
  active: boolean,
  { enter, leave }: Pick<OverflowSettings, 'enter' | 'leave'>,
  load: OverflowLoad,
): OverflowEvaluation {
  const by = measures.filter((measure) => {
    const level = (active ? leave : enter)[measure];
    const value = load[measure];
    if (level === undefined) return false;
    if (value === undefined) return active;
    return active ? value > level : value >= level;
  });
  return { active: by.length > 0, by };
}
