import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One sent mail with its envelope. */
export interface MailboxEntry {
  readonly id: string;
  /** The id that SES answered with; in the mail it is `<messageId@region.amazonses.com>`. */
  readonly messageId: string;
  readonly at: string;
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly configurationSet?: string;
  /** Recipients whom it did not reach. */
  readonly bounced: readonly string[];
}

/** The sent mail, kept as files: `<id>.eml` with its envelope in `<id>.json`. */
export interface SentMailbox {
  deliver(mail: MailboxEntry, raw: Buffer): void;
  /** Oldest first. */
  list(): readonly MailboxEntry[];
  find(id: string): MailboxEntry | undefined;
  raw(id: string): Buffer;
}

export function openMailbox(folder: string): SentMailbox {
  mkdirSync(folder, { recursive: true });
  const mails = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as MailboxEntry);
  const byId = new Map(mails.map((mail) => [mail.id, mail]));
  return {
    deliver: (mail, raw) => {
      // The envelope is written last: a mail without one was not sent yet when the host was killed.
      writeFileSync(join(folder, `${mail.id}.eml`), raw);
      writeFileSync(join(folder, `${mail.id}.json`), JSON.stringify(mail));
      mails.push(mail);
      byId.set(mail.id, mail);
    },
    list: () => mails,
    find: (id) => byId.get(id),
    raw: (id) => readFileSync(join(folder, `${id}.eml`)),
  };
}
