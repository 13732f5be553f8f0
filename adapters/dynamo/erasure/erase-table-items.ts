import { QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Person } from '../../../core/access/person.ts';
import type { Inquiry } from '../../../core/inquiry/snapshot.ts';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import type { Job, JobId } from '../../../core/job/job.ts';
import type {
  ErasedPerson,
  IdentityReplacer,
} from '../../../core/people/erasure/identity-replacer.ts';
import { verdictRecordOf } from '../inquiry/verdict-items.ts';
import {
  type DynamoTable,
  dataOf,
  digestKey,
  getItems,
  readStringAttribute,
  type TableItem,
  tableKeys,
} from '../table.ts';
import { type ErasureContext, eraseInquiryItems } from './erase-inquiry-items.ts';
import {
  isSameItem,
  replaceInConfig,
  replaceInItem,
  replaceJsonOrText,
} from './replace-in-item.ts';

/** A page of the scan: half a megabyte or so, which is erased within seconds. */
const pageItems = 250;

/** What one page has brought. */
export type ErasedPage = {
  readonly own: readonly Inquiry[];
  readonly part: readonly Inquiry[];
  /** Inquiries of the person that are open, and jobs that name them and are not over. */
  readonly waiting: readonly string[];
  /** Where the next page begins. */
  readonly next?: TableItem | undefined;
};

/**
 * Erases the person from a page of the table, whatever its items are.
 *
 * The person's own entries in the registry stay until the end, since they say who it is. The job's
 * own items, under `job`, do not count.
 */
export async function eraseTablePage(
  context: ErasureContext & { readonly person: ErasedPerson },
  job: JobId,
  start: TableItem | undefined,
): Promise<ErasedPage> {
  const { table, replacer } = context;
  const { Items = [], LastEvaluatedKey } = await table.client.send(
    new ScanCommand({
      TableName: table.name,
      ConsistentRead: true,
      Limit: pageItems,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    }),
  );
  const own: Inquiry[] = [];
  const part: Inquiry[] = [];
  const waiting: string[] = [];
  const inquiries = new Set<InquiryId>();
  for (const item of Items) {
    const pk = readStringAttribute(item, 'pk') ?? '';
    if (pk === tableKeys.job(job).pk.S) continue;
    if (pk.startsWith('INQ#')) {
      const { requester } = dataOf<Partial<Inquiry>>(item) ?? {};
      const isTheirs = requester !== undefined && replacer.isAbout(requester);
      if (isTheirs || !isSameItem(item, replaceInItem(item, replacer, 'identity'))) {
        inquiries.add(pk.slice('INQ#'.length) as InquiryId);
      }
    } else if (pk.startsWith('JOB#')) {
      if (!(await eraseJobItem(context, item))) waiting.push(pk);
    } else {
      await eraseOtherItem(context, item);
    }
  }
  for (const id of inquiries) {
    const { concern, inquiry } = await eraseInquiryItems(context, id);
    if (inquiry === undefined) continue;
    if (concern === 'open') waiting.push(inquiry.number);
    if (concern === 'own' || (concern === 'open' && context.isDryRun)) own.push(inquiry);
    if (concern === 'part') part.push(inquiry);
  }
  return { own, part, waiting, next: LastEvaluatedKey };
}

/** False for a job that is not over: what it has noted is still needed. */
async function eraseJobItem(
  { table, replacer, changes, isDryRun }: ErasureContext,
  item: TableItem,
): Promise<boolean> {
  const pairs = await replaceInNote(table, item, replacer);
  if (pairs.every(([before, after]) => isSameItem(before, after))) return true;
  const [stored] = await getItems(table, [
    tableKeys.job((item['pk']?.S ?? '').slice('JOB#'.length)),
  ]);
  const { state } = dataOf<Job>(stored) ?? {};
  if ((state === 'queued' || state === 'running') && !isDryRun) return false;
  for (const [before, after] of pairs) await changes.replaceItem(before, after);
  return true;
}

/**
 * Replaces the person in an item of a job. A note that was cut into pieces is replaced whole with
 * its first piece, since what names the person may be cut in two.
 */
