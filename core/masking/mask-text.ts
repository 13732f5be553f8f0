import { detectCard } from './detect/detect-card.ts';
import { detectMyNumber } from './detect/detect-my-number.ts';
import { detectPhone } from './detect/detect-phone.ts';
import { detectRecoveryKey } from './detect/detect-recovery-key.ts';
import { findCommandPasswords } from './detect/find-command-passwords.ts';
import { findDigitSequences } from './detect/find-digit-sequences.ts';
import { findExcludedSpans, isWithinRanges } from './detect/find-excluded-spans.ts';
import { findLabelledSecrets } from './detect/find-labelled-secrets.ts';
import { findMailAddresses } from './detect/find-mail-addresses.ts';
import { findProsePasswords } from './detect/find-prose-passwords.ts';
import { findSecretKeys } from './detect/find-secret-keys.ts';
import { findTablePasswords } from './detect/find-table-passwords.ts';
import { findUrlSecrets } from './detect/find-url-secrets.ts';
import { dropExceptedTerms } from './drop-excepted-terms.ts';
import type { MaskingPolicy, MaskKind } from './masking-policy.ts';
import { makeScannableText, type ScannableText, type SecretMatch } from './scannable-text.ts';

/** Where a mark stands in a masked text, in UTF-16 code units. */
export type MaskedSpan = {
  readonly start: number;
  readonly end: number;
  readonly kind: MaskKind;
};

/** Where two matches overlap, the merged one gets the kind that comes first here. */
const precedence: readonly MaskKind[] = ['key', 'card', 'my-number', 'password', 'mail', 'phone'];

/**
 * Masking a secret can make one of what stood on both sides of it, so the text is scanned up to
 * this often.
 */
const maskPasses = 4;

/**
 * Replaces the secrets in a text by marks that tell only their kind.
 *
 * Total and idempotent: in a masked text, marks stay as they are and nothing more is found. A mark
 * that was already in the text has no span. Takes time in proportion to the text, since every
 * pattern is bounded. Kinds in `shown` are found but not masked.
 */
export function maskText(
  text: string,
  policy: MaskingPolicy,
  shown: ReadonlySet<MaskKind> = new Set(),
): { text: string; spans: MaskedSpan[] } {
  let masked: readonly SecretMatch[] = [];
  for (let pass = 0; pass < maskPasses; pass++) {
    const matches = findSecrets(makeScannableText(text, masked), policy, shown);
    if (matches.length === 0) break;
    masked = mergeOverlaps([...masked, ...matches]);
  }
  return renderMarks(text, masked);
}

/** Finds the secrets in a scannable text, at their places in the original text. */
function findSecrets(
  scannable: ScannableText,
  policy: MaskingPolicy,
  shown: ReadonlySet<MaskKind>,
): SecretMatch[] {
  const { starts, ends } = scannable;
  const matches = dropExceptedTerms(scannable, policy.except, findCandidates(scannable, policy));
  const shownMatches = matches
    .filter(({ kind }) => shown.has(kind))
    .sort((one, other) => one.start - other.start);
  return matches
    .filter((secret) => !shown.has(secret.kind) && !isPartOfShown(secret, shownMatches))
    .map(({ start, end, kind }) => ({
      start: starts[start] ?? 0,
      end: ends[end - 1] ?? 0,
      kind,
    }));
}

function findCandidates(scannable: ScannableText, policy: MaskingPolicy): SecretMatch[] {
  const detectors = [
    detectCard,
    detectMyNumber,
    detectRecoveryKey,
    ...(policy.phone ? [detectPhone] : []),
  ];
  return [
    ...findSecretKeys(scannable),
    ...findUrlSecrets(scannable),
    ...findDigitSequences(scannable, findExcludedSpans(scannable), detectors),
    ...findLabelledSecrets(scannable),
    ...findTablePasswords(scannable),
    ...findCommandPasswords(scannable),
    ...findProsePasswords(scannable),
    ...(policy.mail ? findMailAddresses(scannable) : []),
  ];
}

/** A part of a shown number can look like a phone number or a My Number. */
function isPartOfShown(secret: SecretMatch, shown: readonly SecretMatch[]): boolean {
  if (shown.length === 0 || (secret.kind !== 'phone' && secret.kind !== 'my-number')) return false;
  return isWithinRanges(shown, secret);
}

/** Sorts matches and merges those that overlap. */
function mergeOverlaps(matches: readonly SecretMatch[]): SecretMatch[] {
  const result: SecretMatch[] = [];
  for (const secret of matches.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last === undefined || secret.start >= last.end) {
      result.push(secret);
    } else if (secret.kind === 'mail' && last.kind === 'key') {
      // A password before `@host` looks like a mail address, but the host may be read.
    } else {
      const isStronger = precedence.indexOf(secret.kind) < precedence.indexOf(last.kind);
      const kind = isStronger ? secret.kind : last.kind;
      result[result.length - 1] = {
        ...{ start: last.start, end: Math.max(last.end, secret.end), kind },
      };
    }
  }
  return result;
}

function renderMarks(
  text: string,
  masked: readonly SecretMatch[],
): { text: string; spans: MaskedSpan[] } {
  const parts: string[] = [];
  const spans: MaskedSpan[] = [];
  let [from, length] = [0, 0];
  const put = (part: string) => {
    parts.push(part);
    length += part.length;
  };
  for (const { start, end, kind } of masked) {
    put(text.slice(from, start));
    const at = length;
    put(`⟦${kind}⟧`);
    spans.push({ start: at, end: length, kind });
    from = end;
  }
  put(text.slice(from));
  return { text: parts.join(''), spans };
}
