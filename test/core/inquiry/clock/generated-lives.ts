import fc from 'fast-check';
import type { ServiceLevels } from '../../../../core/inquiry/clock/service-levels.ts';
import type { Inquiry } from '../../../../core/inquiry/snapshot.ts';
import { addSeconds, type Instant } from '../../../../core/inquiry/values/ids.ts';
import { Priority } from '../../../../core/inquiry/values/vocabulary.ts';
import type { Command, CommandName } from '../../../../core/work/commands.ts';
import {
  type ActorName,
  bpo,
  bpoB,
  deskListTerms,
  helpDeskActors,
  makeAdmittedEvent,
  makeAssignedEvent,
  makeReceivedEvent,
  makeRoutedEvent,
  mergeTarget,
  parseTokyoTime,
  quarantinedEvent,
  staffDesk,
} from '../../help-desk.ts';
import { givenUnder, type InquirySpecification } from '../../inquiry-specification.ts';
import { logPhoneCall, makeMessageFrom } from './make-messages-and-calls.ts';
import {
  makeServiceLevels,
  type SlaPolicyBody,
  shippedStandardPolicy,
} from './make-service-levels.ts';

/** A Thursday; the Monday after is a holiday. */
const beginning = parseTokyoTime('2026-11-19 08:00');
const day = 86_400;
const daysAfterBeginning = (days: number, seconds = 0) =>
  addSeconds(beginning, days * day + seconds);

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

/** The shipped service levels, and other policies and calendars put over ten days. */
function makePolicyHistory(standard: Partial<SlaPolicyBody>): ServiceLevels {
  const policy = { ...shippedStandardPolicy, ...standard };
  const { resolution, ...clocks } = policy.clocks;
  const strict = {
    ...clocks,
    resolution: {
      calendar: 'tokyo-office',
      targets: { critical: 'PT1H', high: 'PT2H' },
      warnAt: [90],
    },
  };
  return makeServiceLevels(
    [
      { put: beginning, from: beginning, policies: { policies: { standard: policy } } },
      {
        put: daysAfterBeginning(1),
        from: daysAfterBeginning(2, 7200),
        policies: { policies: { standard: { ...policy, clocks: strict } } },
      },
      {
        put: daysAfterBeginning(4, 1800),
        policies: { policies: { standard: { ...policy, clocks } } },
      },
      {
        put: daysAfterBeginning(6),
        from: daysAfterBeginning(5, 57_600),
        policies: { policies: { standard: policy } },
      },
    ],
    [
      {
        put: daysAfterBeginning(1, 3 * 3600),
        from: daysAfterBeginning(1),
        calendars: { 'tokyo-office': closed },
      },
      {
        put: daysAfterBeginning(3),
        from: daysAfterBeginning(4),
        calendars: { 'tokyo-office': saturdays },
      },
      { put: daysAfterBeginning(5), calendars: { 'bpo-weekdays': always } },
    ],
  );
}

/** The service levels of each world, in the order in which they were put. */
const policyHistories: readonly (readonly {
  readonly put: Instant;
  readonly serviceLevels: ServiceLevels;
}[])[] = [
  {},
  { retarget: 'from-change' },
  { reopen: 'continue' },
  { retarget: 'from-change', reopen: 'continue', afterResolution: 'link-reopens' },
].map((standard) => {
  const serviceLevels = makePolicyHistory(standard as Partial<SlaPolicyBody>);
  const puts = [
    beginning,
    daysAfterBeginning(1),
    daysAfterBeginning(1, 3 * 3600),
    daysAfterBeginning(3),
    daysAfterBeginning(4, 1800),
    daysAfterBeginning(5),
    daysAfterBeginning(6),
  ];
  return puts.map((put) => ({ put, serviceLevels: serviceLevels.restrictToKnownBy(put) }));
});
/** The world in which no policy or calendar is ever put. */
const unchangingHistory = policyHistories.length;

type LifeStep = {
  /** Chooses among the acts that are possible in the inquiry's status. */
  readonly which: number;
  readonly desk: typeof bpo;
  readonly priority: Priority;
  readonly milliseconds: number;
  /** Whether alarms fire when they are due, or only with the next command. */
  readonly punctual: boolean;
  /** How long heartbeats keep a claim alive. */
  readonly steadySeconds: number;
};

