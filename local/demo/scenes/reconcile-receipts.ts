import {
  type DemoCase,
  type DemoContext,
  type DemoInquiry,
  findCastMember,
  type ListPage,
  readCase,
} from '../demo-context.ts';
import { type FateTally, type InputReconciliation, reconcileInputs } from '../reconcile-inputs.ts';
import { readReceipts } from '../submit-mail.ts';

/** How long the last receipts may still be under way. */
const LEDGER_SECONDS = 20;

type PrintLine = (line: string) => void;

/**
 * Prints where each inquiry has ended and the sum of all fates.
 * @returns what is unaccounted for, doubled or not as it should be.
 */
export async function reconcileReceipts(context: DemoContext, print: PrintLine): Promise<string[]> {
  const { inputs, waitPolicy, cases } = context;
  const faults: string[] = [];
  print('\nWhat became of each');
  for (const one of cases.values()) {
    const inquiry = await readCase(context, one);
    print(`  ${inquiry.number}  ${inquiry.status.padEnd(12)} ${inquiry.subject}`);
    if (inquiry.status !== one.ending) {
      faults.push(`${one.number} is ${inquiry.status}, and should be ${one.ending}`);
    }
    faults.push(...(await findDoubledMessages(context, one)));
  }
  faults.push(
    ...(await findDoubledInquiries(context)),
    ...(await findDoubledAcknowledgements(context)),
  );

  let account = reconcileInputs(inputs, await readReceipts(context));
  if (account.faults.length > 0) {
    const settled = waitPolicy.waitUntil(
      'The ledger',
      async () => {
        account = reconcileInputs(inputs, await readReceipts(context));
        return account.faults.length === 0 ? account : undefined;
      },
      LEDGER_SECONDS,
    );
    await settled.catch(() => undefined);
  }
  printReconciliation(account, print);
  const unheard = inputs.reduce((sum, input) => sum + input.unconfirmed, 0);
  if (unheard > 0) {
    print(`  ${unheard} mail(s) were sent again, since the host went away before it had answered;`);
    print('  a second delivery is a duplicate, so that there may be as many more of those.');
  }
  return [...faults, ...account.faults];
}

function printReconciliation(
  { tallies: sums, total }: InputReconciliation,
  print: PrintLine,
): void {
  print('\nThe intake ledger of this run');
  print('  fate                   expected   found');
  for (const sum of [...sums.slice(0, -1), total, ...sums.slice(-1)]) {
    print(
      `  ${sum.fate.padEnd(20)} ${formatRange(sum).padStart(10)} ${String(sum.found).padStart(7)}`,
    );
  }
}

function formatRange({ least, most }: FateTally): string {
  return least === most ? String(least) : `${least} to ${most}`;
}

/** Every message of the play says something else, so that two alike are one that was doubled. */
async function findDoubledMessages(
  { api }: DemoContext,
  { id, number }: DemoCase,
): Promise<string[]> {
  const path = `/v1/inquiries/${id}/messages?limit=100`;
  const { items } = await api.request<ListPage<{ text: string }>>('lead-1', 'GET', path);
  return findRepeated(items.map(({ text }) => text)).map(
    (text) => `${number} has twice: ${text.slice(0, 40)}`,
  );
}

/** Each subject of this run is of one inquiry. */
async function findDoubledInquiries({ api, run }: DemoContext): Promise<string[]> {
  const faults: string[] = [];
  for (const who of ['employee-1', 'employee-2']) {
    const path = '/v1/inquiries?requester=me&limit=100';
    const { items } = await api.request<ListPage<DemoInquiry>>(who, 'GET', path);
    const subjects = items.map(({ subject }) => subject).filter((one) => one.includes(`#${run}`));
    faults.push(...findRepeated(subjects).map((subject) => `${who} has two inquiries: ${subject}`));
  }
  return faults;
}

/** Automatic mail is sent once at the most, whatever happens. */
async function findDoubledAcknowledgements({ mailClient, cases }: DemoContext): Promise<string[]> {
  const faults: string[] = [];
  for (const who of ['employee-1', 'employee-2']) {
    const automatic = (await mailClient.readMailTo(findCastMember(who).address)).filter(
      ({ headers }) => headers['auto-submitted'] === 'auto-replied',
    );
    for (const { number } of cases.values()) {
      const count = automatic.filter(({ headers }) => headers['subject']?.includes(number)).length;
      if (count > 1) faults.push(`${number} was acknowledged ${count} times`);
    }
  }
  return faults;
}

function findRepeated(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))];
}
