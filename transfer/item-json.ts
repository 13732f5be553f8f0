import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type TableItem = Record<string, AttributeValue>;

/**
 * Writes an item as one line of DynamoDB JSON, as the AWS CLI writes it: binary values in Base64.
 * Equal items give equal lines, whatever the order in which DynamoDB lists attributes and sets.
 */
export function formatItem(item: TableItem): string {
  return JSON.stringify(formatMap(item));
}

function formatMap(map: TableItem): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((name) => [name, formatValue(map[name] as AttributeValue)]),
  );
}

function formatValue(value: AttributeValue): unknown {
  if (value.B !== undefined) return { B: toBase64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(toBase64).sort() };
  if (value.SS !== undefined) return { SS: [...value.SS].sort() };
  if (value.NS !== undefined) return { NS: [...value.NS].sort() };
  if (value.L !== undefined) return { L: value.L.map(formatValue) };
  if (value.M !== undefined) return { M: formatMap(value.M) };
  return value;
}

export function parseItem(line: string): TableItem {
  return parseMap(JSON.parse(line));
}

function parseMap(map: Record<string, unknown>): TableItem {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, parseValue(value)]));
}

function parseValue(json: unknown): AttributeValue {
  const value = json as { B?: string; BS?: string[]; L?: unknown[]; M?: Record<string, unknown> };
  if (value.B !== undefined) return { B: Buffer.from(value.B, 'base64') };
  if (value.BS !== undefined) return { BS: value.BS.map((one) => Buffer.from(one, 'base64')) };
  if (value.L !== undefined) return { L: value.L.map(parseValue) };
  if (value.M !== undefined) return { M: parseMap(value.M) };
  return json as AttributeValue;
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

const MODULUS = 2n ** 256n;

/** Digests a set of items in whatever order they come: the sum of their lines' SHA-256. */
export class ItemSetDigest {
  #sum = 0n;
  #count = 0;

  add(line: string): void {
    const digest = createHash('sha256').update(line).digest('hex');
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) % MODULUS;
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  get hex(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }
}
