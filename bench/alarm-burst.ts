import { setTimeout } from 'node:timers/promises';
import { durationOf } from '../core/inquiry/clock/duration.ts';
import type { Instant } from '../core/inquiry/ids.ts';
import { type SeparateHost, startSeparateHost } from './host-process.ts';
import { cpuSecondsOf, descendantsOf } from './process-cpu.ts';
import { type Breach, readLedger } from './read-ledger.ts';
import { writeInquiries } from './write-inquiries.ts';

/** What became of clocks that fell due together. */
export type BurstFigure = {
  readonly burst: string;
  readonly clocks: number;
  /** Breaches in the ledger, and verdict records of them: as many as clocks when each is once. */
  readonly breaches: number;
  readonly verdicts: number;
  /** Whose `breachedAt` is not the deadline to the second, or that were recorded again. */
  readonly wrong: number;
  /** From the deadline, or the end of the outage, to `detectedAt`; the shortest first. */
  readonly detectionSeconds: readonly number[];
  /** Notices that were mailed for it. */
  readonly mails: number;
  /** Processor time of the host and its engines per clock, notices included. */
  readonly cpuMillisecondsPerClock: number;
};

type Clock = 'first_response' | 'resolution' | 'pickup' | 'ownership';
type Burst = {
  readonly name: string;
  readonly clock: Clock;
  readonly policy: 'ten' | 'many';
  /** When the clock of a policy's number falls due, in seconds since it was received. */
  readonly dueAfter: (index: number) => number;
  /** How long nothing rings from the first deadline on. */
  readonly outageSeconds?: number;
};

const hour = 3600;
const policyCounts = { ten: 10, many: 60 } as const;
/** The shipped `tokyo-office` is open by then, so that nobody's quiet hours keep notices back. */
const receivedAt = '2026-11-25T01:00:00.000Z' as Instant;

export const bursts: readonly Burst[] = [
  {
    ...{ name: '10 in a minute', clock: 'first_response', policy: 'ten' },
    dueAfter: (index) => hour / 2 + index * 6,
  },
  {
    ...{ name: '10,000 in a minute', clock: 'resolution', policy: 'many' },
    dueAfter: (index) => hour + index,
  },
  {
    ...{ name: '10,000 in one second', clock: 'first_response', policy: 'many' },
    dueAfter: () => 2 * hour,
  },
  {
    ...{ name: '10,000 in an hour of outage', clock: 'pickup', policy: 'many' },
    dueAfter: (index) => 3 * hour + index * 60,
    outageSeconds: hour,
  },
  {
    ...{ name: '10,000 in a minute, leads told', clock: 'ownership', policy: 'many' },
    dueAfter: (index) => 5 * hour + index,
  },
];

/**
 * Measures how soon the ringer notices clocks that fall due together, with ten and with thousands
 * of inquiries waiting: on a host of its own, whose clock is set to shortly before each burst.
 */
export async function measureAlarmBursts(
  inquiries: number,
  wanted: readonly Burst[] = bursts,
): Promise<BurstFigure[]> {
  const host = await startSeparateHost(new Date(Date.parse(receivedAt) - 15_000));
  try {
    Object.assign(process.env, host.environment);
    await putLevels(host);
    await setTimeout(Math.max(0, Date.parse(receivedAt) + 1000 - (await host.now()).getTime()));
    const policies = [
      ...Array.from({ length: policyCounts.ten }, (_, index) => `ten-${index}`),
      ...Array.from({ length: inquiries }, (_, index) => `many-${index % policyCounts.many}`),
    ];
    const begun = performance.now();
    const written = await writeInquiries(receivedAt, policies, host.now);
    console.error(`written ${(performance.now() - begun) / 1000}`);
    await host.idle(600_000);
    console.error(`idle ${(performance.now() - begun) / 1000}`);
    const spent = new Map<Burst, Spent>();
    for (const burst of wanted) {
      spent.set(burst, await ringOut(host, burst));
      console.error(`rung ${burst.name} ${(performance.now() - begun) / 1000}`);
    }
    return await figuresOf(written, spent);
  } finally {
    await host.stop();
  }
}

