/** How many bytes at the end of a base64 body can be something else. */
const longestTrailing = 64 * 1024;
const base64Line = /^[A-Za-z0-9+/]+={0,2}$/;
/** A line of this length is data; footers have blanks in their long lines. */
const dataLine = 40;

/**
 * Splits what a list or a virus scanner put behind a base64 body, which has no place there and would
 * be decoded as if it were data. Lines that are damaged in the middle stay with the data.
 */
export function splitTrailingText(body: Uint8Array<ArrayBuffer>): {
  data: Uint8Array<ArrayBuffer>;
  trailing: Uint8Array<ArrayBuffer> | undefined;
} {
  const from = Math.max(0, body.length - longestTrailing);
  const lines = Buffer.from(body.buffer, body.byteOffset + from, body.length - from)
    .toString('latin1')
    .split('\n');
  const trimmed = lines.map((line) => line.trim());
  const isData = (line = '') => base64Line.test(line);
  const lastLong = trimmed.findLastIndex((line) => line.length >= dataLine && isData(line));
  const lastData = lastLong < 0 ? trimmed.findIndex(isData) : lastLong;
  const isPadded = (at: number) => trimmed[at]?.endsWith('=') === true && isData(trimmed[at]);
  const isEnd = (at: number) =>
    isPadded(at) || !/^(?:[A-Za-z0-9+/]+={0,2})?$/.test(trimmed[at + 1] ?? ' ');
  let last = lastData;
  while (last >= 0 && !isEnd(last)) last++;
  const end = last + 1;
  const isTrailing = end > 0 && trimmed.slice(end).some((line) => line !== '' && !isData(line));
  if (!isTrailing) return { data: body, trailing: undefined };
  const at = from + lines.slice(0, end).reduce((length, line) => length + line.length + 1, 0);
  return { data: body.subarray(0, at), trailing: body.subarray(at) };
}