async function replaceInNote(
  { client, name }: DynamoTable,
  item: TableItem,
  replacer: IdentityReplacer,
): Promise<(readonly [TableItem, TableItem])[]> {
  const count = Number(item['pieces']?.N ?? 1);
  if (count === 1) return [[item, replaceInItem(item, replacer, 'all')]];
  const sk = readStringAttribute(item, 'sk') ?? '';
  if (!sk.endsWith('#0000')) return [];
  const { Items: pieces = [] } = await client.send(
    new QueryCommand({
      TableName: name,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :note)',
      ExpressionAttributeValues: {
        ':pk': item['pk'] ?? { S: '' },
        ':note': { S: sk.slice(0, -'0000'.length) },
      },
      ConsistentRead: true,
    }),
  );
  // A query answers with a megabyte: a longer note is replaced piece by piece.
  if (pieces.length < count) {
    return pieces.map((piece) => [piece, replaceInItem(piece, replacer, 'all')]);
  }
  const note = pieces.slice(0, count);
  const before = Buffer.concat(note.map((piece) => piece['data']?.B ?? new Uint8Array()));
  const after = Buffer.from(replaceJsonOrText(before.toString(), replacer, 'all'));
  if (before.equals(after)) return [];
  const length = Math.ceil(after.length / count);
  return note.map((piece, at) => [
    piece,
    { ...piece, data: { B: after.subarray(at * length, (at + 1) * length) } },
  ]);
}

async function eraseOtherItem(
  context: ErasureContext & { readonly person: ErasedPerson },
  item: TableItem,
): Promise<void> {
  const { changes, replacer, person, mode } = context;
  const pk = readStringAttribute(item, 'pk') ?? '';
  switch (readStringAttribute(item, 'kind')) {
    case 'person':
      if (!isEntryOf(item, person)) {
        await changes.replaceItem(item, replaceInItem(item, replacer, 'identity'));
      }
      return;
    case 'config':
      await changes.replaceItem(item, replaceInConfig(item, replacer));
      return;
    case 'once':
      // An answer that names the person is not given again.
      if (!isSameItem(item, replaceInItem(item, replacer, 'identity'))) {
        await changes.removeItem(item);
      }
      return;
    case 'verdict':
      await changes.replaceItem(
        item,
        replaceInItem(
          mode === 'erase' ? withoutOwnNotes(item, context) : item,
          replacer,
          'identity',
        ),
      );
      return;
    default:
      // What is kept for the person alone, by their `sub`.
      if (person.subs.some((sub) => ownPartitions(sub).includes(pk))) {
        await changes.removeItem(item);
      } else {
        await changes.replaceItem(item, replaceInItem(item, replacer, 'identity'));
      }
  }
}

function ownPartitions(sub: string): string[] {
  return [
    tableKeys.claim(sub, '').pk.S,
    tableKeys.capacityReservation(sub).pk.S,
    tableKeys.offboarding(sub).pk.S,
  ];
}

function isEntryOf(item: TableItem, { address }: ErasedPerson): boolean {
  return dataOf<Person>(item)?.address === address;
}

/** The notes of reviews that the person wrote. */
function withoutOwnNotes(item: TableItem, { replacer }: ErasureContext): TableItem {
  const { reviews = [] } = verdictRecordOf(item) ?? {};
  if (!reviews.some(({ by, note }) => note !== undefined && replacer.isAbout(by))) return item;
  return {
    ...item,
    reviews: {
      L: reviews.map((review) => {
        const { note: _, ...rest } = review;
        return { S: JSON.stringify(replacer.isAbout(review.by) ? rest : review) };
      }),
    },
  };
}

/** Removes the person's entries in the registry, and what is counted of mail to their address. */
export async function eraseRegistryItems(
  { table, changes }: Pick<ErasureContext, 'table' | 'changes'>,
  person: ErasedPerson,
): Promise<void> {
  const { address, subs } = person;
  const tracks = [address, `${address}#levels`, `${address}#emergency`];
  const counted = tracks.flatMap((track) => [
    { pk: { S: `SENT#${digestKey(track)}` }, sk: { S: 'SENT' } },
    { pk: { S: `BURST#${digestKey(track)}` }, sk: { S: 'BURST' } },
  ]);
  // The copies under a `sub` go first: the entry under the address is how they are found.
  const entries = await getItems(table, [
    ...subs.map((sub) => tableKeys.personBySub(sub)),
    ...counted,
    tableKeys.personByAddress(address),
  ]);
  for (const item of entries) {
    const isOthers =
      readStringAttribute(item, 'kind') === 'person' &&
      item !== undefined &&
      !isEntryOf(item, person);
    if (item !== undefined && !isOthers) await changes.removeItem(item);
  }
}
