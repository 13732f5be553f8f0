import type { InquiryIndex } from '../../core/inquiry/ports.ts';
import type { Inquiry } from '../../core/inquiry/snapshot.ts';
import { TransientError } from '../../core/inquiry/transient-error.ts';
import { addSeconds, type EmailAddress, type Instant } from '../../core/inquiry/values/ids.ts';
import type { MailReader } from '../../core/intake/mail/mail.ts';
import type { Job, JobBatch } from '../../core/job/job.ts';
import {
  type BatchWork,
  type JobLedger,
  type JobNotes,
  type JobWork,
  resultNoteName,
} from '../../core/job/ports.ts';
import { ErasureOrder } from '../../core/people/erasure/erasure.ts';
import {
  type ErasedPerson,
  IdentityReplacer,
} from '../../core/people/erasure/identity-replacer.ts';
import type { DynamoErasureSubjects } from '../dynamo/erasure/dynamo-erasures.ts';
import type { ErasureContext } from '../dynamo/erasure/erase-inquiry-items.ts';
import { eraseRegistryItems, eraseTablePage } from '../dynamo/erasure/erase-table-items.ts';
import { type ErasureBuckets, ErasureChanges } from '../dynamo/erasure/erasure-changes.ts';
import type { DynamoTable, TableItem } from '../dynamo/table.ts';
import { fileMentions, mailMentions } from '../s3/file-mentions.ts';
import { eraseContentPage, eraseMailPage } from './erase-objects.ts';

export type ErasureDependencies = {
  readonly table: DynamoTable;
  readonly buckets: ErasureBuckets;
  readonly subjects: DynamoErasureSubjects;
  readonly index: Pick<InquiryIndex, 'page'>;
  readonly jobs: Pick<JobLedger, 'find'>;
  readonly notes: JobNotes;
  readonly reader: MailReader;
  readonly now: () => Instant;
};

type ErasureTask = ErasureContext & {
  readonly job: Job;
  readonly order: ErasureOrder;
  readonly person: ErasedPerson;
  readonly jobs: Pick<JobLedger, 'find'>;
};

/** Where a batch begins. */
type ErasurePosition = {
  readonly pass: number;
  readonly part: 'identity' | 'items' | 'content' | 'mails' | 'registry';
  readonly after?: TableItem | string;
  /** What this pass has changed so far, and what it had to leave. */
  readonly changed: number;
  readonly waiting: number;
  readonly notBefore?: Instant;
};

/**
 * By then nothing that had read the person before the first pass can still write: no function runs
 * for longer than five minutes.
 */
const settleSeconds = 360;
/** While a pass still changes something, the next one follows after this long. */
const passAgainSeconds = 60;
/** While something has to be left, such as an open inquiry, it follows after this long. */
const waitSeconds = 3_600;
/** After three days, if it has to wait, somebody has to look into it. */
const personPass = 72;
/** A dry run lists at most this many inquiries. */
const listLimit = 500;

const firstPosition: ErasurePosition = { pass: 1, part: 'identity', changed: 0, waiting: 0 };

/**
 * Erases one person from every item and every object, pass by pass, until a pass finds nothing.
 *
 * A page is a checkpoint, and a repeated page changes nothing. At the end, the item that says whom
 * it was about goes, and with it the last that knew.
 */
export class ErasureWork implements JobWork {
  readonly #dependencies: ErasureDependencies;

  constructor(dependencies: ErasureDependencies) {
    this.#dependencies = dependencies;
  }

  async open(job: Job): Promise<BatchWork> {
    const order = ErasureOrder.parse(JSON.parse(job.input));
    return {
      runBatch: async (cursor) => {
        const person = await this.#dependencies.subjects.find(job.id);
        // A worker died after the last of all steps.
        if (person === undefined) return { processed: 0, counts: {} };
        const position =
          cursor === undefined ? firstPosition : (JSON.parse(cursor) as ErasurePosition);
        const { notBefore } = position;
        if (notBefore !== undefined && this.#dependencies.now() < notBefore) {
          return { processed: 0, counts: {}, next: JSON.stringify(position), notBefore };
        }
        try {
          return await this.#runBatch(this.#makeTask(job, order, person), position);
        } catch (error) {
          throw withoutMessage(error);
        }
      },
    };
  }