/** Has the four clocks of a policy fall due in bursts of their own. */
async function putLevels(host: SeparateHost): Promise<void> {
  const lead = await host.token('lead-1');
  const targets = (clock: Clock, policy: Burst['policy'], index: number) => {
    const burst = bursts.find((one) => one.clock === clock && one.policy === policy);
    const seconds = burst?.dueAfter(index);
    return seconds === undefined
      ? {}
      : { [clock]: { calendar: 'always', targets: { medium: durationOf(seconds) } } };
  };
  const named = (policy: Burst['policy']) =>
    Array.from({ length: policyCounts[policy] }, (_, index) => [
      `${policy}-${index}`,
      {
        name: { ja: `${policy}-${index}`, en: `${policy}-${index}` },
        clocks: {
          ...targets('first_response', policy, index),
          ...targets('resolution', policy, index),
          ...targets('pickup', policy, index),
          ...targets('ownership', policy, index),
        },
      },
    ]);
  const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  await change(host.url, lead, 'calendars', (document) => ({
    calendars: {
      ...document['calendars'],
      always: {
        zone: 'UTC',
        week: Object.fromEntries(everyDay.map((day) => [day, ['00:00-24:00']])),
      },
    },
  }));
  await change(host.url, lead, 'policies', (document) => ({
    ...document,
    deskCalendars: {},
    policies: {
      ...document['policies'],
      ...Object.fromEntries([...named('ten'), ...named('many')]),
    },
    // The shipped chain, for the last burst only.
    chains: (document['chains'] as unknown as Document[]).map((chain) => ({
      ...chain,
      clocks: ['ownership'],
    })),
  }));
}

type Document = Record<string, Record<string, unknown>>;

async function change(
  url: string,
  token: string,
  kind: 'calendars' | 'policies',
  edit: (document: Document) => object,
): Promise<void> {
  const path = `${url}/v1/config/${kind}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const read = await fetch(path, { headers });
  const { document } = (await read.json()) as { document: Document };
  const answer = await fetch(path, {
    method: 'PUT',
    headers: { ...headers, 'if-match': read.headers.get('etag') ?? '' },
    body: JSON.stringify({ document: edit(document) }),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
}

type Spent = { readonly cpuSeconds: number; readonly backAt: number };

/** Sets the clock to shortly before a burst, and waits until all that it set off is done. */
async function ringOut(host: SeparateHost, burst: Burst): Promise<Spent> {
  const first = Date.parse(receivedAt) + burst.dueAfter(0) * 1000;
  const end = Date.parse(receivedAt) + burst.dueAfter(policyCounts[burst.policy] - 1) * 1000;
  const shiftTo = async (instant: number) =>
    host.shift((instant - (await host.now()).getTime()) / 1000);
  const processes = [host.pid, ...(await descendantsOf(host.pid))];
  const cpuBefore = await cpuSecondsOf(processes);
  let backAt = 0;
  if (burst.outageSeconds === undefined) {
    // The sweep that looks ahead to the burst begins at once, and has sent its alarms by the next.
    await shiftTo(first - 175_000);
    await setTimeout(1000);
    await host.idle(600_000);console.error('swept', new Date());
    await shiftTo(Math.max(first - 10_000, (await host.now()).getTime()));
  } else {
    backAt = first + burst.outageSeconds * 1000 + 1000;
    await shiftTo(backAt);
  }
  const now = (await host.now()).getTime();
  await setTimeout(Math.max(end + 3000 - now, 3000));
  console.error('idle from', new Date());
  await host.idle(600_000).catch(console.error);
  console.error('idle till', new Date());
  return { cpuSeconds: (await cpuSecondsOf(processes)) - cpuBefore, backAt };
}

async function figuresOf(
  written: ReadonlyMap<string, string>,
  spent: ReadonlyMap<Burst, Spent>,
): Promise<BurstFigure[]> {
  const { breaches, verdicts, mails } = await readLedger();
  return [...spent].map(([burst, { cpuSeconds, backAt }]) => {
    const { clock, policy } = burst;
    const isOf = ({ inquiryId, clock: broken }: Breach) =>
      broken === clock && written.get(inquiryId)?.startsWith(policy) === true;
    const dueAt = ({ inquiryId }: Breach) =>
      Date.parse(receivedAt) +
      burst.dueAfter(Number(written.get(inquiryId)?.slice(policy.length + 1))) * 1000;
    const found = breaches.filter(isOf);
    const recorded = verdicts.filter(isOf);
    const isRight = (breach: Breach) => Date.parse(breach.breachedAt) === dueAt(breach);
    const repeated = found.length - new Set(found.map(({ inquiryId }) => inquiryId)).size;
    const wrong = [...found, ...recorded].filter((breach) => !isRight(breach)).length;
    const clocks = [...written.values()].filter((name) => name.startsWith(policy)).length;
    return {
      burst: burst.name,
      clocks,
      breaches: found.length,
      verdicts: recorded.length,
      wrong: wrong + repeated,
      detectionSeconds: found
        .map((one) => (Date.parse(one.detectedAt) - Math.max(dueAt(one), backAt)) / 1000)
        .sort((one, other) => one - other),
      mails: clock === 'ownership' ? mails : 0,
      cpuMillisecondsPerClock: (cpuSeconds * 1000) / clocks,
    };
  });
}
