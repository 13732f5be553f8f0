import fc from 'fast-check';
import type { ServiceLevels } from '../../../../core/inquiry/clock/service-levels.ts';
import type { Inquiry } from '../../../../core/inquiry/snapshot.ts';
import { addSeconds, type Instant } from '../../../../core/inquiry/values/ids.ts';
import { Priority } from '../../../../core/inquiry/values/vocabulary.ts';
import type { Command, CommandName } from '../../../../core/work/commands.ts';
import { bpo, bpoB, type Name, other, staffDesk } from '../../work/command-scenario.ts';
import { CaseFile, shipped, tokyo } from './inquiry-scenario.ts';
import { messageFrom, phoneCall } from './make-happenings.ts';
import { levelsWith, type SlaPolicyBody, shippedStandard } from './make-service-levels.ts';

/** A Thursday; the Monday after is a holiday. */
const beginning = tokyo('2026-11-19 08:00');
const day = 86_400;
const after = (days: number, seconds = 0) => addSeconds(beginning, days * day + seconds);

const office = { zone: 'Asia/Tokyo', holidays: { feed: 'jp' as const } };
const hours = ['09:00-12:00', '13:00-17:00'];
const week = { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours };
const closed = {
  ...office,
  week,
  overrides: [{ date: '2026-11-20', intervals: ['09:00-11:00'], note: '台風' }],
};
const saturdays = { ...office, week: { ...week, sat: ['10:00-15:00'] } };
const always = {
  zone: 'UTC',
  week: Object.fromEntries(
    ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((name) => [name, ['00:00-24:00']]),
  ),
};

/** The shipped levels, and other policies and calendars that are put in the course of ten days. */
function world(standard: Partial<SlaPolicyBody>): ServiceLevels {
  const policy = { ...shippedStandard, ...standard };
  const { resolution, ...clocks } = policy.clocks;
  const strict = {
    ...clocks,
    resolution: {
      calendar: 'tokyo-office',
      targets: { critical: 'PT1H', high: 'PT2H' },
      warnAt: [90],
    },
  };
  return levelsWith(
    [
      { put: beginning, from: beginning, policies: { policies: { standard: policy } } },
      {
        put: after(1),
        from: after(2, 7200),
        policies: { policies: { standard: { ...policy, clocks: strict } } },
      },
      { put: after(4, 1800), policies: { policies: { standard: { ...policy, clocks } } } },
      { put: after(6), from: after(5, 57_600), policies: { policies: { standard: policy } } },
    ],
    [
      { put: after(1, 3 * 3600), from: after(1), calendars: { 'tokyo-office': closed } },
      { put: after(3), from: after(4), calendars: { 'tokyo-office': saturdays } },
      { put: after(5), calendars: { 'bpo-weekdays': always } },
    ],
  );
}

/** The levels of each world as they became known, one after the other. */
const worlds: readonly (readonly { readonly put: Instant; readonly levels: ServiceLevels }[])[] = [
  {},
  { retarget: 'from-change' },
  { reopen: 'continue' },
  { retarget: 'from-change', reopen: 'continue', afterResolution: 'link-reopens' },
].map((standard) => {
  const levels = world(standard as Partial<SlaPolicyBody>);
  const puts = [
    beginning,
    after(1),
    after(1, 3 * 3600),
    after(3),
    after(4, 1800),
    after(5),
    after(6),
  ];
  return puts.map((put) => ({ put, levels: levels.restrictToKnownBy(put) }));
});
/** The world in which nothing is ever put. */
const unchanging = worlds.length;

type Step = {
  /** Which of what may happen in its status does. */
  readonly which: number;
  readonly desk: typeof bpo;
  readonly priority: Priority;
  readonly milliseconds: number;
  /** Whether alarms ring when they are due, or only the next command rings. */
  readonly punctual: boolean;
  /** For how long heartbeats come after a claim. */
  readonly steadySeconds: number;
};

const step: fc.Arbitrary<Step> = fc.record({
  which: fc.nat(),
  desk: fc.constantFrom(bpo, bpoB, staffDesk),
  priority: fc.constantFrom(...Priority.options),
  milliseconds: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 50_000 }) },
    { weight: 4, arbitrary: fc.integer({ min: 60_000, max: 7_200_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 7_200_000, max: 200_000_000 }) },
  ),
  punctual: fc.boolean(),
  steadySeconds: fc.constantFrom(0, 0, 3600, 30_000),
});

type Act = readonly [Name, CommandName] | 'machine';

const byRequester: readonly Act[] = [
  ['requester', 'reply'],
  ['requester', 'reply'],
  ['requester', 'withdraw'],
  ['lead', 'amend'],
  'machine',
];
const queued: readonly Act[] = [
  ['a1', 'claim'],
  ['a1', 'claim'],
  ['a1', 'claim'],
  ['b1', 'claim'],
  ['b1', 'claim'],
  ['lead', 'transfer'],
  ['lead', 'resolve'],
  ['lead', 'merge'],
  ...byRequester,
];
const held: readonly Act[] = [
  ['a1', 'wait'],
  ['a1', 'wait'],
  ['b1', 'wait'],
  ['a1', 'reply'],
  ['a1', 'reply'],
  ['a1', 'resolve'],
  ['a1', 'release'],
  ['a1', 'no-reply-needed'],
  ['lead', 'transfer'],
  ...byRequester,
];
const waiting: readonly Act[] = [
  ['requester', 'reply'],
  ['a1', 'resume'],
  ['b1', 'resume'],
  ['lead', 'transfer'],
  ['lead', 'resolve'],
  ...byRequester,
];
const over: readonly Act[] = [
  ['requester', 'reply'],
  ['requester', 'reopen'],
  ['lead', 'reopen'],
  ['lead', 'amend'],
  ['requester', 'close'],
  'machine',
];

