import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Randomness } from '../../../core/inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../../core/inquiry/refusal.ts';
import type { Instant, Sub } from '../../../core/inquiry/values/ids.ts';
import { createQueuedJob, type Job, type JobId } from '../../../core/job/job.ts';
import type { JobLedger } from '../../../core/job/ports.ts';
import type { Offboardings } from '../../../core/people/offboarding/offboard-ports.ts';
import type {
  Offboarding,
  StartedOffboarding,
} from '../../../core/people/offboarding/offboarding.ts';
import type { PersonDecider } from '../../../core/people/ports.ts';
import { buildJobItem, jobExpiryOf } from '../job/job-items.ts';
import {
  type DynamoTable,
  getItems,
  readStringAttribute,
  type TableItem,
  tableKeys,
} from '../table.ts';
import { writeUnlessRaced } from '../write-unless-raced.ts';
import type { DynamoPersonRegistry } from './dynamo-person-registry.ts';

const attemptLimit = 4;

/**
 * Starts offboardings as jobs, whose input is the order as JSON.
 *
 * One item for each offboarded person names their latest job, so that only one runs at a time.
 */
export class DynamoOffboardings implements Offboardings {
  readonly #table: DynamoTable;
  readonly #people: Pick<DynamoPersonRegistry, 'change'>;
  readonly #jobs: Pick<JobLedger, 'find'>;
  readonly #random: Pick<Randomness, 'id'>;

  constructor(
    table: DynamoTable,
    people: Pick<DynamoPersonRegistry, 'change'>,
    jobs: Pick<JobLedger, 'find'>,
    random: Pick<Randomness, 'id'>,
  ) {
    this.#table = table;
    this.#people = people;
    this.#jobs = jobs;
    this.#random = random;
  }

  async start(
    offboarding: Offboarding,
    decide: PersonDecider,
    startedBy: Sub,
    now: Instant,
  ): Promise<StartedOffboarding | Refusal | 'no-other-lead'> {
    const { agent, address } = offboarding;
    for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
      const [pointer] = await getItems(this.#table, [tableKeys.offboarding(agent)]);
      const latest = readStringAttribute(pointer, 'job') as JobId | undefined;
      const id = this.#random.id(now) as JobId;
      const input = JSON.stringify(offboarding);
      const job = createQueuedJob({ id, jobKind: 'offboarding', startedBy, input }, now);
      // Only one writer can make them leave, so the pointer needs no condition of its own.
      const extraWrites = [
        this.#put(buildJobItem(job), absentCondition),
        this.#put(buildPointerItem(agent, job)),
      ];
      const result = await this.#people.change(address, undefined, decide, {
        buildWrites: () => extraWrites,
      });
      if (isRefusal(result) || result === 'no-other-lead') return result;
      if (result.outcome !== 'unchanged') return startedOffboardingOf(job);
      const latestJob = latest === undefined ? undefined : await this.#jobs.find(latest);
      if (latestJob !== undefined && isRunning(latestJob)) return startedOffboardingOf(latestJob);
      if (await this.#startAlone(agent, job, latest)) return startedOffboardingOf(job);
    }
    return refuse('transient.conflict', 'Others kept offboarding the same person; try again.');
  }

  /** @returns false when another was started since the pointer was read */
  async #startAlone(agent: Sub, job: Job, latest: JobId | undefined): Promise<boolean> {
    const unchanged =
      latest === undefined
        ? absentCondition
        : {
            ConditionExpression: 'job = :job',
            ExpressionAttributeValues: { ':job': { S: latest } },
          };
    return writeUnlessRaced(this.#table, [
      this.#put(buildJobItem(job), absentCondition),
      this.#put(buildPointerItem(agent, job), unchanged),
    ]);
  }

  #put(item: TableItem, condition: object = {}): TransactWriteItem {
    return { Put: { TableName: this.#table.name, Item: item, ...condition } };
  }
}

const absentCondition = { ConditionExpression: 'attribute_not_exists(pk)' };

function buildPointerItem(agent: Sub, job: Job): TableItem {
  return {
    ...tableKeys.offboarding(agent),
    kind: { S: 'offboarding' },
    job: { S: job.id },
    expiresAt: jobExpiryOf(job),
  };
}

type RunningOffboarding = Job & { readonly state: StartedOffboarding['state'] };

function isRunning(job: Job): job is RunningOffboarding {
  return job.state === 'queued' || job.state === 'running';
}

function startedOffboardingOf(job: Job): StartedOffboarding {
  const { id, createdAt, updatedAt, checkpoint: done } = job;
  return { id, state: isRunning(job) ? job.state : 'queued', createdAt, updatedAt, done };
}
