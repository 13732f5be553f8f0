import type { HostClock } from '../clock.ts';
import { type DemoCase, type DemoContext, type DemoInquiry, readCase } from './demo-context.ts';

/** A stage whose clock may be set ahead. */
export interface TimedDemoContext extends DemoContext {
  /** Lets it be a later instant. */
  readonly advanceTo: (instant: Date | string, saying?: string) => void;
  /** Lets some minutes pass. */
  readonly advanceMinutes: (minutes: number) => void;
}

export function addTimeControl(context: DemoContext, clock: HostClock): TimedDemoContext {
  const passTo = (instant: Date | string, saying = 'time passes'): void => {
    const seconds = (new Date(instant).getTime() - clock.now()) / 1000;
    // What was wanted may have come to pass by itself.
    if (seconds > 0) clock.shift(seconds);
    context.tell('', `· · · ${saying}`);
  };
  return {
    ...context,
    advanceTo: passTo,
    advanceMinutes: (minutes) => passTo(new Date(clock.now() + minutes * 60_000)),
  };
}

/** What the demo reads of a clock. */
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

/** Waits until a clock of an inquiry is as wanted. */
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

/** When a clock is due; throws when it has no deadline. */
export async function readDueAt(
  context: DemoContext,
  one: DemoCase,
  name: string,
): Promise<string> {
  const { dueAt } = await waitForClock(context, one, name, () => true);
  if (dueAt === undefined) throw new Error(`${name} of ${one.number} has no deadline.`);
  return dueAt;
}