/** What may happen to an inquiry on its own desk, in each status in which somebody may do something. */
const acts: Partial<Readonly<Record<Inquiry['status'], readonly Act[]>>> = {
  ...{ queued, in_progress: held, waiting, resolved: over, closed: over },
};

/** What may happen to an inquiry in ten days, while policies and calendars change. */
export const life = fc.record({
  world: fc.nat(worlds.length - 1),
  opening: fc.constantFrom('form', 'form', 'machine', 'call', 'resolved call', 'quarantined'),
  start: fc.integer({ min: 0, max: 3 * day * 1000 }),
  priority: fc.constantFrom(...Priority.options),
  desk: fc.constantFrom(bpo, bpo, staffDesk),
  steps: fc.array(step, { minLength: 3, maxLength: 25 }),
});
/** What may happen under the shipped levels alone. */
export const unchangedLife = life.map((lived) => ({ ...lived, world: unchanging }));
export type Life = typeof life extends fc.Arbitrary<infer Of> ? Of : never;

/** All levels that are put in the world of a life. */
export function allLevels({ world }: Life): ServiceLevels {
  const [last] = worlds[world]?.slice(-1) ?? [];
  if (last === undefined) throw new TypeError('there is no such world');
  return last.levels;
}

/** Lives a life to its end, and calls back after each thing that happened. */
export function live(
  lived: Life,
  afterEach: (file: CaseFile, now: Instant) => void = () => undefined,
): { readonly file: CaseFile; readonly now: Instant } {
  const known = (at: Instant) => ({
    ...shipped,
    serviceLevels:
      worlds[lived.world]?.findLast(({ put }) => put <= at)?.levels ?? shipped.serviceLevels,
  });
  let now = after(0, lived.start / 1000);
  const file = opened(lived, now, known(now));
  afterEach(file, now);
  for (const one of lived.steps) {
    const next = addSeconds(now, one.milliseconds / 1000);
    while (one.punctual && file.alarm !== undefined && file.alarm <= next) {
      // What a late entry or a change made due already rings at once.
      now = file.alarm > now ? file.alarm : now;
      file.terms = known(now);
      file.ring(now);
      afterEach(file, now);
    }
    now = next;
    file.terms = known(now);
    happen(file, one, lived, now);
    afterEach(file, now);
  }
  return { file, now };
}

function opened({ opening, priority, start }: Life, now: Instant, terms: typeof shipped): CaseFile {
  switch (opening) {
    case 'machine':
      return CaseFile.received(now, { automated: true }, terms);
    case 'call':
    case 'resolved call': {
      const outcome = opening === 'call' ? (start % 2 === 0 ? 'open' : 'answered') : 'resolved';
      const end = addSeconds(now, -600 - (start % 100_000));
      const began = addSeconds(end, -(start % 10_000));
      return phoneCall({ outcome, start: began, end, priority, entered: now, terms });
    }
    case 'quarantined':
      return CaseFile.quarantined(now, terms);
    default:
      return CaseFile.received(
        now,
        { priority, receivedAt: addSeconds(now, -(start % 5000)) },
        terms,
      );
  }
}

function happen(file: CaseFile, one: Step, lived: Life, now: Instant): void {
  file.ring(now);
  const { status, receivedAt, desk, holder } = file.inquiry;
  if (status === 'quarantined') file.admit(now, { receivedAt, priority: one.priority });
  if (status === 'new') file.route(lived.desk, one.priority, now);
  if (status === 'queued' && desk === staffDesk && one.which % 2 === 0) {
    file.assign('staff1', now);
    return;
  }
  const possible = acts[status] ?? [];
  const act = possible[one.which % possible.length];
  if (act === undefined) return;
  if (act === 'machine') {
    file.add(now, messageFrom('machine', now));
    return;
  }
  const [name, command] = act;
  // Whoever holds it does what its holder would.
  const isHolders = name === 'a1' && holder !== undefined;
  const who = isHolders ? (holder.agent as string as Name) : name;
  file.give(who, commandOf(command, one, file.inquiry), now);
  if (command === 'claim' && file.loaded.lease !== undefined && one.steadySeconds > 0) {
    file.keepLease(addSeconds(now, one.steadySeconds));
  }
}

function commandOf(command: CommandName, { desk, priority }: Step, inquiry: Inquiry): Command {
  const given = inquiry.holder?.by === 'claim' ? { fence: inquiry.fence } : {};
  switch (command) {
    case 'claim':
    case 'withdraw':
    case 'close':
      return { command };
    case 'release':
    case 'wait':
    case 'resolve':
    case 'no-reply-needed':
      return { command, ...given };
    case 'resume':
      return { command };
    case 'transfer':
      return { command, desk, ...given };
    case 'reply':
      return { command, text: '…', ...given };
    case 'reopen':
      return { command, reason: '…' };
    case 'amend':
      return { command, priority };
    case 'merge':
      return { command, ...other };
    default:
      throw new TypeError(`${command} is no part of these lives`);
  }
}