  #makeTask(job: Job, order: ErasureOrder, person: ErasedPerson): ErasureTask {
    const { table, buckets, reader, jobs } = this.#dependencies;
    const { mode, dryRun: isDryRun } = order;
    const replacer = new IdentityReplacer(person);
    return {
      ...{ job, order, person, table, buckets, jobs, replacer, mode, isDryRun },
      changes: new ErasureChanges(table, buckets, isDryRun),
      fileMentions: (bytes, scope) =>
        // Addresses are ASCII; only names need a mail's charsets, and its reader takes its time.
        scope === 'all'
          ? mailMentions(reader, bytes, (text) => replacer.mentions(text, scope))
          : Promise.resolve(fileMentions(bytes, (text) => replacer.mentions(text, scope))),
    };
  }

  async #runBatch(task: ErasureTask, position: ErasurePosition): Promise<JobBatch> {
    switch (position.part) {
      case 'identity':
        await this.#gatherIdentity(task);
        return toBatch(task, { ...position, part: 'items' });
      case 'items': {
        const start = position.after as TableItem | undefined;
        const page = await eraseTablePage(task, task.job.id, start);
        if (task.isDryRun) await this.#noteInquiries(task, page);
        else if (page.waiting.length > 0) await this.#noteWaiting(task, page.waiting);
        for (const _ of page.own) task.changes.count('inquiry-own');
        for (const _ of page.part) task.changes.count('inquiry-part');
        return toBatch(task, proceed(position, 'content', page.next, page.waiting.length));
      }
      case 'content': {
        const page = await eraseContentPage(task, position.after as string | undefined);
        return toBatch(task, proceed(position, 'mails', page.next, page.waiting));
      }
      case 'mails': {
        const page = await eraseMailPage(task, position.after as string | undefined);
        return toBatch(task, proceed(position, 'registry', page.next, page.waiting));
      }
      case 'registry':
        return this.#endPass(task, position);
      default:
        return position.part satisfies never;
    }
  }

  /** Collects the names and numbers by which the person's own inquiries know them. */
  async #gatherIdentity({ job, person }: ErasureTask): Promise<void> {
    const { index, subjects, now } = this.#dependencies;
    const names = new Set(person.names);
    const phones = new Set(person.phones);
    const subs = new Set(person.subs);
    const list = { by: 'requester', address: person.address as EmailAddress } as const;
    let after: string | undefined;
    do {
      const page = await index.page(list, 100, after);
      for (const { requester, call } of page.inquiries) {
        if (requester.name !== undefined) names.add(requester.name);
        if (requester.sub !== undefined) subs.add(requester.sub);
        for (const phone of [requester.phone, call?.callbackNumber]) {
          if (phone !== undefined) phones.add(phone);
        }
      }
      after = page.next;
    } while (after !== undefined);
    const known = { ...person, names: [...names], phones: [...phones], subs: [...subs] };
    await subjects.save(job.id, known, now());
  }

  async #endPass(task: ErasureTask, position: ErasurePosition): Promise<JobBatch> {
    const { job, person, isDryRun } = task;
    const { waiting, pass } = position;
    // While something is left, the registry still says who it is.
    if (waiting === 0 || isDryRun) await eraseRegistryItems(task, person);
    const batch = toBatch(task, position);
    const changed = position.changed + batch.processed;
    if (isDryRun || (changed === 0 && waiting === 0 && pass > 1)) {
      await this.#saveResult(task, batch.counts, pass);
      await this.#dependencies.subjects.remove(job.id);
      return { processed: batch.processed, counts: batch.counts };
    }
    const isWaiting = changed === 0 && waiting > 0;
    const settled = addSeconds(job.createdAt, settleSeconds);
    const again = addSeconds(this.#dependencies.now(), isWaiting ? waitSeconds : passAgainSeconds);
    const notBefore = settled > again ? settled : again;
    const next: ErasurePosition = {
      ...{ pass: pass + 1, part: 'items', changed: 0, waiting: 0, notBefore },
    };
    return {
      ...{ ...batch, next: JSON.stringify(next), notBefore },
      ...(pass === personPass ? { needsPerson: 'Something keeps naming the person.' } : {}),
    };
  }

  /** For a dry run: the inquiries of a page, under a name that a repeated page has as well. */
  async #noteInquiries(
    { job }: ErasureTask,
    page: Awaited<ReturnType<typeof eraseTablePage>>,
  ): Promise<void> {
    const view = ({ id: inquiryId, number, status }: Inquiry) => ({ inquiryId, number, status });
    const listed = { own: page.own.map(view), part: page.part.map(view) };
    const [first] = [...listed.own, ...listed.part];
    if (first === undefined) return;
    await this.#dependencies.notes.save(job, `seen-${first.inquiryId}`, JSON.stringify(listed));
  }

  /** Tells whoever reads the job meanwhile what it waits for. */
  async #noteWaiting({ job, order }: ErasureTask, waiting: readonly string[]): Promise<void> {
    const { mode, dryRun } = order;
    const result = { mode, dryRun, waiting: waiting.slice(0, listLimit) };
    await this.#dependencies.notes.save(job, resultNoteName, JSON.stringify(result));
  }

  async #saveResult(
    { job, order }: ErasureTask,
    counts: Readonly<Record<string, number>>,
    passes: number,
  ): Promise<void> {
    const { jobs, notes } = this.#dependencies;
    const found: Record<string, number> = { ...(await jobs.find(job.id))?.counts };
    for (const [kind, count] of Object.entries(counts)) found[kind] = (found[kind] ?? 0) + count;
    const { mode, dryRun, reference, pseudonym } = order;
    const seen = (await notes.find(job.id, 'seen-')).map(
      (note) => JSON.parse(note) as Record<'own' | 'part', ListedInquiry[]>,
    );
    const result = {
      ...{ mode, dryRun },
      ...(reference === undefined ? {} : { reference }),
      ...(dryRun ? {} : { pseudonym, passes }),
      found,
      ...(dryRun
        ? {
            inquiries: {
              own: mergeListed(seen.map(({ own }) => own)),
              part: mergeListed(seen.map(({ part }) => part)),
            },
          }
        : {}),
    };
    await notes.save(job, resultNoteName, JSON.stringify(result));
  }
}