const step: fc.Arbitrary<LifeStep> = fc.record({
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

type LifeAct = readonly [ActorName, CommandName] | 'machine';

const byRequester: readonly LifeAct[] = [
  ['requester', 'reply'],
  ['requester', 'reply'],
  ['requester', 'withdraw'],
  ['lead', 'amend'],
  'machine',
];
const queued: readonly LifeAct[] = [
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
const held: readonly LifeAct[] = [
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
const waiting: readonly LifeAct[] = [
  ['requester', 'reply'],
  ['a1', 'resume'],
  ['b1', 'resume'],
  ['lead', 'transfer'],
  ['lead', 'resolve'],
  ...byRequester,
];
const over: readonly LifeAct[] = [
  ['requester', 'reply'],
  ['requester', 'reopen'],
  ['lead', 'reopen'],
  ['lead', 'amend'],
  ['requester', 'close'],
  'machine',
];

/** What people may do with an inquiry in each status. */
const acts: Partial<Readonly<Record<Inquiry['status'], readonly LifeAct[]>>> = {
  ...{ queued, in_progress: held, waiting, resolved: over, closed: over },
};

/** The life of an inquiry over ten days, while policies and calendars change. */
export const generatedInquiryLife = fc.record({
  world: fc.nat(policyHistories.length - 1),
  opening: fc.constantFrom('form', 'form', 'machine', 'call', 'resolved call', 'quarantined'),
  start: fc.integer({ min: 0, max: 3 * day * 1000 }),
  priority: fc.constantFrom(...Priority.options),
  desk: fc.constantFrom(bpo, bpo, staffDesk),
  steps: fc.array(step, { minLength: 3, maxLength: 25 }),
});
/** A generated life under the shipped service levels alone. */
export const generatedShippedLife = generatedInquiryLife.map((lived) => ({
  ...lived,
  world: unchangingHistory,
}));
export type GeneratedInquiryLife =
  typeof generatedInquiryLife extends fc.Arbitrary<infer Of> ? Of : never;

/** The service levels of a life's world, once everything has been put. */
export function latestServiceLevels({ world: history }: GeneratedInquiryLife): ServiceLevels {
  const [last] = policyHistories[history]?.slice(-1) ?? [];
  if (last === undefined) throw new TypeError('there is no such world');
  return last.serviceLevels;
}

/** Plays a life to its end and calls back after each step. */
export function playLife(
  lived: GeneratedInquiryLife,
  afterEach: (scenario: InquirySpecification, now: Instant) => void = () => undefined,
): { readonly scenario: InquirySpecification; readonly now: Instant } {
  const known = (at: Instant) => ({
    ...deskListTerms,
    serviceLevels:
      policyHistories[lived.world]?.findLast(({ put }) => put <= at)?.serviceLevels ??
      deskListTerms.serviceLevels,
  });
  let now = daysAfterBeginning(0, lived.start / 1000);
  const scenario = openInquiry(lived, now, known(now));
  afterEach(scenario, now);
  for (const one of lived.steps) {
    const next = addSeconds(now, one.milliseconds / 1000);
    while (one.punctual && scenario.alarm !== undefined && scenario.alarm <= next) {
      // An alarm that a late entry or a change has made overdue fires at once.
      now = scenario.alarm > now ? scenario.alarm : now;
      scenario.under(known(now));
      scenario.whenAlarmsFire(now);
      afterEach(scenario, now);
    }
    now = next;
    scenario.under(known(now));
    applyStep(scenario, one, lived, now);
    afterEach(scenario, now);
  }
  return { scenario, now };
}

function openInquiry(
  { opening, priority, start }: GeneratedInquiryLife,
  now: Instant,
  terms: typeof deskListTerms,
): InquirySpecification {
  switch (opening) {
    case 'machine':
      return givenUnder(terms, makeReceivedEvent(now, { automated: true }));
    case 'call':
    case 'resolved call': {
      const outcome = opening === 'call' ? (start % 2 === 0 ? 'open' : 'answered') : 'resolved';
      const end = addSeconds(now, -600 - (start % 100_000));
      const began = addSeconds(end, -(start % 10_000));
      return logPhoneCall({ outcome, start: began, end, priority, entered: now, terms });
    }
    case 'quarantined':
      return givenUnder(terms, { ...quarantinedEvent, at: now });
    default:
      return givenUnder(
        terms,
        makeReceivedEvent(now, { priority, receivedAt: addSeconds(now, -(start % 5000)) }),
      );
  }
}

function applyStep(
  scenario: InquirySpecification,
  one: LifeStep,
  lived: GeneratedInquiryLife,
  now: Instant,
): void {
  scenario.whenAlarmsFire(now);
  const { status, receivedAt, desk, holder } = scenario.inquiry;
  if (status === 'quarantined')
    scenario.whenEvents(makeAdmittedEvent(now, { receivedAt, priority: one.priority }));
  if (status === 'new') scenario.whenEvents(makeRoutedEvent(lived.desk, one.priority, now));
  if (status === 'queued' && desk === staffDesk && one.which % 2 === 0) {
    scenario.whenEvents(makeAssignedEvent(helpDeskActors.staff1, now, scenario.inquiry.fence + 1));
    return;
  }
  const possible = acts[status] ?? [];
  const act = possible[one.which % possible.length];
  if (act === undefined) return;
  if (act === 'machine') {
    scenario.whenEvents(makeMessageFrom('machine', now));
    return;
  }
  const [name, command] = act;
  // The holder acts in the place of a1, whoever holds it.
  const isHolders = name === 'a1' && holder !== undefined;
  const who = isHolders ? (holder.agent as string as ActorName) : name;
  scenario.when(who, makeCommand(command, one, scenario.inquiry), now).thenTakenOrRefused();
  if (command === 'claim' && scenario.loaded.lease !== undefined && one.steadySeconds > 0) {
    scenario.withLeaseUntil(addSeconds(now, one.steadySeconds));
  }
}

function makeCommand(
  command: CommandName,
  { desk, priority }: LifeStep,
  inquiry: Inquiry,
): Command {
  const fenceField = inquiry.holder?.by === 'claim' ? { fence: inquiry.fence } : {};
  switch (command) {
    case 'claim':
    case 'withdraw':
    case 'close':
      return { command };
    case 'release':
    case 'wait':
    case 'resolve':
    case 'no-reply-needed':
      return { command, ...fenceField };
    case 'resume':
      return { command };
    case 'transfer':
      return { command, desk, ...fenceField };
    case 'reply':
      return { command, text: '…', ...fenceField };
    case 'reopen':
      return { command, reason: '…' };
    case 'amend':
      return { command, priority };
    case 'merge':
      return { command, ...mergeTarget };
    default:
      throw new TypeError(`${command} is no part of these lives`);
  }
}
