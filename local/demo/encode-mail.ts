import Encoding from 'encoding-japanese';

export type MailCharset = 'ISO-2022-JP' | 'Shift_JIS' | 'UTF-8';

/** A mail to be encoded as Japanese mail programs do. */
export interface MailDraft {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: string;
  readonly messageId: string;
  readonly date: Date;
  readonly subject: string;
  readonly text: string;
  readonly charset: MailCharset;
  /** Whether the text is HTML. */
  readonly html?: boolean;
  readonly attachment?: { readonly name: string; readonly type: string; readonly bytes: Buffer };
  readonly headers?: Readonly<Record<string, string>>;
}

/** Writes a mail's bytes: headers as encoded words and the text in the mail's charset. */
export function encodeMail(draft: MailDraft): Buffer {
  const { from, to, messageId, date, subject, charset, attachment } = draft;
  const head = [
    `From: ${encodeHeaderValue(from.name, charset)} <${from.address}>`,
    `To: ${to}`,
    `Subject: ${encodeHeaderValue(subject, charset)}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${messageId}>`,
    ...Object.entries(draft.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    'MIME-Version: 1.0',
  ];
  if (attachment === undefined) return joinLines([...head, ...buildTextPart(draft)]);
  const boundary = '=_toritsugi_demo';
  return joinLines([
    ...head,
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    ...buildTextPart(draft),
    `--${boundary}`,
    `Content-Type: ${attachment.type}; name="${encodeHeaderValue(attachment.name, charset)}"`,
    `Content-Disposition: attachment; filename="${encodeHeaderValue(attachment.name, charset)}"`,
    'Content-Transfer-Encoding: base64',
    '',
    foldBase64(attachment.bytes.toString('base64')),
    `--${boundary}--`,
  ]);
}

export function encodeText(text: string, charset: MailCharset): Buffer {
  if (charset === 'UTF-8') return Buffer.from(text);
  const to = charset === 'Shift_JIS' ? 'SJIS' : 'JIS';
  return Buffer.from(Encoding.convert(Encoding.stringToCode(text), { from: 'UNICODE', to }));
}

function buildTextPart({ text, charset, html = false }: MailDraft): (string | Buffer)[] {
  const type = `Content-Type: text/${html ? 'html' : 'plain'}; charset=${charset}`;
  // JIS is 7-bit by itself; the other charsets are sent as they are.
  const transfer = `Content-Transfer-Encoding: ${charset === 'ISO-2022-JP' ? '7bit' : '8bit'}`;
  return [type, transfer, '', encodeText(text.replaceAll('\n', '\r\n'), charset)];
}

/** This many characters take at most 60 octets in base 64, and a word may have 75 (RFC 2047). */
const WORD_CHARACTERS = 12;

/** Encodes a header's value as encoded words of whole characters; leaves ASCII as it is. */
function encodeHeaderValue(value: string, charset: MailCharset): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  const characters = [...value];
  const words: string[] = [];
  for (let start = 0; start < characters.length; start += WORD_CHARACTERS) {
    const part = characters.slice(start, start + WORD_CHARACTERS).join('');
    words.push(`=?${charset}?B?${encodeText(part, charset).toString('base64')}?=`);
  }
  return words.join('\r\n ');
}

function foldBase64(base64: string): string {
  return base64.replaceAll(/.{76}(?=.)/g, '$&\r\n');
}

function joinLines(parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(parts.flatMap((part) => [Buffer.from(part), Buffer.from('\r\n')]));
}
