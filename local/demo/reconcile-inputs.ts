export type InputFate = 'opened' | 'continued' | 'recorded' | 'duplicate' | 'quarantined';

/** A line of the intake ledger, as its API gives it. */
export interface IntakeReceipt {
  readonly id: string;
  readonly channel: string;
  readonly messageId?: string;
  readonly fates: readonly {
    readonly fate: InputFate;
    readonly reason?: string;
    readonly inquiryId?: string;
  }[];
}

/** Something that this run has handed in, and what is to become of it. */
export interface SubmittedInput {
  readonly label: string;
  readonly channel: 'mail' | 'form' | 'phone';
  /** By which its receipts are found: a mail's Message-ID, otherwise the inquiry it opened. */
  readonly key: string;
  readonly fate: InputFate;
  /** The second fate, once somebody has judged it. */
  readonly secondFate?: InputFate;
  /** How often it was handed in and accepted. */
  readonly deliveries: number;
  /** How often it may have been accepted besides, by a host that was killed before it said so. */
  readonly unconfirmed: number;
}

/** A line of the sum; the most expected is more than the least where an answer was lost. */
export interface FateTally {
  readonly fate: string;
  readonly least: number;
  readonly most: number;
  readonly found: number;
}

export interface InputReconciliation {
  readonly tallies: readonly FateTally[];
  readonly total: FateTally;
  /** What is unaccounted for, doubled, or has another fate than it should have. */
  readonly faults: readonly string[];
}

const FATES: readonly InputFate[] = ['opened', 'continued', 'recorded', 'duplicate', 'quarantined'];

/**
 * Compares what was handed in with what the ledger says of it.
 *
 * Each input has one receipt with its fate, and one as `duplicate` for each further delivery.
 */
export function reconcileInputs(
  inputs: readonly SubmittedInput[],
  ledger: readonly IntakeReceipt[],
): InputReconciliation {
  const pairs = inputs.map((input) => ({
    input,
    receipts: ledger.filter((receipt) => isReceiptOf(input, receipt)),
  }));
  const receipts = pairs.flatMap((pair) => pair.receipts);
  const sums = FATES.map((fate) => ({
    fate,
    ...computeExpectedRange(inputs, fate),
    found: receipts.filter((receipt) => receipt.fates[0]?.fate === fate).length,
  }));
  const seconds = inputs.filter(({ secondFate: second }) => second !== undefined).length;
  const second = {
    fate: 'released afterwards',
    least: seconds,
    most: seconds,
    found: receipts.filter((receipt) => receipt.fates.length > 1).length,
  };
  return {
    tallies: [...sums, second],
    total: {
      fate: 'inputs in all',
      least: addUp(sums, 'least'),
      most: addUp(sums, 'most'),
      found: receipts.length,
    },
    faults: pairs.flatMap((pair) => findFaults(pair.input, pair.receipts)),
  };
}

function isReceiptOf({ channel, key }: SubmittedInput, receipt: IntakeReceipt): boolean {
  if (receipt.channel !== channel) return false;
  const found = channel === 'mail' ? receipt.messageId : receipt.fates[0]?.inquiryId;
  return found === key;
}

function computeExpectedRange(
  inputs: readonly SubmittedInput[],
  fate: InputFate,
): { least: number; most: number } {
  const first = inputs.filter((input) => input.fate === fate).length;
  if (fate !== 'duplicate') return { least: first, most: first };
  const least = inputs.reduce((sum, input) => sum + input.deliveries - 1, first);
  return { least, most: inputs.reduce((sum, input) => sum + input.unconfirmed, least) };
}

function findFaults(input: SubmittedInput, receipts: readonly IntakeReceipt[]): string[] {
  const { label, fate, secondFate: second, deliveries, unconfirmed: unheard } = input;
  const firsts = receipts.filter((receipt) => receipt.fates[0]?.fate !== 'duplicate');
  const duplicates = receipts.length - firsts.length;
  const told = firsts.map((receipt) => receipt.fates.map((one) => one.fate).join(', then '));
  const wanted = second === undefined ? fate : `${fate}, then ${second}`;
  const faults: string[] = [];
  if (receipts.length === 0) faults.push(`${label}: unaccounted for`);
  else if (firsts.length === 0) faults.push(`${label}: only duplicates of it are known`);
  else if (firsts.length > 1) faults.push(`${label}: doubled (${told.join('; ')})`);
  else if (told[0] !== wanted) faults.push(`${label}: ${told[0]}, expected ${wanted}`);
  if (duplicates > deliveries - 1 + unheard) {
    faults.push(`${label}: ${duplicates} duplicates of ${deliveries} deliveries`);
  }
  if (duplicates < deliveries - 1) {
    faults.push(`${label}: delivered ${deliveries} times, and ${duplicates + 1} are known`);
  }
  return faults;
}

function addUp(sums: readonly FateTally[], field: 'least' | 'most'): number {
  return sums.reduce((sum, line) => sum + line[field], 0);
}
