import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import type { Notice } from '../../../core/inquiry/outbox/notice.ts';
import type { Inquiry } from '../../../core/inquiry/snapshot.ts';
import { buildAttachmentKey } from '../../../core/inquiry/values/attachment-key.ts';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import {
  eraseFromEvent,
  eraseFromNotice,
  eraseFromSnapshot,
  type InquiryErasure,
  isOwnInquiry,
  isTextErased,
  isUnfinished,
  messageOfEvent,
} from '../../../core/people/erasure/erase-inquiry.ts';
import type { ErasureMode } from '../../../core/people/erasure/erasure.ts';
import type { IdentityReplacer } from '../../../core/people/erasure/identity-replacer.ts';
import { buildNoticeItem, makeBodyPrefix } from '../inquiry/inquiry-items.ts';
import {
  type DynamoTable,
  dataOf,
  getItems,
  readStringAttribute,
  type TableItem,
  tableKeys,
} from '../table.ts';
import type { ErasureBuckets, ErasureChanges } from './erasure-changes.ts';
import { collectTraces, findThreadKeys, readInquiryItems, sourceOf } from './inquiry-partition.ts';
import { isSameItem, replaceInItem, replaceJsonOrText } from './replace-in-item.ts';

/** What erasing needs to reach, and whom it erases. */
export type ErasureContext = {
  readonly table: DynamoTable;
  readonly buckets: ErasureBuckets;
  readonly changes: ErasureChanges;
  readonly replacer: IdentityReplacer;
  readonly mode: ErasureMode;
  /** An open inquiry of the person is counted, and otherwise left for a later pass. */
  readonly isDryRun: boolean;
  /** Whether a file names the person, however it is encoded. */
  readonly fileMentions: (bytes: Uint8Array, scope: 'identity' | 'all') => Promise<boolean>;
};

/** How an inquiry concerned the person; `open` is theirs and cannot be erased yet. */
export type InquiryOutcome = {
  readonly concern: 'own' | 'part' | 'open' | 'none';
  readonly inquiry?: Inquiry;
};

const listLimit = 1_000;

/**
 * Erases the person from one inquiry. What it leads to goes before the items that say so, and
 * the snapshot is last: a run after a killed one finds what is left.
 */
export async function eraseInquiryItems(
  context: ErasureContext,
  id: InquiryId,
): Promise<InquiryOutcome> {
  const { table, replacer, mode } = context;
  const items: TableItem[] = [];
  for await (const page of readInquiryItems(table, id)) items.push(...page);
  const snapshot = items.find((item) => readStringAttribute(item, 'kind') === 'snapshot');
  const inquiry = dataOf<Inquiry>(snapshot);
  if (snapshot === undefined || inquiry === undefined) return { concern: 'none' };
  const isOwn = isOwnInquiry(inquiry, replacer);
  const erasure: InquiryErasure = { replacer, mode, isOwn };
  const isLeft = isOwn && isUnfinished(inquiry);
  if (isLeft && !context.isDryRun) return { concern: 'open', inquiry };
  const pairs = items.map((item) => [item, eraseItem(item, erasure)] as const);
  if (pairs.every(([before, after]) => isSameItem(before, after))) return { concern: 'none' };

  if (isOwn) await removeOwnTraces(context, id, items);
  else await removeOwnWords(context, id, items, erasure);
  if (!isOwn || mode === 'anonymize') {
    await replaceBodies(context, id);
    await renameFiles(context, id, items);
  }
  const last = pairs.filter(([item]) => item === snapshot);
  for (const [before, after] of pairs.filter(([item]) => item !== snapshot)) {
    // An event or a lease that has changed is looked at again with the next pass.
    await context.changes.replaceItem(before, after);
  }
  for (const [before, after] of last) await context.changes.replaceItem(before, after);
  return { concern: isLeft ? 'open' : isOwn ? 'own' : 'part', inquiry };
}

function eraseItem(item: TableItem, erasure: InquiryErasure): TableItem {
  const replaced = replaceInItem(item, erasure.replacer, 'all');
  switch (readStringAttribute(item, 'kind')) {
    case 'snapshot': {
      const erased = eraseFromSnapshot(parseData<Inquiry>(item), erasure);
      return withData(replaced, item, erased);
    }
    case 'event': {
      const erased = eraseFromEvent(parseData<InquiryEvent>(item), erasure);
      return withData(replaced, item, erased);
    }
    case 'notice':
      return eraseNoticeItem(item, replaced, erasure);
    default:
      return replaced;
  }
}

/** One that is not owed any more leaves the alarms. */
function eraseNoticeItem(item: TableItem, replaced: TableItem, erasure: InquiryErasure): TableItem {
  const notice = parseData<Notice>(item);
  const erased = eraseFromNotice(notice, erasure);
  if (erased.state === notice.state) return withData(replaced, item, erased);
  const { agPk, agSk } = replaced;
  const held = agPk === undefined || agSk === undefined ? {} : { agPk, agSk };
  return { ...buildNoticeItem(erased), ...held };
}

function parseData<Data>(item: TableItem): Data {
  const data = dataOf<Data>(item);
  if (data === undefined) throw new TypeError('an item of an inquiry has no data');
  return data;
}

