/** The header lines that mail programs put above what they quote or forward, as people see them. */
export type QuotedHeader = {
  /** How many lines the block has, including the rule above it. */
  readonly lines: number;
  readonly from?: string;
  readonly subject?: string;
};

const fieldNames = {
  from: ['差出人', '送信者', '発信者', '送信元', 'from', 'von', 'de'],
  date: [
    '送信日時',
    '送信日',
    '日時',
    '日付',
    '送信',
    'sent',
    'date',
    'gesendet',
    'envoyé',
    'datum',
  ],
  to: ['宛先', 'to', 'an', 'à', 'cc', 'bcc', '写し'],
  subject: ['件名', '題名', 'subject', 'betreff', 'objet', 'reply-to'],
} as const;

type FieldName = keyof typeof fieldNames;

const kinds = new Map<string, FieldName>(
  Object.entries(fieldNames).flatMap(([kind, names]) =>
    names.map((name) => [name, kind as FieldName] as const),
  ),
);

/** A short name after bold marks and indentation, followed by either colon. */
const field = /^[ \t\u3000*]{0,8}([^\s:：*]{1,9})[ \t\u3000*]{0,4}[:：]\*{0,2}[ \t\u3000]?(.*)$/u;
const rule = /^[ \t>]{0,4}[-_=―─━]{5,}$/;
/** How many lines the four fields take at most, with long addresses and subjects. */
const longestBlock = 14;

/**
 * Recognizes a block of quoted headers that starts at a line: a sender first, then at least two of
 * date, recipients and subject. A single such line is text, as in monitoring mail.
 */
export function findQuotedHeader(
  lines: readonly string[],
  start: number,
): QuotedHeader | undefined {
  let at = start;
  if (rule.test(lines[at] ?? '')) {
    at++;
    while (lines[at] === '' && at < start + 3) at++;
  }
  let from: string | undefined;
  let subject: string | undefined;
  const seen = new Set<FieldName>();
  let end = at;
  for (; at < lines.length && at < end + 3 && at < start + longestBlock; at++) {
    const line = lines[at] as string;
    if (line === '') {
      if (seen.size >= 3) break;
      continue;
    }
    const match = field.exec(line.slice(0, 400));
    const kind = match === null ? undefined : kinds.get((match[1] as string).toLowerCase());
    if (kind === undefined || match === null) {
      if (seen.size === 0) return undefined;
      continue;
    }
    if (seen.size === 0 && kind !== 'from') return undefined;
    if (kind === 'from') from ??= match[2]?.trim();
    if (kind === 'subject') subject ??= match[2]?.trim();
    seen.add(kind);
    end = at + 1;
  }
  if (!seen.has('from') || seen.size < 3) return undefined;
  return {
    lines: end - start,
    ...(from === undefined ? {} : { from }),
    ...(subject === undefined ? {} : { subject }),
  };
}
