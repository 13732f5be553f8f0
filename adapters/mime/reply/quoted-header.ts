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

/** Whether a line is one of the header lines that stand above a quotation. */
export function isQuotedField(line: string): boolean {
  return kindOf(line) !== undefined;
}

function kindOf(line: string): FieldName | undefined {
  return kinds.get((field.exec(line.slice(0, 400))?.[1] ?? '').toLowerCase());
}

/**
 * Recognizes a block of quoted headers that starts at a line: a sender and at least two of date,
 * recipients and subject, in the order of any mail program. A single such line is text, as in
 * monitoring mail.
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
    const kind = kindOf(line);
    if (kind === undefined) {
      if (seen.size === 0) return undefined;
      continue;
    }
    const value = field.exec(line.slice(0, 400))?.[2]?.trim();
    if (kind === 'from') from ??= value;
    if (kind === 'subject') subject ??= value;
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
