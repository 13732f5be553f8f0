/** The time by which this machine's help desk lives: its functions, schedules, queues and mail. */
export interface HostClock {
  /** Milliseconds since 1970. */
  now(): number;
  date(): Date;
  /** How many of its seconds pass in one. */
  readonly speed: number;
  /** Whether it is the system's own, neither set nor sped up. */
  readonly isReal: boolean;
  /**
   * Sets it ahead by seconds. What falls due by then is begun before this returns: once, where
   * something comes round again and again.
   */
  shift(seconds: number): void;
  /** Does something once, when the clock shows an instant; gives back how to call it off. */
  runAt(instant: number, task: () => void): () => void;
  /** Does something every so many of its seconds; gives back how to end that. */
  runEvery(seconds: number, task: () => void): () => void;
  /** Settles after so many of its milliseconds. */
  pause(milliseconds: number): Promise<void>;
  /** Calls back after each shift, before anything is begun; gives back how to end that. */
  onShift(listener: (seconds: number) => void): () => void;
}

export interface ClockSetting {
  /** What it shows as it starts; the system's time unless told. */
  readonly at?: Date;
  /** 1 unless told. */
  readonly speed?: number;
}

interface TimedTask {
  readonly due: number;
  readonly run: () => void;
  timer: NodeJS.Timeout | undefined;
}

/** A longer timer would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Starts a clock. It never goes back, since what was written ahead of it would never fall due. */
export function startClock({ at: start, speed = 1 }: ClockSetting = {}): HostClock {
  if (!(speed > 0)) throw new RangeError(`A clock does not run at a speed of ${speed}.`);
  if (Number.isNaN(start?.getTime()))
    throw new RangeError('A clock is not set to an invalid date.');
  const begun = performance.now();
  /** What it showed as it started; undefined while it is the system's. */
  let origin = start?.getTime() ?? (speed === 1 ? undefined : Date.now());
  const tasks = new Set<TimedTask>();
  const listeners = new Set<(seconds: number) => void>();

  function now(): number {
    if (origin === undefined) return Date.now();
    return Math.floor(origin + (performance.now() - begun) * speed);
  }

  function begin(task: TimedTask): void {
    clearTimeout(task.timer);
    tasks.delete(task);
    task.run();
  }

  function arm(task: TimedTask): void {
    clearTimeout(task.timer);
    const left = Math.ceil((task.due - now()) / speed);
    task.timer = setTimeout(
      () => (task.due <= now() ? begin(task) : arm(task)),
      Math.min(Math.max(left, 0), LONGEST_TIMER),
    );
  }

  function at(due: number, run: () => void): () => void {
    const task: TimedTask = { due, run, timer: undefined };
    tasks.add(task);
    arm(task);
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
      origin = now() - (performance.now() - begun) * speed + seconds * 1000;
      for (const listener of listeners) listener(seconds);
      for (const task of [...tasks].sort((one, other) => one.due - other.due)) {
        if (task.due <= now()) begin(task);
        else arm(task);
      }
    },
    runAt: at,
    runEvery: (seconds, run) => {
      const interval = seconds * 1000;
      let due = now() + interval;
      let callOff = at(due, round);
      function round(): void {
        due += interval * (Math.floor((now() - due) / interval) + 1);
        callOff = at(due, round);
        run();
      }
      return () => callOff();
    },
    pause: (milliseconds) =>
      new Promise((resolve) => {
        at(now() + milliseconds, resolve);
      }),
    onShift: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Where the functions look for another clock than the system's; they say so in `functions/edge`. */
const CLOCK = Symbol.for('toritsugi.clock');

/** Has the functions of this process go by a clock; gives back how to end that. */
export function installClock({ now, pause }: HostClock): () => void {
  const globals = globalThis as { [CLOCK]?: object };
  const former = globals[CLOCK];
  globals[CLOCK] = { now, pause };
  return () => {
    if (former === undefined) delete globals[CLOCK];
    else globals[CLOCK] = former;
  };
}
