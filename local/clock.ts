/** The time by which this machine's help desk runs: its functions, schedules, queues and mail. */
export interface HostClock {
  /** Milliseconds since 1970. */
  now(): number;
  date(): Date;
  /** How many of its seconds pass in a real one. */
  readonly speed: number;
  /** Whether it is the system's clock, neither set nor sped up. */
  readonly isReal: boolean;
  /**
   * Sets it ahead by seconds. Whatever falls due by then is begun before this returns; a repeated
   * task is begun once.
   */
  shift(seconds: number): void;
  /** Runs a task once, when the clock shows an instant; returns how to cancel it. */
  runAt(instant: number, task: () => void): () => void;
  /** Runs a task every so many of its seconds; returns how to end that. */
  runEvery(seconds: number, task: () => void): () => void;
  /** Resolves after so many of its milliseconds. */
  pause(milliseconds: number): Promise<void>;
  /** Calls back after each shift, before anything is begun; returns how to end that. */
  onShift(listener: (seconds: number) => void): () => void;
}

export interface ClockSetting {
  /** What it shows as it starts; the system's time by default. */
  readonly at?: Date;
  /** 1 by default. */
  readonly speed?: number;
}

interface TimedTask {
  readonly due: number;
  readonly run: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** Node fires a longer timer at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Starts a clock. It never goes back, since what was written ahead of it would never fall due. */
export function startClock({ at: start, speed = 1 }: ClockSetting = {}): HostClock {
  if (!(speed > 0)) throw new RangeError(`A clock does not run at a speed of ${speed}.`);
  if (Number.isNaN(start?.getTime()))
    throw new RangeError('A clock is not set to an invalid date.');
  const startedAt = performance.now();
  /** What it showed as it started; undefined while it is the system's. */
  let origin = start?.getTime() ?? (speed === 1 ? undefined : Date.now());
  const tasks = new Set<TimedTask>();
  const listeners = new Set<(seconds: number) => void>();

  function now(): number {
    if (origin === undefined) return Date.now();
    return Math.floor(origin + (performance.now() - startedAt) * speed);
  }

  function runTask(task: TimedTask): void {
    clearTimeout(task.timer);
    tasks.delete(task);
    task.run();
  }

  function armTimer(task: TimedTask): void {
    clearTimeout(task.timer);
    const left = Math.ceil((task.due - now()) / speed);
    task.timer = setTimeout(
      () => (task.due <= now() ? runTask(task) : armTimer(task)),
      Math.min(Math.max(left, 0), LONGEST_TIMER),
    );
  }

  function scheduleAt(due: number, run: () => void): () => void {
    const task: TimedTask = { due, run, timer: undefined };
    tasks.add(task);
    armTimer(task);
    return () => {
      clearTimeout(task.timer);
      tasks.delete(task);
    };
  }

  return {
    now,
    date: () => new Date(now()),
    speed,
    get isReal() {
      return origin === undefined;
    },
    shift: (seconds) => {
      if (!(seconds >= 0)) throw new RangeError(`A clock is not set back, as by ${seconds} s.`);
      origin = now() - (performance.now() - startedAt) * speed + seconds * 1000;
      for (const listener of listeners) listener(seconds);
      for (const task of [...tasks].sort((one, other) => one.due - other.due)) {
        if (task.due <= now()) runTask(task);
        else armTimer(task);
      }
    },
    runAt: scheduleAt,
    runEvery: (seconds, run) => {
      const interval = seconds * 1000;
      let due = now() + interval;
      let cancel = scheduleAt(due, runRound);
      function runRound(): void {
        due += interval * (Math.floor((now() - due) / interval) + 1);
        cancel = scheduleAt(due, runRound);
        run();
      }
      return () => cancel();
    },
    pause: (milliseconds) =>
      new Promise((resolve) => {
        scheduleAt(now() + milliseconds, resolve);
      }),
    onShift: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Where functions look for a clock other than the system's; `functions/edge` names it, too. */
const CLOCK = Symbol.for('toritsugi.clock');

/** Makes the functions of this process use a clock; returns how to end that. */
export function installClock({ now, pause }: HostClock): () => void {
  const globals = globalThis as { [CLOCK]?: object };
  const previous = globals[CLOCK];
  globals[CLOCK] = { now, pause };
  return () => {
    if (previous === undefined) delete globals[CLOCK];
    else globals[CLOCK] = previous;
  };
}
