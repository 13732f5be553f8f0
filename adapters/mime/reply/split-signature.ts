export type SplitText = {
  readonly text: readonly string[];
  readonly signature: readonly string[];
};

/** How many lines a signature takes at most; a rule further up divides the text. */
const longestSignature = 15;

const dashes = /^--\s?$/;
const ruleLine = /^[ \t\u3000]{0,8}[-=_*~+#─━―－＝＿＊〜～…・.:☆★◇◆□■○●/\\|]{5,100}$/;
/** What signatures often contain and sentences seldom. */
const contact =
  /(?:TEL|電話|携帯|内線|FAX|E-?mail|メール|URL)[ \t\u3000]{0,4}[:：.／/ ]|〒\s?\d{3}|\d{2,4}-\d{2,4}-\d{3,4}|[^\s@<>]{1,64}@[a-z0-9.-]{2,100}|https?:\/\/|(?:株式|有限|合同)会社|㈱|部門?$|課$/i;
const device =
  /^[ \t]{0,4}(?:Sent from (?:my )?.{2,40}|.{0,20}(?:iPhone|iPad|Android|スマートフォン|携帯)から送信(?:されたメールです)?。?|Get Outlook for .{2,20}|(?:iOS|Android) ?版?の?\s?Outlook.{0,20}|Outlook for (?:iOS|Android).{0,20}|Yahoo!メール.{0,20}から送信.{0,10})$/i;

/** Separates the signature from the end of a text: after `-- `, or between rules with an address. */
export function splitSignature(lines: readonly string[]): SplitText {
  let end = lines.length;
  while (end > 0 && (lines[end - 1] as string).trim() === '') end--;
  const start = findSignatureStart(lines, end);
  const deviceStart =
    start === end && end > 0 && device.test(lines[end - 1] as string) ? end - 1 : start;
  return { text: lines.slice(0, deviceStart), signature: lines.slice(deviceStart, end) };
}

function findSignatureStart(lines: readonly string[], end: number): number {
  const first = Math.max(0, end - longestSignature);
  for (let at = first; at < end; at++) {
    if (dashes.test(lines[at] as string)) return at;
  }
  for (let at = first; at < end; at++) {
    if (!ruleLine.test(lines[at] as string)) continue;
    const below = lines.slice(at + 1, end);
    const filled = below.filter((line) => line.trim() !== '' && !ruleLine.test(line));
    if (filled.length > 0 && filled.some((line) => contact.test(line.slice(0, 300)))) return at;
  }
  return end;
}
