import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { dataOf, readStringAttribute, type TableItem } from '../adapters/dynamo/table.ts';
import { makeDynamoClient } from '../adapters/sdk/aws-clients.ts';
import type { SlaVerdict } from '../core/inquiry/clock/verdict.ts';
import type { InquiryEvent } from '../core/inquiry/events/events.ts';
import type { Notice } from '../core/inquiry/outbox/notice.ts';

/** A missed clock, from its event or its verdict record. */
export type RecordedBreach = {
  readonly inquiryId: string;
  readonly clock: string;
  readonly breachedAt: string;
  readonly detectedAt: string;
};

/** Reads all breaches, from events and from verdict records, and counts the mails sent. */
export async function readBreachesAndMails() {
  const breaches: RecordedBreach[] = [];
  const verdicts: RecordedBreach[] = [];
  let mails = 0;
  for await (const item of readItems(['event', 'verdict', 'notice'])) {
    const kind = readStringAttribute(item, 'kind');
    if (kind === 'event') {
      const event = dataOf<InquiryEvent>(item);
      if (event?.type !== 'ClockBreached') continue;
      const { clock, breachedAt, detectedAt } = event;
      const inquiryId = readStringAttribute(item, 'pk')?.slice('INQ#'.length) ?? '';
      breaches.push({ inquiryId, clock, breachedAt, detectedAt });
    } else if (kind === 'verdict') {
      const { inquiryId, clock, breachedAt, detectedAt } = dataOf<SlaVerdict>(item) as SlaVerdict;
      if (breachedAt === undefined || detectedAt === undefined) continue;
      verdicts.push({ inquiryId, clock, breachedAt, detectedAt });
    } else if (dataOf<Notice>(item)?.state === 'sent') mails += 1;
  }
  return { breaches, verdicts, mails };
}

async function* readItems(kinds: readonly string[]): AsyncIterable<TableItem> {
  const client = makeDynamoClient();
  let start: TableItem | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: process.env['TABLE_NAME'],
        ProjectionExpression: 'pk, #kind, #data',
        FilterExpression: '#kind IN (:first, :second, :third)',
        ExpressionAttributeNames: { '#kind': 'kind', '#data': 'data' },
        ExpressionAttributeValues: {
          ':first': { S: kinds[0] ?? '' },
          ':second': { S: kinds[1] ?? '' },
          ':third': { S: kinds[2] ?? '' },
        },
        ExclusiveStartKey: start,
      }),
    );
    yield* page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}
