import { type Case, castMember, type Page, readCase, type Stage } from './demo-context.ts';
import { type Letter, writeLetter } from './encode-mail.ts';
import type { SentMail } from './mail-client.ts';
import type { Fate, Receipt } from './reconcile-inputs.ts';

/** A mail of the play. */
export interface Script {
  readonly label: string;
  readonly from: string;
  /** Without one, the help address. */
  readonly to?: string;
  readonly subject: string;
  readonly text: string;
  readonly charset?: Letter['charset'];
  readonly html?: boolean;
  readonly attachment?: NonNullable<Letter['attachment']>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fate: Fate;
  readonly second?: Fate;
  /** How often the same mail is delivered. */
  readonly deliveries?: number;
}

/** A mail on its way, with what names it in the ledger. */
export interface Handed {
  readonly script: Script;
  readonly messageId: string;
  /** As `performance.now()` counts. */
  readonly acceptedAt: number;
}

/** Sends a mail and enters it among the inputs to be accounted for. */
export async function mail(stage: Stage, script: Script): Promise<Handed> {
  const { run, helpAddress, now, post, inputs } = stage;
  const { label, from, fate, second, deliveries = 1 } = script;
  const { name, address } = castMember(from);
  const messageId = `${run}.${inputs.length + 1}@demo.toritsugi.example`;
  const raw = writeLetter({
    charset: 'UTF-8',
    to: helpAddress,
    ...script,
    from: { name, address },
    messageId,
    date: now(),
  });
  let unheard = 0;
  for (let delivery = 0; delivery < deliveries; delivery += 1) {
    unheard += await post.send(address, script.to ?? helpAddress, raw);
  }
  inputs.push({
    label,
    channel: 'mail',
    key: messageId,
    fate,
    ...(second === undefined ? {} : { second }),
    deliveries,
    unheard,
  });
  return { script, messageId, acceptedAt: performance.now() };
}

/** Subjects tell the runs apart. */
export function titled(stage: Pick<Stage, 'run'>, subject: string): string {
  return `${subject} #${stage.run}`;
}

/** Waits for a mail's receipt, and says what became of the mail. */
export async function fateOf(stage: Stage, handed: Handed): Promise<Receipt> {
  const receipt = await stage.patience.until(`The fate of "${handed.script.label}"`, async () => {
    const receipts = await readReceipts(stage);
    return receipts.find(
      ({ messageId, fates }) => messageId === handed.messageId && fates[0]?.fate !== 'duplicate',
    );
  });
  const [first] = receipt.fates;
  const id = first?.inquiryId;
  const number = id === undefined ? '' : ` ${(await readCase(stage, { id })).number}`;
  const reason = first?.reason === undefined ? '' : ` as ${first.reason}`;
  stage.outcome(`"${handed.script.label}" ${first?.fate}${reason}${number}`);
  return receipt;
}

/** Waits until a mail has opened its inquiry and that waits at a desk; keeps it under a name. */
export async function openedBy(
  stage: Stage,
  handed: Handed,
  name: string,
  ending: Case['ending'] = 'resolved',
): Promise<Case> {
  const receipt = await fateOf(stage, handed);
  const id = receipt.fates[0]?.inquiryId;
  if (id === undefined) throw new Error(`"${handed.script.label}" has opened no inquiry.`);
  const { number, subject } = await readCase(stage, { id });
  const { messageId, script } = handed;
  return keepCase(stage, name, { id, number, subject, requester: script.from, messageId, ending });
}

/** Enters an inquiry under its name in the play. */
export function keepCase({ cases }: Stage, name: string, one: Case): Case {
  cases.set(name, one);
  return one;
}

/** All receipts of the day, and of the day before where midnight (UTC) has passed meanwhile. */
export async function readReceipts({ door, since, now }: Stage): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  for (const date of new Set([since, now()].map((at) => at.toISOString().slice(0, 10)))) {
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ date, limit: '100', ...(cursor && { cursor }) });
      const path: string = `/v1/intake/receipts?${query}`;
      const page: Page<Receipt> = await door.ask('lead-1', 'GET', path);
      receipts.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
  }
  return receipts;
}

const MAIL_SECONDS = 10;

/**
 * Waits for a mail of ours about an inquiry; undefined when none comes: automatic mail is limited
 * per recipient, and is not repeated where a killed host may have sent it.
 */
export async function mailAbout(
  stage: Stage,
  one: Pick<Case, 'number' | 'requester'>,
  isWanted: (mail: SentMail) => boolean,
): Promise<SentMail | undefined> {
  const { address } = castMember(one.requester);
  const look = async () => {
    const mails = await stage.post.sentTo(address);
    return mails.findLast(
      (sent) => sent.headers['subject']?.includes(one.number) === true && isWanted(sent),
    );
  };
  return stage.patience
    .until(`A mail about ${one.number}`, look, MAIL_SECONDS)
    .catch(() => undefined);
}
