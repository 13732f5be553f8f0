import { setTimeout } from 'node:timers/promises';
import { formatDuration } from '../core/inquiry/clock/business-duration.ts';
import type { Instant } from '../core/inquiry/values/ids.ts';
import { findDescendants, readCpuSeconds } from './process-cpu.ts';
import { type RecordedBreach, readBreachesAndMails } from './read-ledger.ts';
import { type SeparateHost, startSeparateHost } from './separate-host.ts';
import { writeInquiries } from './write-inquiries.ts';

/** The outcome of clocks that fell due together. */
export type AlarmBurstMeasurement = {
  readonly burst: string;
  readonly clocks: number;
  /** Breaches in the ledger, and verdict records of them: as many as clocks when each is once. */
  readonly breaches: number;
  readonly verdicts: number;
  /** Those whose `breachedAt` is not the deadline to the second, or that were recorded again. */
  readonly wrong: number;
  /** From the deadline, or the end of the outage, to `detectedAt`; the shortest first. */
  readonly detectionSeconds: readonly number[];
  /** Notices mailed about the burst. */
  readonly mails: number;
  /** Processor time of the host and its engines per clock, notices included. */
  readonly cpuMillisecondsPerClock: number;
};

type MeasuredClock = 'first_response' | 'resolution' | 'pickup' | 'ownership';
type BurstGroup = 'ten' | 'told' | 'many';
type AlarmBurst = {
  readonly name: string;
  readonly clock: MeasuredClock;
  readonly group: BurstGroup;
  /** When the clock of a policy falls due, in seconds since the inquiry was received. */
  readonly dueAfter: (policy: number) => number;
  /** No alarm fires for an hour from the first deadline on. */
  readonly outage?: boolean;
};

const minute = 60;
const policyCounts: Readonly<Record<BurstGroup, number>> = { ten: 10, told: 60, many: 60 };
const idleMilliseconds = 600_000;
const receivedAt = '2026-11-25T01:00:00.000Z' as Instant;

/** Each begins at a full minute, and later than the look-ahead after the one before. */
const bursts: readonly AlarmBurst[] = [
  {
    ...{ name: '10 in a minute', clock: 'first_response', group: 'ten' },
    dueAfter: (policy) => 23 * minute + policy * 6,
  },
  {
    ...{ name: '10,000 in a minute', clock: 'resolution', group: 'many' },
    dueAfter: (policy) => 27 * minute + policy,
  },
  {
    ...{ name: '10,000 in one second', clock: 'first_response', group: 'many' },
    dueAfter: () => 35 * minute,
  },
  {
    ...{ name: '1,000 in a minute, leads told', clock: 'ownership', group: 'told' },
    dueAfter: (policy) => 45 * minute + policy,
  },
  {
    ...{ name: '10,000 in an hour of outage', clock: 'pickup', group: 'many', outage: true },
    dueAfter: (policy) => 60 * minute + policy * minute,
  },
];

/**
 * Measures how soon the alarm function notices clocks that fall due together, while 11,010
 * inquiries wait: on a separate host, whose clock is set to shortly before each burst.
 */
export async function measureAlarmBursts(): Promise<AlarmBurstMeasurement[]> {
  const host = await startSeparateHost(new Date(Date.parse(receivedAt) - 15_000));
  try {
    Object.assign(process.env, host.environment);
    await putBurstPolicies(host);
    await setTimeout(Math.max(0, Date.parse(receivedAt) + 1000 - (await host.now()).getTime()));
    const policyByInquiry = await writeInquiries(
      receivedAt,
      [...listPolicies('ten', 10), ...listPolicies('told', 1000), ...listPolicies('many', 10_000)],
      await host.now(),
    );
    await host.idle(idleMilliseconds);
    const costs = new Map<AlarmBurst, BurstCost>();
    for (const burst of bursts) costs.set(burst, await runBurst(host, burst));
    return await collectMeasurements(policyByInquiry, costs);
  } finally {
    await host.stop();
  }
}

/** Lists a policy for each inquiry of a group, in rotation. */
function listPolicies(group: BurstGroup, inquiries: number): string[] {
  return Array.from({ length: inquiries }, (_, index) => `${group}-${index % policyCounts[group]}`);
}

