import type { JobId } from '../../core/job/job.ts';
import type { JobLedger } from '../../core/job/ports.ts';
import type { ErasedPerson } from '../../core/people/erasure/identity-replacer.ts';
import type { ErasureContext } from '../dynamo/erasure/erase-inquiry-items.ts';
import { replaceJsonOrText } from '../dynamo/erasure/replace-in-item.ts';

/** Files are read one after another, each whole, and a mail may have 40 MB. */
const contentAtOnce = 50;
const mailsAtOnce = 20;

/** A page of objects; `waiting` counts what could not be read, and files of jobs that are not over. */
export type ErasedObjects = { readonly waiting: number; readonly next?: string };

/** Erases the person from a page of the content bucket, in the order of its keys. */
export async function eraseContentPage(
  context: ErasureContext & {
    readonly person: ErasedPerson;
    readonly jobs: Pick<JobLedger, 'find'>;
  },
  after: string | undefined,
): Promise<ErasedObjects> {
  const { buckets, changes, person } = context;
  const uploads = person.subs.map((sub) => `upload/${encodeURIComponent(sub)}/`);
  const keys = await buckets.content.list('', contentAtOnce, after);
  let waiting = 0;
  for (const key of keys) {
    if (uploads.some((prefix) => key.startsWith(prefix))) {
      await changes.removeContent('upload', key);
      continue;
    }
    const bytes = await buckets.content.get(key);
    // Removed since it was listed, or not to be read: then nobody can say what it holds.
    if (bytes === undefined) waiting += 1;
    else if (key.startsWith('body/')) {
      await eraseBody(context, key, bytes);
    } else if (key.startsWith('job/')) {
      if (!(await eraseJobFile(context, key, bytes))) waiting += 1;
    } else if (await context.fileMentions(bytes, 'identity')) {
      await changes.removeContent(key.slice(0, key.indexOf('/')), key);
    }
  }
  return toPage(keys, contentAtOnce, waiting);
}

/** A body of an inquiry in which the person is only named; the others were erased with theirs. */
async function eraseBody(
  { changes, replacer }: ErasureContext,
  key: string,
  bytes: Uint8Array,
): Promise<void> {
  const body = Buffer.from(bytes).toString();
  const replaced = replaceJsonOrText(body, replacer, 'identity');
  if (replaced !== body) await changes.replaceBody(key, replaced);
}

/** False for a file of a job that is not over. */
async function eraseJobFile(
  {
    changes,
    jobs,
    fileMentions,
    isDryRun,
  }: ErasureContext & {
    readonly jobs: Pick<JobLedger, 'find'>;
  },
  key: string,
  bytes: Uint8Array,
): Promise<boolean> {
  if (!(await fileMentions(bytes, 'all'))) return true;
  const [, id = ''] = key.split('/');
  const state = (await jobs.find(id as JobId))?.state;
  if ((state === 'queued' || state === 'running') && !isDryRun) return false;
  await changes.removeContent('job-file', key);
  return true;
}

/** Removes the mails of a page that name the person; one without a fate yet is left. */
export async function eraseMailPage(
  { buckets, changes, fileMentions }: ErasureContext,
  after: string | undefined,
): Promise<ErasedObjects> {
  const keys = await buckets.mails.list('raw/', mailsAtOnce, after);
  let waiting = 0;
  for (const key of keys) {
    const mail = await buckets.mails.get(key);
    if (mail === undefined) waiting += 1;
    else if (await fileMentions(mail, 'identity')) await changes.removeMail(key);
  }
  return toPage(keys, mailsAtOnce, waiting);
}

function toPage(keys: readonly string[], limit: number, waiting: number): ErasedObjects {
  const last = keys.at(-1);
  return keys.length < limit || last === undefined ? { waiting } : { waiting, next: last };
}
