import * as z from 'zod';

/** An IP address of either version, or a range of them in CIDR notation. */
export const AddressRange = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);
export type AddressRange = z.infer<typeof AddressRange>;

type ParsedAddress = { readonly bits: 32 | 128; readonly value: bigint };

/** Whether an IP address is one of a range; a text that is no address is in none. */
export function isInAddressRange(address: string, range: AddressRange): boolean {
  const [net = '', prefix] = range.split('/');
  const first = parseAddress(net);
  const parsed = parseAddress(address);
  if (first === undefined || parsed === undefined || parsed.bits !== first.bits) return false;
  const free = BigInt(first.bits - Number(prefix ?? first.bits));
  return parsed.value >> free === first.value >> free;
}

function parseAddress(text: string): ParsedAddress | undefined {
  if (z.ipv4().safeParse(text).success) return { bits: 32, value: joinParts(text.split('.'), 8) };
  if (!z.ipv6().safeParse(text).success) return undefined;
  const [head = '', tail] = text.replace(/[\d.]+$/, replaceEmbeddedAddress).split('::');
  const first = splitGroups(head);
  const last = splitGroups(tail ?? '');
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  const groups = [...first, ...zeros, ...last].map((group) => `0x${group}`);
  const value = joinParts(groups, 16);
  // An IPv4 address in the form of IPv6 is the same address.
  return value >> 32n === 0xffffn
    ? { bits: 32, value: value & 0xffff_ffffn }
    : { bits: 128, value };
}

function splitGroups(text: string): string[] {
  return text === '' ? [] : text.split(':');
}

/** Writes an IPv4 address at the end of one of IPv6 as two groups. */
function replaceEmbeddedAddress(text: string): string {
  if (!text.includes('.')) return text;
  const value = joinParts(text.split('.'), 8);
  return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

function joinParts(parts: readonly string[], bits: number): bigint {
  return parts.reduce((sum, part) => (sum << BigInt(bits)) + BigInt(part), 0n);
}
