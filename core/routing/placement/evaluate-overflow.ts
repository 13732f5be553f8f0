import type { ObservedDesk } from '../../inquiry/events/routing-observation.ts';
import type { OverflowSettings } from '../../inquiry/terms/desk-settings.ts';
import type { DeskId } from '../../inquiry/values/ids.ts';

const measures = ['depth', 'oldestMinutes', 'waitMinutes'] as const;
type Measure = (typeof measures)[number];

/** What of a desk its overflow goes by. */
export type OverflowLoad = Pick<ObservedDesk, Measure>;

/** An overflow that begins, or ends, with the measure that reached its level. */
export type OverflowChange = {
  readonly desk: DeskId;
  readonly active: boolean;
  readonly measure: Measure;
};

/** Whether an overflow stands open, and which measures keep it so. */
export type OverflowEvaluation = { readonly active: boolean; readonly by: readonly Measure[] };

/**
 * Whether an overflow stands open under a load: it begins when any measure has reached the level of
 * `enter` and ends when all have fallen to that of `leave`.
 *
 * A measure that cannot be told begins nothing, and ends nothing either.
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
