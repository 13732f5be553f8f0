export type ZipDirectory = {
  readonly entries: number;
  /** As the directory claims; `overlapping` catches a lying one. */
  readonly unpackedBytes: number;
  readonly packedBytes: number;
  readonly names: readonly string[];
  readonly encrypted: boolean;
  /** The largest growth of an archive inside the archive. */
  readonly nestedRatio: number;
  readonly nestedArchives: number;
  /** The entries together claim more bytes than the file has: they share data, as bombs do. */
  readonly overlapping: boolean;
};

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
/** The end record and the longest comment after it, in bytes. */
const endSearch = 22 + 65_535;
const entryLength = 46;
const in64Bit = 0xffffffff;
const nested = /\.(?:zip|jar|gz|tgz|bz2|xz|7z|rar|lzh|cab|tar|zst)$/i;

const utf8 = new TextDecoder('utf-8');

/**
 * Reads a zip's central directory (APPNOTE 4.3.12) without unpacking anything.
 *
 * Returns `undefined` when none fits the file; reads at most `limit` entries and one more.
 */
export function readZipDirectory(bytes: Uint8Array, limit: number): ZipDirectory | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = findEndRecord(view);
  if (end === undefined) return undefined;
  const total = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  // Some archives have data before them, so the directory is found from its end.
  let at = end - size;
  if (at < 0) return undefined;
  const names: string[] = [];
  let entries = 0;
  let unpackedBytes = 0;
  let packedBytes = 0;
  let encrypted = false;
  let nestedRatio = 0;
  let nestedArchives = 0;
  while (at + entryLength <= end && entries <= limit) {
    if (view.getUint32(at, true) !== entrySignature) return undefined;
    const packed = view.getUint32(at + 20, true);
    const unpacked = view.getUint32(at + 24, true);
    const nameLength = view.getUint16(at + 28, true);
    const name = utf8.decode(bytes.subarray(at + entryLength, at + entryLength + nameLength));
    entries++;
    names.push(name);
    packedBytes += packed;
    // The true size is then 4 GiB or more, which is over any limit.
    unpackedBytes += unpacked === in64Bit ? Number.MAX_SAFE_INTEGER / 2 : unpacked;
    encrypted ||= (view.getUint16(at + 8, true) & 1) === 1;
    if (nested.test(name)) {
      nestedArchives++;
      nestedRatio = Math.max(nestedRatio, unpacked / Math.max(1, packed));
    }
    at += entryLength + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  if (entries < total && entries <= limit) return undefined;
  const overlapping = packedBytes > bytes.length;
  return {
    entries,
    unpackedBytes,
    packedBytes,
    names,
    encrypted,
    nestedRatio,
    nestedArchives,
    overlapping,
  };
}

function findEndRecord(view: DataView): number | undefined {
  const first = Math.max(0, view.byteLength - endSearch);
  for (let at = view.byteLength - 22; at >= first; at--) {
    if (view.getUint8(at) === 0x50 && view.getUint32(at, true) === endSignature) return at;
  }
  return undefined;
}