type ListedInquiry = Pick<Inquiry, 'number' | 'status'> & { readonly inquiryId: string };

/** An inquiry whose items are on two pages is listed once. */
function mergeListed(lists: readonly (readonly ListedInquiry[])[]): ListedInquiry[] {
  const unique = new Map(lists.flat().map((one) => [one.inquiryId, one]));
  return [...unique.values()].slice(0, listLimit);
}

/**
 * A message may quote what it is about, and what fails is logged: only its kind and place are. That a
 * store is in trouble is still told from a failure.
 */
function withoutMessage(error: unknown): Error {
  const { name, stack = '' } = error instanceof Error ? error : new Error();
  const words = 'an erasure failed';
  const bare =
    error instanceof TransientError
      ? new TransientError(error.code, words)
      : Object.assign(new Error(words), { name });
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  bare.stack = [`${name}: ${bare.message}`, ...frames].join('\n');
  return bare;
}

function proceed(
  { after: _, ...position }: ErasurePosition,
  following: ErasurePosition['part'],
  next: TableItem | string | undefined,
  waiting: number,
): ErasurePosition {
  const counted = { ...position, waiting: position.waiting + waiting };
  return next === undefined ? { ...counted, part: following } : { ...counted, after: next };
}

function toBatch({ changes }: ErasureTask, position: ErasurePosition): JobBatch {
  const counts = changes.takeCounts();
  const processed = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const { notBefore: _, ...rest } = position;
  const next = JSON.stringify({ ...rest, changed: position.changed + processed });
  return { processed, counts, next };
}
