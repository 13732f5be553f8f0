import { DynamoRoutingConfigLedger } from '../../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import { DynamoAnswerStore } from '../../../adapters/dynamo/inquiry/dynamo-answer-store.ts';
import { DynamoJobLedger } from '../../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { DynamoJobNotes } from '../../../adapters/dynamo/job/dynamo-job-notes.ts';
import { DynamoHeldWork } from '../../../adapters/dynamo/people/dynamo-held-work.ts';
import { DynamoOffboardings } from '../../../adapters/dynamo/people/dynamo-offboardings.ts';
import { VersionedDeskSettings } from '../../../adapters/dynamo/people/versioned-desk-settings.ts';
import { DynamoAlarmIndex } from '../../../adapters/dynamo/sla/dynamo-alarm-index.ts';
import { OffboardingWork } from '../../../adapters/job/offboarding-work.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { type InquiryDecision, planAppend } from '../../../core/inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import type { InquiryIndex, InquiryLedger } from '../../../core/inquiry/ports.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import type { Inquiry } from '../../../core/inquiry/snapshot.ts';
import { shippedServiceLevels } from '../../../core/inquiry/terms/shipped-service-levels.ts';
import {
  addSeconds,
  DeskId,
  type InquiryId,
  type Instant,
  instantOf,
  VendorId,
} from '../../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import type { Job, JobId, JobKind } from '../../../core/job/job.ts';
import type { JobWork } from '../../../core/job/ports.ts';
import type { Actor } from '../../../core/work/actor.ts';
import { makeHandler as makeRunner } from '../../../functions/job/run-job.ts';
import { makeHandler } from '../../../functions/people/offboard-agent.ts';
import { receivedEvent } from '../../core/help-desk.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import { makeDeskBatch, startWorkFixture } from '../work/work-fixture.ts';

type WorkerParts = {
  readonly ledger?: InquiryLedger;
  readonly index?: Pick<InquiryIndex, 'listHeld'>;
};

export type HeldInquiryInput = {
  readonly desk?: string;
  readonly priority?: Inquiry['priority'];
  readonly category?: string;
  readonly service?: string;
};

