import type { HostClock } from '../clock.ts';
import { type DemoCase, type DemoContext, type DemoInquiry, readCase } from './demo-context.ts';

/** A demo context whose clock may be set ahead. */
export interface TimedDemoContext extends DemoContext {
  /** Advances the clock to an instant. */
  readonly advanceTo: (instant: Date | string, saying?: string) => void;
  /** Advances the clock by minutes. */
  readonly advanceMinutes: (minutes: number) => void;
}

export function addTimeControl(context: DemoContext, clock: HostClock): TimedDemoContext {
  const advanceTo = (instant: Date | string, saying = 'time passes'): void => {
    const seconds = (new Date(instant).getTime() - clock.now()) / 1000;
    // The instant may have come by itself.
    if (seconds > 0) clock.shift(seconds);
    context.tell('', `· · · ${saying}`);
  };
  return {
    ...context,
    advanceTo,
    advanceMinutes: (minutes) => advanceTo(new Date(clock.now() + minutes * 60_000)),
  };
}

/** The fields of a clock that the demo reads. */
export interface ServiceLevelClock {
  readonly clock: string;
  readonly state: string;
  readonly target: string;
  readonly dueAt?: string;
  readonly breachedAt?: string;
  readonly detectedAt?: string;
  readonly elapsed?: string;
  readonly warned?: readonly number[];
}

export type InquiryWithClocks = DemoInquiry & {
  readonly clocks: readonly ServiceLevelClock[];
  readonly escalations?: readonly {
    readonly id: string;
    readonly acknowledged?: { readonly at: string; readonly name: string };
  }[];
};

export function readServiceLevels(
  context: DemoContext,
  one: Pick<DemoCase, 'id'>,
): Promise<InquiryWithClocks> {
  return readCase(context, one) as Promise<InquiryWithClocks>;
}

/** Waits until a clock of an inquiry meets a condition. */
export function waitForClock(
  context: DemoContext,
  { id, number }: Pick<DemoCase, 'id' | 'number'>,
  name: string,
  isWanted: (clock: ServiceLevelClock) => boolean,
): Promise<ServiceLevelClock> {
  return context.waitPolicy.waitUntil(`${name} of ${number}`, async () => {
    const { clocks } = await readServiceLevels(context, { id });
    return clocks.find((clock) => clock.clock === name && isWanted(clock));
  });
}

/** Reads when a clock is due; throws when it has no deadline. */
export async function readDueAt(
  context: DemoContext,
  one: DemoCase,
  name: string,
): Promise<string> {
  const { dueAt } = await waitForClock(context, one, name, () => true);
  if (dueAt === undefined) throw new Error(`${name} of ${one.number} has no deadline.`);
  return dueAt;
}
