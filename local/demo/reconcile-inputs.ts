export type InputFate = 'opened' | 'continued' | 'recorded' | 'duplicate' | 'quarantined';

/** A receipt of the intake ledger, as the API returns it. */
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

/** An input of this run, with its expected fate. */
export interface SubmittedInput {
  readonly label: string;
  readonly channel: 'mail' | 'form' | 'phone';
  /** Identifies its receipts: a mail's Message-ID, otherwise the inquiry it opened. */
  readonly key: string;
  readonly fate: InputFate;
  /** The second fate, after a review. */
  readonly secondFate?: InputFate;
  /** How often it was submitted and accepted. */
  readonly deliveries: number;
  /**
   * How many further times it may have been accepted, by a host that was killed before it answered.
   */
  readonly unconfirmed: number;
}

/** One line of the totals; `most` exceeds `least` where an answer was lost. */
export interface FateTally {
  readonly fate: string;
  readonly least: number;
  readonly most: number;
  readonly found: number;
}

export interface InputReconciliation {
  readonly tallies: readonly FateTally[];
  readonly total: FateTally;
  /** Inputs that are unaccounted for, doubled, or have an unexpected fate. */
  readonly faults: readonly string[];
}

const FATES: readonly InputFate[] = ['opened', 'continued', 'recorded', 'duplicate', 'quarantined'];

/**
 * Compares the submitted inputs with their receipts in the ledger.
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
  const releasedCount = inputs.filter(({ secondFate }) => secondFate !== undefined).length;
  const releasedTally = {
    fate: 'released afterwards',
    least: releasedCount,
    most: releasedCount,
    found: receipts.filter((receipt) => receipt.fates.length > 1).length,
  };
  return {
    tallies: [...sums, releasedTally],
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
  const receiptKey = channel === 'mail' ? receipt.messageId : receipt.fates[0]?.inquiryId;
  return receiptKey === key;
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
  const { label, fate, secondFate, deliveries, unconfirmed } = input;
  const firsts = receipts.filter((receipt) => receipt.fates[0]?.fate !== 'duplicate');
  const duplicates = receipts.length - firsts.length;
  const actualFates = firsts.map((receipt) => receipt.fates.map((one) => one.fate).join(', then '));
  const expectedFate = secondFate === undefined ? fate : `${fate}, then ${secondFate}`;
  const faults: string[] = [];
  if (receipts.length === 0) faults.push(`${label}: unaccounted for`);
  else if (firsts.length === 0) faults.push(`${label}: only duplicates of it are known`);
  else if (firsts.length > 1) faults.push(`${label}: doubled (${actualFates.join('; ')})`);
  else if (actualFates[0] !== expectedFate)
    faults.push(`${label}: ${actualFates[0]}, expected ${expectedFate}`);
  if (duplicates > deliveries - 1 + unconfirmed) {
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
