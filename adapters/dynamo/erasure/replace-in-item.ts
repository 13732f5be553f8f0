import { gunzipSync, gzipSync } from 'node:zlib';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type {
  IdentityReplacer,
  ReplacementScope,
} from '../../../core/people/erasure/identity-replacer.ts';
import type { TableItem } from '../table.ts';

/** Replaces a person in every attribute of an item, also inside JSON and what is compressed. */
export function replaceInItem(
  item: TableItem,
  replacer: IdentityReplacer,
  scope: ReplacementScope,
): TableItem {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, replaceAttribute(value, replacer, scope)]),
  );
}

function replaceAttribute(
  value: AttributeValue,
  replacer: IdentityReplacer,
  scope: ReplacementScope,
): AttributeValue {
  if (value.S !== undefined) return { S: replaceJsonOrText(value.S, replacer, scope) };
  if (value.L !== undefined) {
    return { L: value.L.map((one) => replaceAttribute(one, replacer, scope)) };
  }
  if (value.B === undefined) return value;
  const bytes = value.B;
  const isZipped = isGzip(bytes);
  const text = Buffer.from(isZipped ? gunzipSync(bytes) : bytes).toString();
  const replaced = replaceJsonOrText(text, replacer, scope);
  if (replaced === text) return value;
  return { B: isZipped ? gzipSync(replaced) : Buffer.from(replaced) };
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** JSON is replaced value by value, since a name counts by what stands beside it. */
export function replaceJsonOrText(
  text: string,
  replacer: IdentityReplacer,
  scope: ReplacementScope,
): string {
  const json = parseJson(text);
  if (json === undefined) return replacer.replaceText(text, scope);
  const replaced = JSON.stringify(replacer.replaceValue(json, scope));
  // What nobody is replaced in stays as it is, down to its spaces.
  return replaced === JSON.stringify(json) ? text : replaced;
}

function parseJson(text: string): unknown {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Replaces the person in a version of a configured document: who put it and whom it names by address
 * or `sub`, and also their name in the note. A name may be a word of the document's rules.
 */
export function replaceInConfig(item: TableItem, replacer: IdentityReplacer): TableItem {
  const replaced = replaceInItem(item, replacer, 'identity');
  const { head, data, zipped } = replaced;
  const version = (json: string) => {
    const { note, ...rest } = JSON.parse(json) as { note?: string };
    if (note === undefined || !replacer.mentions(note, 'all')) return json;
    return JSON.stringify({ ...rest, note: replacer.replaceText(note, 'all') });
  };
  return {
    ...replaced,
    ...(head?.S === undefined ? {} : { head: { S: version(head.S) } }),
    ...(data?.S === undefined ? {} : { data: { S: version(data.S) } }),
    ...(zipped?.B === undefined ? {} : { zipped: { B: rezip(zipped.B, version) } }),
  };
}

/** The same bytes where the text is the same. */
function rezip(bytes: Uint8Array, change: (text: string) => string): Uint8Array {
  const text = gunzipSync(bytes).toString();
  const changed = change(text);
  return changed === text ? bytes : gzipSync(changed);
}

/** Whether two items are the same, attribute by attribute. */
export function isSameItem(one: TableItem, other: TableItem): boolean {
  return Object.keys({ ...one, ...other }).every((name) => isSameAttribute(one[name], other[name]));
}

function isSameAttribute(
  one: AttributeValue | undefined,
  other: AttributeValue | undefined,
): boolean {
  if (one?.B !== undefined && other?.B !== undefined) return Buffer.compare(one.B, other.B) === 0;
  return JSON.stringify(one) === JSON.stringify(other);
}
