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
/** What phones and programs put below a text. */
const device =
  /^[ \t]{0,4}(?:Sent (?:from|via) (?:my )?.{2,40}|.{0,20}(?:iPhone|iPad|iPod(?: touch)?|iOS|Mac|Android|Xperia|Galaxy|AQUOS|Pixel|BlackBerry|スマートフォン|スマホ|タブレット|携帯(?:電話)?|モバイル(?:端末|版)?|アプリ|ドコモメール|(?:Gmail|Outlook|Yahoo!メール|Spark|Thunderbird|au ?メール)|Windows(?: ?1[01])?(?: ?版)?の?(?:メール|Outlook))(?:より|から|で|を使って|を使用して)送信(?:されたメールです|されました|しました|しています|します|)。?|Get Outlook for .{2,20}|(?:iOS|Android|Mac|Windows) ?版?の?\s?Outlook.{0,20}|Outlook for (?:iOS|Android|Mac|Windows).{0,20}|Yahoo!メール.{0,20}から送信.{0,10})$/i;

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
