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

/** How long the last receipts may take to arrive. */
const LEDGER_SECONDS = 20;

type PrintLine = (line: string) => void;

/**
 * Prints the final status of each inquiry and the totals of all fates.
 * @returns what is unaccounted for, doubled or otherwise wrong
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

  let reconciliation = reconcileInputs(inputs, await readReceipts(context));
  if (reconciliation.faults.length > 0) {
    const settling = waitPolicy.waitUntil(
      'The ledger',
      async () => {
        reconciliation = reconcileInputs(inputs, await readReceipts(context));
        return reconciliation.faults.length === 0 ? reconciliation : undefined;
      },
      LEDGER_SECONDS,
    );
    await settling.catch(() => undefined);
  }
  printReconciliation(reconciliation, print);
  const unconfirmed = inputs.reduce((sum, input) => sum + input.unconfirmed, 0);
  if (unconfirmed > 0) {
    print(
      `  ${unconfirmed} mail(s) were sent again, since the host went away before it had answered;`,
    );
    print('  a second delivery is a duplicate, so that there may be as many more of those.');
  }
  return [...faults, ...reconciliation.faults];
}

function printReconciliation({ tallies, total }: InputReconciliation, print: PrintLine): void {
  print('\nThe intake ledger of this run');
  print('  fate                   expected   found');
  for (const sum of [...tallies.slice(0, -1), total, ...tallies.slice(-1)]) {
    print(
      `  ${sum.fate.padEnd(20)} ${formatRange(sum).padStart(10)} ${String(sum.found).padStart(7)}`,
    );
  }
}

function formatRange({ least, most }: FateTally): string {
  return least === most ? String(least) : `${least} to ${most}`;
}

/** Finds doubled messages: every message of the demo has another text. */
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

/** Finds doubled inquiries: each subject of this run belongs to one. */
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

/** Finds doubled acknowledgements: automatic mail is sent at most once, whatever happens. */
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
