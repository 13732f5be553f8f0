import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Randomness } from '../../../core/inquiry/ports.ts';
import {
  addSeconds,
  type EmailAddress,
  type Instant,
  type Sub,
} from '../../../core/inquiry/values/ids.ts';
import { makePseudonym, pseudonymBytes } from '../../../core/inquiry/values/pseudonym.ts';
import { createQueuedJob, type JobId } from '../../../core/job/job.ts';
import type {
  ErasureInput,
  ErasureOrder,
  StartedErasure,
} from '../../../core/people/erasure/erasure.ts';
import type { Erasures } from '../../../core/people/erasure/erasure-ports.ts';
import type { ErasedPerson } from '../../../core/people/erasure/identity-replacer.ts';
import { buildJobItem } from '../job/job-items.ts';
import { type DynamoTable, dataOf, getItems, tableKeys, toEpochSeconds } from '../table.ts';
import { writeUnlessRaced } from '../write-unless-raced.ts';

/** An erasure takes minutes or, while it waits for something, a day; then nothing may be left. */
const subjectKeptSeconds = 30 * 86_400;

/**
 * Erasures as jobs, whose input is the order as JSON. Whom it is about stands in an item beside the
 * job, which goes when the job is done, and by itself after a month.
 */
export class DynamoErasures implements Erasures {
  readonly #table: DynamoTable;
  readonly #random: Pick<Randomness, 'id' | 'bytes'>;

  constructor(table: DynamoTable, random: Pick<Randomness, 'id' | 'bytes'>) {
    this.#table = table;
    this.#random = random;
  }

  async start(
    given: ErasureInput,
    {
      address,
      subs,
      names,
    }: {
      readonly address: EmailAddress;
      readonly subs: readonly Sub[];
      readonly names: readonly string[];
    },
    startedBy: Sub,
    now: Instant,
  ): Promise<StartedErasure> {
    const id = this.#random.id(now) as JobId;
    const pseudonym = makePseudonym(this.#random.bytes(pseudonymBytes));
    const order: ErasureOrder = { ...given, pseudonym };
    const input = JSON.stringify(order);
    const job = createQueuedJob({ id, jobKind: 'person-erasure', startedBy, input }, now);
    const person: ErasedPerson = { address, subs, names, phones: [], pseudonym };
    const { name: TableName } = this.#table;
    const ConditionExpression = 'attribute_not_exists(pk)';
    await writeUnlessRaced(this.#table, [
      { Put: { TableName, Item: buildJobItem(job), ConditionExpression } },
      { Put: { TableName, Item: buildSubjectItem(id, person, now), ConditionExpression } },
    ]);
    return { id, createdAt: now };
  }
}

/** Whom an erasure is about, until it is done. */
export class DynamoErasureSubjects {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  /** Undefined once the erasure is done. */
  async find(id: JobId): Promise<ErasedPerson | undefined> {
    const [item] = await getItems(this.#table, [subjectKeyOf(id)]);
    return dataOf<ErasedPerson>(item);
  }

  async save(id: JobId, person: ErasedPerson, now: Instant): Promise<void> {
    await this.#table.client.send(
      new PutItemCommand({
        TableName: this.#table.name,
        Item: buildSubjectItem(id, person, now),
        // One that is done must not be brought back by a worker that was presumed dead.
        ConditionExpression: 'attribute_exists(pk)',
      }),
    );
  }

  async remove(id: JobId): Promise<void> {
    await this.#table.client.send(
      new DeleteItemCommand({ TableName: this.#table.name, Key: subjectKeyOf(id) }),
    );
  }
}

function subjectKeyOf(id: JobId) {
  return { pk: tableKeys.job(id).pk, sk: { S: 'SUBJECT' } };
}

function buildSubjectItem(id: JobId, person: ErasedPerson, now: Instant) {
  return {
    ...subjectKeyOf(id),
    kind: { S: 'erasure-subject' },
    data: { S: JSON.stringify(person) },
    expiresAt: toEpochSeconds(addSeconds(now, subjectKeptSeconds)),
  };
}
