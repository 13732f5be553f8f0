import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Inquiry } from '../../../core/inquiry/snapshot.ts';
import { buildAttachmentKey } from '../../../core/inquiry/values/attachment-key.ts';
import type { InquiryId, Instant } from '../../../core/inquiry/values/ids.ts';
import type { ClosedInquiries } from '../../../core/people/retention/retention-ports.ts';
import type { S3WholeBucket } from '../../s3/whole-bucket.ts';
import { moveInAlarms } from '../inquiry/dynamo-inquiry-ledger.ts';
import { makeBodyPrefix, makeEndedKey } from '../inquiry/inquiry-items.ts';
import {
  alarmShards,
  type DynamoTable,
  dataOf,
  getItems,
  indexPartitions,
  readStringAttribute,
  type TableItem,
  tableKeys,
} from '../table.ts';
import { isConditionMet } from '../write-unless-raced.ts';
import {
  collectTraces,
  deleteItems,
  findThreadKeys,
  keyOf,
  readInquiryItems,
} from './inquiry-partition.ts';

type ObjectStore = Pick<S3WholeBucket, 'list' | 'remove'>;

const pageSize = 100;

/** The mark that stands in place of a snapshot while an inquiry is removed. */
const endingKind = 'ending';

/**
 * Closed inquiries by the `alarms` index, in its `ENDED` partitions.
 *
 * The mark of an ending inquiry has no `data`, so that every reader takes it as absent, and no
 * `version`, so that no append or alarm can follow; it keeps the place in the index, by which a
 * run after a killed one finds it.
 */
export class DynamoClosedInquiries implements ClosedInquiries {
  readonly #table: DynamoTable;
  readonly #content: ObjectStore;
  readonly #mails: Pick<S3WholeBucket, 'remove'>;

  constructor(table: DynamoTable, content: ObjectStore, mails: Pick<S3WholeBucket, 'remove'>) {
    this.#table = table;
    this.#content = content;
    this.#mails = mails;
  }

  /** One shard after another: what is closed is in no hurry. */
  async *findClosed(before: Instant): AsyncGenerator<readonly InquiryId[]> {
    for (let shard = 0; shard < alarmShards; shard += 1) {
      let start: TableItem | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await this.#table.client.send(
          new QueryCommand({
            TableName: this.#table.name,
            IndexName: 'alarms',
            KeyConditionExpression: 'alPk = :ended AND alSk < :before',
            ExpressionAttributeValues: {
              ':ended': { S: indexPartitions.ended(shard) },
              ':before': { S: before },
            },
            Limit: pageSize,
            ExclusiveStartKey: start,
          }),
        );
        yield Items.map((item) => idOf(item));
        start = LastEvaluatedKey;
      } while (start !== undefined);
    }
  }

  async find(id: InquiryId): Promise<Inquiry | 'ending' | undefined> {
    const [item] = await getItems(this.#table, [tableKeys.snapshot(id)]);
    if (readStringAttribute(item, 'kind') === endingKind) return 'ending';
    return dataOf<Inquiry>(item);
  }

  begin(inquiry: Inquiry): Promise<boolean> {
    const { id, number, closedAt, receivedAt, version } = inquiry;
    return isConditionMet(
      this.#table.client.send(
        new PutItemCommand({
          TableName: this.#table.name,
          Item: {
            ...tableKeys.snapshot(id),
            kind: { S: endingKind },
            number: { S: number },
            ...makeEndedKey(id, closedAt ?? receivedAt),
          },
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues: { ':version': { N: String(version) } },
        }),
      ),
    );
  }

  /** What leads elsewhere is followed before the item that says so goes. */
  async finish(id: InquiryId): Promise<void> {
    const [mark] = await getItems(this.#table, [tableKeys.snapshot(id)]);
    if (readStringAttribute(mark, 'kind') !== endingKind) return;
    for await (const page of readInquiryItems(this.#table, id)) {
      const { messageIds, rawMails } = collectTraces(page);
      for (const key of rawMails) await this.#mails.remove(key);
      await deleteItems(this.#table, await findThreadKeys(this.#table, id, messageIds));
      await deleteItems(this.#table, page.filter((item) => !isMark(item)).map(keyOf));
    }
    await this.#removeObjects(makeBodyPrefix(id));
    await this.#removeObjects(buildAttachmentKey(id, ''));
    const number = readStringAttribute(mark, 'number') ?? '';
    await deleteItems(this.#table, [tableKeys.number(number)]);
    await deleteItems(this.#table, [tableKeys.snapshot(id)]);
  }

  postpone(inquiry: Inquiry, endedAt: Instant): Promise<boolean> {
    return moveInAlarms(this.#table, inquiry, makeEndedKey(inquiry.id, endedAt));
  }

  async #removeObjects(prefix: string): Promise<void> {
    for (;;) {
      const keys = await this.#content.list(prefix, pageSize);
      if (keys.length === 0) return;
      for (const key of keys) await this.#content.remove(key);
    }
  }
}

function isMark(item: TableItem): boolean {
  return readStringAttribute(item, 'kind') === endingKind;
}

function idOf(item: TableItem): InquiryId {
  return (readStringAttribute(item, 'pk') ?? '').slice('INQ#'.length) as InquiryId;
}
