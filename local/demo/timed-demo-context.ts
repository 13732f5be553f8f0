import type { HostClock } from '../clock.ts';
import { type Case, type Inquiry, readCase, type Stage } from './demo-context.ts';

/** A stage whose clock may be set ahead. */
export interface TimedStage extends Stage {
  /** Lets it be a later instant. */
  readonly passTo: (instant: Date | string, saying?: string) => void;
  /** Lets some minutes pass. */
  readonly passMinutes: (minutes: number) => void;
}

export function timed(stage: Stage, clock: HostClock): TimedStage {
  const passTo = (instant: Date | string, saying = 'time passes'): void => {
    const seconds = (new Date(instant).getTime() - clock.now()) / 1000;
    // What was wanted may have come to pass by itself.
    if (seconds > 0) clock.shift(seconds);
    stage.tell('', `· · · ${saying}`);
  };
  return {
    ...stage,
    passTo,
    passMinutes: (minutes) => passTo(new Date(clock.now() + minutes * 60_000)),
  };
}

/** What the demo reads of a clock. */
export interface LevelClock {
  readonly clock: string;
  readonly state: string;
  readonly target: string;
  readonly dueAt?: string;
  readonly breachedAt?: string;
  readonly detectedAt?: string;
  readonly elapsed?: string;
  readonly warned?: readonly number[];
}

export type LevelledInquiry = Inquiry & {
  readonly clocks: readonly LevelClock[];
  readonly escalations?: readonly {
    readonly id: string;
    readonly acknowledged?: { readonly at: string; readonly name: string };
  }[];
};

export function readLevels(stage: Stage, one: Pick<Case, 'id'>): Promise<LevelledInquiry> {
  return readCase(stage, one) as Promise<LevelledInquiry>;
}

/** Waits until a clock of an inquiry is as wanted. */
export function untilClock(
  stage: Stage,
  { id, number }: Pick<Case, 'id' | 'number'>,
  name: string,
  isWanted: (clock: LevelClock) => boolean,
): Promise<LevelClock> {
  return stage.patience.until(`${name} of ${number}`, async () => {
    const { clocks } = await readLevels(stage, { id });
    return clocks.find((clock) => clock.clock === name && isWanted(clock));
  });
}

/** When a clock is due; throws when it has no deadline. */
export async function dueOf(stage: Stage, one: Case, name: string): Promise<string> {
  const { dueAt } = await untilClock(stage, one, name, () => true);
  if (dueAt === undefined) throw new Error(`${name} of ${one.number} has no deadline.`);
  return dueAt;
}