/** Keeps the text of what has not changed. */
function withData(replaced: TableItem, item: TableItem, data: unknown): TableItem {
  const json = JSON.stringify(data);
  const isSame = json === JSON.stringify(dataOf<unknown>(item));
  return { ...replaced, data: isSame ? (item['data'] ?? { S: json }) : { S: json } };
}

/** Removes what an inquiry of the person leads to: its mails and threads, and in time its texts. */
async function removeOwnTraces(
  { table, buckets, changes, mode }: ErasureContext,
  id: InquiryId,
  items: readonly TableItem[],
): Promise<void> {
  const { messageIds, rawMails } = collectTraces(items);
  for (const key of rawMails) {
    if ((await buckets.mails.get(key)) !== undefined) await changes.removeMail(key);
  }
  const threads = await getItems(table, await findThreadKeys(table, id, messageIds));
  for (const thread of threads) if (thread !== undefined) await changes.removeItem(thread);
  if (mode === 'anonymize') return;
  for (const prefix of [makeBodyPrefix(id), buildAttachmentKey(id, '')]) {
    const kind = prefix.startsWith('body/') ? 'body' : 'attachment';
    for await (const key of listAll(buckets, prefix)) await changes.removeContent(kind, key);
  }
  await removeReviewNotes({ table, changes }, items);
}

async function* listAll({ content }: ErasureBuckets, prefix: string): AsyncGenerator<string> {
  let keys: string[] = [];
  do {
    keys = await content.list(prefix, listLimit, keys.at(-1));
    yield* keys;
  } while (keys.length === listLimit);
}

/** A lead's account of a miss may quote the inquiry; cause and party stay. */
async function removeReviewNotes(
  { table, changes }: Pick<ErasureContext, 'table' | 'changes'>,
  items: readonly TableItem[],
): Promise<void> {
  const keys = new Map<string, ReturnType<typeof tableKeys.verdict>>();
  for (const item of items) {
    const { clocks = [] } = dataOf<Pick<Inquiry, 'clocks'>>(item) ?? {};
    for (const { judged, clock, cycle, run } of clocks) {
      if (judged === undefined) continue;
      const inquiryId = (item['pk']?.S ?? '').slice('INQ#'.length) as InquiryId;
      const key = tableKeys.verdict({ inquiryId, clock, cycle, run, judged });
      keys.set(JSON.stringify(key), key);
    }
  }
  for (const verdict of await getItems(table, [...keys.values()])) {
    if (verdict !== undefined) await changes.replaceItem(verdict, withoutNotes(verdict));
  }
}

function withoutNotes(verdict: TableItem): TableItem {
  const reviews = verdict['reviews']?.L;
  if (reviews === undefined) return verdict;
  return {
    ...verdict,
    reviews: {
      L: reviews.map(({ S }) => {
        const { note: _, ...review } = JSON.parse(S ?? '{}') as { note?: string };
        return { S: JSON.stringify(review) };
      }),
    },
  };
}

/** In an inquiry of somebody else: what the person sent, and mails that name the person. */
async function removeOwnWords(
  { buckets, changes, fileMentions }: ErasureContext,
  id: InquiryId,
  items: readonly TableItem[],
  erasure: InquiryErasure,
): Promise<void> {
  for (const item of items) {
    if (readStringAttribute(item, 'kind') !== 'event') continue;
    const event = parseData<InquiryEvent>(item);
    const isErased = isTextErased(event, erasure);
    const raw = sourceOf(event)?.raw;
    const mail = raw === undefined ? undefined : await buckets.mails.get(raw);
    if (raw !== undefined && mail !== undefined) {
      if (isErased || (await fileMentions(mail, 'all'))) await changes.removeMail(raw);
    }
    if (!isErased) continue;
    const { bodyKey, attachments = [] } = messageOfEvent(event) ?? {};
    if (bodyKey !== undefined) await changes.removeContent('body', bodyKey);
    for (const attachment of attachments) {
      await changes.removeContent('attachment', buildAttachmentKey(id, attachment.id));
    }
  }
}

/** Files that stay under a name that names the person; who are removed are there no more. */
async function renameFiles(
  { buckets, changes, replacer }: ErasureContext,
  id: InquiryId,
  items: readonly TableItem[],
): Promise<void> {
  for (const item of items) {
    if (readStringAttribute(item, 'kind') !== 'event') continue;
    const { attachments = [] } = messageOfEvent(parseData<InquiryEvent>(item)) ?? {};
    for (const attachment of attachments) {
      const name = replacer.replaceText(attachment.name, 'all');
      if (name === attachment.name) continue;
      const key = buildAttachmentKey(id, attachment.id);
      const bytes = await buckets.content.get(key);
      if (bytes !== undefined) await changes.renameFile(key, bytes, name);
    }
  }
}

/** Long bodies that stay are replaced in the bucket, under the keys that their events name. */
async function replaceBodies(
  { buckets, changes, replacer }: ErasureContext,
  id: InquiryId,
): Promise<void> {
  for await (const key of listAll(buckets, makeBodyPrefix(id))) {
    const bytes = await buckets.content.get(key);
    if (bytes === undefined) continue;
    const body = Buffer.from(bytes).toString();
    const replaced = replaceJsonOrText(body, replacer, 'all');
    if (replaced !== body) await changes.replaceBody(key, replaced);
  }
}
