import { type HeaderField, headerFields, withoutFields } from './header-fields.ts';

export const VERDICTS = ['spam', 'virus', 'spf', 'dkim', 'dmarc'] as const;
export type Verdicts = Readonly<Record<(typeof VERDICTS)[number], string>>;

const FIELD = /^x-test-verdict-(spam|virus|spf|dkim|dmarc)$/i;
const STATUSES = new Set(['PASS', 'FAIL', 'GRAY', 'PROCESSING_FAILED']);

/**
 * What SES would have found of a mail, and the mail without the headers that say so.
 *
 * Local mail counts as authenticated; `X-Test-Verdict-<name>: fail` plays another world.
 */
export function takeVerdicts(raw: Buffer): { verdicts: Verdicts; mail: Buffer } {
  const verdicts: Record<(typeof VERDICTS)[number], string> = {
    spam: 'PASS',
    virus: 'PASS',
    spf: 'PASS',
    dkim: 'PASS',
    dmarc: 'PASS',
  };
  const told: HeaderField[] = [];
  for (const field of headerFields(raw)) {
    const name = FIELD.exec(field.name)?.[1]?.toLowerCase();
    if (name === undefined) continue;
    told.push(field);
    const status = field.value.toUpperCase();
    if (STATUSES.has(status)) verdicts[name as keyof Verdicts] = status;
  }
  return { verdicts, mail: told.length === 0 ? raw : withoutFields(raw, told) };
}