/** Makes the clocks of each group's policies fall due in their bursts. */
async function putBurstPolicies(host: SeparateHost): Promise<void> {
  const lead = await host.token('lead-1');
  const policies = (Object.keys(policyCounts) as BurstGroup[]).flatMap((group) =>
    Array.from({ length: policyCounts[group] }, (_, policy) => {
      const clocks = bursts
        .filter((burst) => burst.group === group)
        .map(({ clock, dueAfter }) => {
          const targets = { medium: formatDuration(dueAfter(policy)) };
          return [clock, { calendar: 'always', targets }];
        });
      const name = `${group}-${policy}`;
      return [name, { name: { ja: name, en: name }, clocks: Object.fromEntries(clocks) }];
    }),
  );
  const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  await changeDocument(host.url, lead, 'calendars', (document) => ({
    calendars: {
      ...document['calendars'],
      always: {
        zone: 'UTC',
        week: Object.fromEntries(everyDay.map((day) => [day, ['00:00-24:00']])),
      },
    },
  }));
  await changeDocument(host.url, lead, 'policies', (document) => ({
    ...document,
    deskCalendars: {},
    policies: { ...document['policies'], ...Object.fromEntries(policies) },
    // The shipped chains, only for the clock about which leads are notified.
    chains: (document['chains'] as unknown as ConfigDocument[]).map((chain) => ({
      ...chain,
      clocks: ['ownership'],
    })),
  }));
}

type ConfigDocument = Record<string, Record<string, unknown>>;

async function changeDocument(
  url: string,
  token: string,
  kind: 'calendars' | 'policies',
  edit: (document: ConfigDocument) => object,
): Promise<void> {
  const path = `${url}/v1/config/${kind}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const read = await fetch(path, { headers });
  const { document } = (await read.json()) as { document: ConfigDocument };
  const answer = await fetch(path, {
    method: 'PUT',
    headers: { ...headers, 'if-match': read.headers.get('etag') ?? '' },
    body: JSON.stringify({ document: edit(document) }),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
}

type BurstCost = { readonly cpuSeconds: number; readonly backAt: number };

/** Sets the clock to shortly before a burst, and waits until everything it causes is done. */
async function runBurst(host: SeparateHost, burst: AlarmBurst): Promise<BurstCost> {
  const first = Date.parse(receivedAt) + burst.dueAfter(0) * 1000;
  const last = Date.parse(receivedAt) + burst.dueAfter(policyCounts[burst.group] - 1) * 1000;
  const now = async () => (await host.now()).getTime();
  const shiftTo = async (instant: number) =>
    host.shift(Math.max(0, (instant - (await now())) / 1000));
  const processes = [host.pid, ...(await findDescendants(host.pid))];
  let backAt = 0;
  if (burst.outage === true) {
    backAt = last + 60_000;
  } else {
    // The sweep that looks ahead to the burst begins at once, and has sent its alarms by the next.
    await shiftTo(first - 175_000);
    await waitUntilQuiet(processes);
  }
  const cpuBefore = await readCpuSeconds(processes);
  await shiftTo(burst.outage === true ? backAt : first - 5_000);
  await setTimeout(Math.max(last + 3000 - (await now()), 3000));
  await host.idle(idleMilliseconds);
  return { cpuSeconds: (await readCpuSeconds(processes)) - cpuBefore, backAt };
}

/** Resolves when processes have done next to nothing for a second. */
async function waitUntilQuiet(processes: readonly number[]): Promise<void> {
  let before = await readCpuSeconds(processes);
  for (;;) {
    await setTimeout(1000);
    const now = await readCpuSeconds(processes);
    if (now - before < 0.1) return;
    before = now;
  }
}

async function collectMeasurements(
  policyByInquiry: ReadonlyMap<string, string>,
  costs: ReadonlyMap<AlarmBurst, BurstCost>,
): Promise<AlarmBurstMeasurement[]> {
  const { breaches, verdicts, mails } = await readBreachesAndMails();
  return [...costs].map(([burst, { cpuSeconds, backAt }]) => {
    const { clock, group } = burst;
    const isOf = ({ inquiryId, clock: broken }: RecordedBreach) =>
      broken === clock && policyByInquiry.get(inquiryId)?.startsWith(group) === true;
    const dueAt = ({ inquiryId }: RecordedBreach) =>
      Date.parse(receivedAt) +
      burst.dueAfter(Number(policyByInquiry.get(inquiryId)?.slice(group.length + 1))) * 1000;
    const groupBreaches = breaches.filter(isOf);
    const groupVerdicts = verdicts.filter(isOf);
    const isRight = (breach: RecordedBreach) => Date.parse(breach.breachedAt) === dueAt(breach);
    const repeated =
      groupBreaches.length - new Set(groupBreaches.map(({ inquiryId }) => inquiryId)).size;
    const wrong = [...groupBreaches, ...groupVerdicts].filter((breach) => !isRight(breach)).length;
    const clocks = [...policyByInquiry.values()].filter((name) => name.startsWith(group)).length;
    return {
      burst: burst.name,
      clocks,
      breaches: groupBreaches.length,
      verdicts: groupVerdicts.length,
      wrong: wrong + repeated,
      detectionSeconds: groupBreaches
        .map((one) => (Date.parse(one.detectedAt) - Math.max(dueAt(one), backAt)) / 1000)
        .sort((one, other) => one - other),
      mails: group === 'told' ? mails : 0,
      cpuMillisecondsPerClock: (cpuSeconds * 1000) / clocks,
    };
  });
}
