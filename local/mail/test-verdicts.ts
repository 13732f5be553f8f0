import { type RawHeaderField, readHeaderFields, removeHeaderFields } from './header-fields.ts';

export const VERDICT_NAMES = ['spam', 'virus', 'spf', 'dkim', 'dmarc'] as const;
export type TestVerdicts = Readonly<Record<(typeof VERDICT_NAMES)[number], string>>;

const FIELD = /^x-test-verdict-(spam|virus|spf|dkim|dmarc)$/i;
const STATUSES = new Set(['PASS', 'FAIL', 'GRAY', 'PROCESSING_FAILED']);

/**
 * Extracts the verdicts that SES would have reached on a mail, and the mail without the headers
 * that set them.
 *
 * Local mail counts as authenticated; `X-Test-Verdict-<name>: fail` simulates another verdict.
 */
export function extractVerdicts(raw: Buffer): { verdicts: TestVerdicts; mail: Buffer } {
  const verdicts: Record<(typeof VERDICT_NAMES)[number], string> = {
    spam: 'PASS',
    virus: 'PASS',
    spf: 'PASS',
    dkim: 'PASS',
    dmarc: 'PASS',
  };
  const verdictFields: RawHeaderField[] = [];
  for (const field of readHeaderFields(raw)) {
    const name = FIELD.exec(field.name)?.[1]?.toLowerCase();
    if (name === undefined) continue;
    verdictFields.push(field);
    const status = field.value.toUpperCase();
    if (STATUSES.has(status)) verdicts[name as keyof TestVerdicts] = status;
  }
  return {
    verdicts,
    mail: verdictFields.length === 0 ? raw : removeHeaderFields(raw, verdictFields),
  };
}
