import * as z from 'zod';

/** An inquiry's id: a UUIDv7, so that ids sort by creation. */
export const InquiryId = z.uuid({ version: 'v7' }).brand<'InquiryId'>();
export type InquiryId = z.infer<typeof InquiryId>;

/** An agent's or requester's identity: the `sub` of their access token. */
export const Sub = z.string().min(1).max(128).brand<'Sub'>();
export type Sub = z.infer<typeof Sub>;

/** A desk's id, as the stage's context names it. */
export const DeskId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .brand<'DeskId'>();
export type DeskId = z.infer<typeof DeskId>;

/** An outsourcing vendor's id, as the stage's context names it. */
export const VendorId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .brand<'VendorId'>();
export type VendorId = z.infer<typeof VendorId>;

/** The id of a pool of desks, as the desk settings name it. */
export const PoolId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .brand<'PoolId'>();
export type PoolId = z.infer<typeof PoolId>;

/**
 * A mail address in the form under which it is stored and compared: trimmed and lower-cased.
 *
 * Local parts are case-folded too: no mail system in use distinguishes them, and people do not.
 * At most 254 characters (RFC 5321, 4.5.3.1.3).
 */
export const EmailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(/^[^\s@<>"(),:;\\[\]\p{Cc}]+@[^\s@<>"(),:;\\[\]\p{Cc}]+$/u)
  .brand<'Address'>();
export type EmailAddress = z.infer<typeof EmailAddress>;

/** Whether an address is in one of these domains itself; their subdomains do not count. */
export function isAddressInDomains(address: EmailAddress, domains: readonly string[]): boolean {
  return domains.includes(address.slice(address.lastIndexOf('@') + 1));
}

/** An instant: RFC 3339 in UTC with milliseconds, so that instants compare as text. */
export const Instant = z.iso.datetime({ precision: 3 }).brand<'Instant'>();
export type Instant = z.infer<typeof Instant>;

/** The instant at a number of milliseconds since 1970. */
export function instantOf(epochMilliseconds: number): Instant {
  return new Date(epochMilliseconds).toISOString() as Instant;
}

/** The instant a number of seconds after another; negative seconds go back. */
export function addSeconds(instant: Instant, seconds: number): Instant {
  return instantOf(Date.parse(instant) + seconds * 1000);
}