/** The routes of offboarding and the worker of its jobs, beside the functions of work. */
export async function startOffboardingFixture() {
  const work = await startWorkFixture();
  const { engines, people, index, ledger, now, terms } = work;
  const { table } = engines;
  const jobs = new DynamoJobLedger(table);
  const notes = new DynamoJobNotes(table);
  const commandDependencies = {
    ledger,
    random: nodeRandomness,
    pause: (milliseconds: number) =>
      new Promise<void>((resolve) => {
        setTimeout(resolve, milliseconds);
      }),
  };
  const handler = makeHandler({
    ...makeRecordingTelemetry(),
    people,
    index,
    offboardings: new DynamoOffboardings(table, people, jobs, nodeRandomness),
    answers: new DynamoAnswerStore(table, () => Date.parse(now())),
    audit: makeAuditLog(table),
    now,
    newTraceId: () => 'trace-1',
  });

  async function ask(
    routeKey: string,
    as: string,
    agent: string,
    given: {
      readonly body?: unknown;
      readonly query?: Readonly<Record<string, string>>;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    const { body, ...rest } = given;
    const event = fakeGatewayEvent({
      ...{ routeKey, sub: as, params: { agent } },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...rest,
    });
    const answer = await handler(event, fakeLambdaContext());
    const text = answer.body ?? 'null';
    const isJson = answer.headers['content-type']?.includes('json');
    return { ...answer, body: isJson ? JSON.parse(text) : text };
  }

  /** Delivers a job's message to a worker once. */
  async function deliver(id: JobId, parts: WorkerParts = {}): Promise<readonly unknown[]> {
    const telemetry = makeRecordingTelemetry();
    const offboarding = new OffboardingWork({
      ...{
        ...commandDependencies,
        ledger: parts.ledger ?? ledger,
        terms,
        people,
        index,
        notes,
        now,
      },
      heldWork: new DynamoHeldWork(table, parts.index ?? index),
      settings: new VersionedDeskSettings(new DynamoRoutingConfigLedger(table)),
    });
    const run = makeRunner({
      ...telemetry,
      ...{ jobs, now, clock: () => Date.parse(now()) },
      work: { offboarding } as unknown as Record<JobKind, JobWork>,
    });
    const body = JSON.stringify({ jobId: id });
    // Borrowed for the shape of a record; the body is replaced below.
    const { Records } = makeDeskBatch(['message' as InquiryId]);
    await run(
      { Records: Records.map((record) => ({ ...record, body })) },
      fakeLambdaContext(300_000),
    );
    return telemetry.lines.flatMap(({ fields: { step } }) => (step === undefined ? [] : [step]));
  }

  /** The jobs whose alarms are due, as the sweep finds them. */
  async function dueJobs(): Promise<JobId[]> {
    const due: JobId[] = [];
    for await (const alarms of new DynamoAlarmIndex(table).findDue(instantOf(0), now())) {
      for (const alarm of alarms) if (alarm.kind === 'job') due.push(alarm.jobId as JobId);
    }
    return due;
  }

  /** Lets time pass and delivers the job when it is due, until it is over. */
  async function runToEnd(id: JobId, parts: WorkerParts = {}): Promise<Job> {
    for (let minute = 0; minute < 20; minute += 1) {
      const job = await jobs.find(id);
      if (job?.state === 'done' || job?.state === 'failed') return job;
      work.later(60);
      for (const due of await dueJobs()) if (due === id) await deliver(id, parts);
    }
    throw new Error('the job does not end');
  }

  async function resultOf(id: JobId) {
    const [result] = await notes.find(id, 'result');
    return JSON.parse(result ?? 'null');
  }

  /** Opens an inquiry at a desk, held by an agent through a claim or an assignment. */
  function openHeld(
    by: Actor,
    how: 'claimed' | 'offered' | 'accepted',
    given: HeldInquiryInput = {},
  ) {
    const at = now();
    const desk = DeskId.parse(given.desk ?? 'staff');
    return appendLife(ledger, at, makeHoldDecision(by, how, desk, at), { ...given, desk });
  }

  /** An inquiry that an agent resolved. */
  function openHandled(by: Actor, at: Instant, given: HeldInquiryInput = {}) {
    const desk = DeskId.parse(given.desk ?? 'staff');
    const { events } = makeHoldDecision(by, 'accepted', desk, at);
    const resolved: InquiryEvent = {
      ...{ v: 1, at, by: eventActorOfAgent(by), type: 'InquiryResolved', silent: true },
      closeAt: addSeconds(at, 86_400 * 365),
      reopenUntil: addSeconds(at, 86_400 * 366),
    };
    return appendLife(ledger, at, { events: [...events, resolved] }, { ...given, desk });
  }

  return {
    ...{
      work,
      jobs,
      notes,
      commandDependencies,
      ask,
      deliver,
      dueJobs,
      runToEnd,
      resultOf,
      openHeld,
      openHandled,
    },
    offboard: (agent: string, body: object = {}, as = 'lead') =>
      ask('POST /v1/agents/{agent}/offboard', as, agent, {
        body,
        headers: { 'idempotency-key': `offboard-${agent}-${nodeRandomness.id(now())}` },
      }),
  };
}
export type OffboardingFixture = Awaited<ReturnType<typeof startOffboardingFixture>>;

function eventActorOfAgent({ sub, name, role }: Actor): InquiryEvent['by'] {
  return { kind: 'agent', sub, name, role };
}

function makeHoldDecision(
  by: Actor,
  how: 'claimed' | 'offered' | 'accepted',
  desk: DeskId,
  at: Instant,
): InquiryDecision {
  const common = { v: 1, at, desk, agent: by.sub, name: by.name, fence: 1 } as const;
  if (how === 'claimed') {
    const until = addSeconds(at, 900);
    return {
      events: [{ ...common, by: eventActorOfAgent(by), type: 'InquiryClaimed', leaseUntil: until }],
      lease: {
        change: 'grant',
        lease: { agent: by.sub, desk, fence: 1, until, confirmed: true },
      },
    };
  }
  const assigned: InquiryEvent = {
    ...common,
    ...{ by: { kind: 'system', part: 'work' }, type: 'InquiryAssigned', policy: 'least-loaded' },
    offeredUntil: addSeconds(at, 1800),
  };
  if (how === 'offered') return { events: [assigned] };
  const accepted = {
    v: 1,
    at,
    by: eventActorOfAgent(by),
    type: 'AssignmentAccepted',
    agent: by.sub,
  } as const;
  return { events: [assigned, accepted] };
}

const vendors: Readonly<Record<string, string>> = { bpo: 'vendor-a', 'bpo-b': 'vendor-b' };

/** Appends an inquiry's opening, routing and further events at once. */
async function appendLife(
  ledger: InquiryLedger,
  at: Instant,
  { events, lease }: InquiryDecision,
  {
    desk,
    priority = 'medium',
    category = 'network',
    service,
  }: HeldInquiryInput & { readonly desk: DeskId },
): Promise<Inquiry> {
  if (receivedEvent.type !== 'InquiryReceived') throw new TypeError('it opens an inquiry');
  const vendor = vendors[desk];
  const opening: InquiryEvent[] = [
    {
      ...{ ...receivedEvent, at, number: makeInquiryNumber(nodeRandomness.bytes(7)) },
      received: { ...receivedEvent.received, receivedAt: at, acknowledge: false },
    },
    {
      ...{ v: 1, at, by: { kind: 'system', part: 'routing' }, type: 'InquiryRouted', desk },
      ...(vendor === undefined ? {} : { vendor: VendorId.parse(vendor) }),
      ...{ priority, category, tags: [], rules: 0, trace: [] },
      ...(service === undefined ? {} : { service: service as never }),
      announceAt: addSeconds(at, 86_400),
    },
  ];
  const decision = {
    events: [...opening, ...events],
    ...(lease === undefined ? {} : { lease }),
  };
  const id = nodeRandomness.inquiryId(at);
  const pendingAppend = planAppend(
    id,
    undefined,
    decision,
    { serviceLevels: shippedServiceLevels },
    at,
  );
  if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
  const outcome = await ledger.append(pendingAppend);
  if (!outcome.appended) throw new TypeError(outcome.conflict);
  return pendingAppend.after;
}

/** A ledger whose appends never return after the first `appends`, as when the worker dies. */
export function crashAfterAppends(ledger: InquiryLedger, appends: number) {
  let left = appends;
  let tell = () => {};
  const died = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const dying: InquiryLedger = {
    load: (id) => ledger.load(id),
    loadOpening: (id) => ledger.loadOpening(id),
    idOf: (number) => ledger.idOf(number),
    append: (...pendingAppends) => {
      left -= 1;
      if (left >= 0) return ledger.append(...pendingAppends);
      tell();
      return new Promise(() => {});
    },
    events: (id, after, limit) => ledger.events(id, after, limit),
    prolong: (id, lease, now, until) => ledger.prolong(id, lease, now, until),
    rearm: (id, version, at) => ledger.rearm(id, version, at),
  };
  return { ledger: dying, died };
}
