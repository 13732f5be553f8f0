import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type {
  BreachReview,
  SlaVerdict,
  VerdictRecord,
  VerdictWrite,
} from '../../../core/inquiry/clock/verdict.ts';
import {
  computeShard,
  dataOf,
  indexPartitions,
  readStringAttribute,
  type TableItem,
  tableKeys,
  verdictShards,
} from '../table.ts';

/**
 * Builds the update of one verdict record.
 *
 * The verdict, its being superseded and its reviews are separate attributes, so that none
 * overwrites another. A breach enters the worklist of open breaches with its first write, unless
 * inherited from an earlier record, and moves to the reviewed ones with its first review.
 */
export function buildVerdictUpdate(table: string, write: VerdictWrite): TransactWriteItem {
  const { key, verdict, supersededAt, review } = write;
  const shard = computeShard(key.inquiryId, verdictShards);
  const isBreach = verdict?.breachedAt !== undefined && verdict.inherited === undefined;
  const sets = ['#kind = :kind'];
  const values: TableItem = { ':kind': { S: 'verdict' } };
  const names: Record<string, string> = { '#kind': 'kind' };
  if (verdict !== undefined) {
    sets.push('#data = :data');
    names['#data'] = 'data';
    values[':data'] = { S: JSON.stringify(verdict) };
  }
  if (supersededAt !== undefined) {
    sets.push('supersededAt = :supersededAt');
    values[':supersededAt'] = { S: supersededAt };
  }
  if (isBreach) {
    sets.push('wlSk = if_not_exists(wlSk, :place)');
    values[':place'] = { S: makeBreachPosition(verdict) };
  }
  if (review !== undefined) {
    sets.push('reviews = list_append(if_not_exists(reviews, :none), :review)', 'wlPk = :done');
    values[':none'] = { L: [] };
    values[':review'] = { L: [{ S: JSON.stringify(review) }] };
    values[':done'] = { S: indexPartitions.breach('done', shard) };
  } else if (isBreach) {
    sets.push('wlPk = if_not_exists(wlPk, :open)');
    values[':open'] = { S: indexPartitions.breach('open', shard) };
  }
  return {
    Update: {
      TableName: table,
      Key: tableKeys.verdict(key),
      UpdateExpression: `SET ${sets.join(', ')}`,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    },
  };
}

/** Sorts breaches by when they happened. */
function makeBreachPosition({ breachedAt, inquiryId, clock, cycle, run }: SlaVerdict): string {
  return `${breachedAt}#${inquiryId}#${clock}#${cycle}#${run}`;
}

/** The record of an item; undefined while it has no verdict. */
export function verdictRecordOf(item: TableItem | undefined): VerdictRecord | undefined {
  const verdict = dataOf<SlaVerdict>(item);
  if (verdict === undefined) return undefined;
  const supersededAt = readStringAttribute(item, 'supersededAt') as VerdictRecord['supersededAt'];
  return {
    verdict,
    ...(supersededAt === undefined ? {} : { supersededAt }),
    reviews: (item?.['reviews']?.L ?? []).map(({ S }) => JSON.parse(S ?? 'null') as BreachReview),
  };
}
