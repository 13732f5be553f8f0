import {
  type DemoCase,
  type DemoContext,
  findCastMember,
  type ListPage,
  readCase,
} from './demo-context.ts';
import { encodeMail, type MailDraft } from './encode-mail.ts';
import type { OutboundMail } from './mail-client.ts';
import type { InputFate, IntakeReceipt } from './reconcile-inputs.ts';

/** A mail of the demo. */
export interface ScriptedMail {
  readonly label: string;
  readonly from: string;
  /** The help address by default. */
  readonly to?: string;
  readonly subject: string;
  readonly text: string;
  readonly charset?: MailDraft['charset'];
  readonly html?: boolean;
  readonly attachment?: NonNullable<MailDraft['attachment']>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fate: InputFate;
  readonly secondFate?: InputFate;
  /** How often the same mail is delivered. */
  readonly deliveries?: number;
}

/** A submitted mail, with its identifier in the ledger. */
export interface SubmittedMail {
  readonly script: ScriptedMail;
  readonly messageId: string;
  /** As `performance.now()` counts. */
  readonly acceptedAt: number;
}

/** Sends a mail and records it among the inputs to be accounted for. */
export async function submitMail(
  context: DemoContext,
  scriptedMail: ScriptedMail,
): Promise<SubmittedMail> {
  const { run, helpAddress, now, mailClient, inputs } = context;
  const { label, from, fate, secondFate, deliveries = 1 } = scriptedMail;
  const { name, address } = findCastMember(from);
  const messageId = `${run}.${inputs.length + 1}@demo.toritsugi.example`;
  const raw = encodeMail({
    charset: 'UTF-8',
    to: helpAddress,
    ...scriptedMail,
    from: { name, address },
    messageId,
    date: now(),
  });
  let unconfirmed = 0;
  for (let delivery = 0; delivery < deliveries; delivery += 1) {
    unconfirmed += await mailClient.send(address, scriptedMail.to ?? helpAddress, raw);
  }
  inputs.push({
    label,
    channel: 'mail',
    key: messageId,
    fate,
    ...(secondFate === undefined ? {} : { secondFate }),
    deliveries,
    unconfirmed,
  });
  return { script: scriptedMail, messageId, acceptedAt: performance.now() };
}

/** Marks a subject with the run. */
export function tagSubject(context: Pick<DemoContext, 'run'>, subject: string): string {
  return `${subject} #${context.run}`;
}

/** Waits for a mail's receipt, and prints its fate. */
export async function waitForFate(
  context: DemoContext,
  submitted: SubmittedMail,
): Promise<IntakeReceipt> {
  const receipt = await context.waitPolicy.waitUntil(
    `The fate of "${submitted.script.label}"`,
    async () => {
      const receipts = await readReceipts(context);
      return receipts.find(
        ({ messageId, fates }) =>
          messageId === submitted.messageId && fates[0]?.fate !== 'duplicate',
      );
    },
  );
  const [first] = receipt.fates;
  const id = first?.inquiryId;
  const number = id === undefined ? '' : ` ${(await readCase(context, { id })).number}`;
  const reason = first?.reason === undefined ? '' : ` as ${first.reason}`;
  context.outcome(`"${submitted.script.label}" ${first?.fate}${reason}${number}`);
  return receipt;
}

/** Waits until a mail has opened an inquiry, and registers that under a name. */
export async function waitForOpenedCase(
  context: DemoContext,
  submitted: SubmittedMail,
  name: string,
  ending: DemoCase['ending'] = 'resolved',
): Promise<DemoCase> {
  const receipt = await waitForFate(context, submitted);
  const id = receipt.fates[0]?.inquiryId;
  if (id === undefined) throw new Error(`"${submitted.script.label}" has opened no inquiry.`);
  const { number, subject } = await readCase(context, { id });
  const { messageId, script: scriptedMail } = submitted;
  return registerCase(context, name, {
    id,
    number,
    subject,
    requester: scriptedMail.from,
    messageId,
    ending,
  });
}

/** Registers an inquiry under its name in the scenes. */
export function registerCase({ cases }: DemoContext, name: string, one: DemoCase): DemoCase {
  cases.set(name, one);
  return one;
}

/** Reads all receipts of the day, and of the day before if midnight (UTC) has passed in between. */
export async function readReceipts({ api, since, now }: DemoContext): Promise<IntakeReceipt[]> {
  const receipts: IntakeReceipt[] = [];
  for (const date of new Set([since, now()].map((at) => at.toISOString().slice(0, 10)))) {
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ date, limit: '100', ...(cursor && { cursor }) });
      const path: string = `/v1/intake/receipts?${query}`;
      const page: ListPage<IntakeReceipt> = await api.request('lead-1', 'GET', path);
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
export async function waitForMailAbout(
  context: DemoContext,
  one: Pick<DemoCase, 'number' | 'requester'>,
  isWanted: (mail: OutboundMail) => boolean,
): Promise<OutboundMail | undefined> {
  const { address } = findCastMember(one.requester);
  const findMail = async () => {
    const mails = await context.mailClient.readMailTo(address);
    return mails.findLast(
      (sent) => sent.headers['subject']?.includes(one.number) === true && isWanted(sent),
    );
  };
  return context.waitPolicy
    .waitUntil(`A mail about ${one.number}`, findMail, MAIL_SECONDS)
    .catch(() => undefined);
}
