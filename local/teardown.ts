/** The order in which a host stops: first nothing new comes in, last the process is restored. */
const PHASES = ['servers', 'sources', 'engines', 'process'] as const;
type TeardownPhase = (typeof PHASES)[number];

/** Undoes the setup by phase, and in reverse order within one. */
export interface Teardown {
  add(phase: TeardownPhase, step: () => unknown): void;
  /** Runs every step, even after one fails; later calls wait for the first. */
  run(): Promise<void>;
}

export function makeTeardown(): Teardown {
  const steps = new Map<TeardownPhase, (() => unknown)[]>(PHASES.map((phase) => [phase, []]));
  let running: Promise<void> | undefined;

  async function runSteps(): Promise<void> {
    const problems: unknown[] = [];
    for (const step of PHASES.flatMap((phase) => steps.get(phase)?.toReversed() ?? [])) {
      try {
        await step();
      } catch (error) {
        problems.push(error);
      }
    }
    if (problems.length > 0) throw new AggregateError(problems, 'The host did not stop cleanly.');
  }

  return {
    add: (phase, step) => steps.get(phase)?.push(step),
    run: () => {
      running ??= runSteps();
      return running;
    },
  };
}
