import * as z from 'zod';
import { MaskKind } from '../masking/policy.ts';
import { eventHeader } from './events/event-header.ts';
import { Instant, Sub, VendorId } from './values/ids.ts';

/** The oldest that is settled gives way to a new one beyond so many. */
export const unmaskingLimit = 20;

/** What can be masked: secrets in texts, and who the requester is. */
export const Maskable = z.enum([...MaskKind.options, 'name']);
export type Maskable = z.infer<typeof Maskable>;

/** What is masked: the requester's particulars, or one message with its subject. */
const Subject = z.union([z.literal('requester'), z.string().min(1).max(64)]);

/** A vendor's wish to be shown what is masked, and what became of it. */
export const Unmasking = z.strictObject({
  id: z.string().min(1).max(64),
  of: Subject,
  kinds: z.array(Maskable).min(1),
  vendor: VendorId,
  asker: Sub,
  reason: z.string().max(500),
  askedAt: Instant,
  state: z.enum(['asked', 'granted', 'refused']),
});
export type Unmasking = z.infer<typeof Unmasking>;

/** A vendor's agent asks to be shown what is masked. */
export const UnmaskingAsked = z.strictObject({
  ...eventHeader,
  type: z.literal('UnmaskingAsked'),
  id: Unmasking.shape.id,
  of: Subject,
  kinds: Unmasking.shape.kinds,
  vendor: VendorId,
  asker: Sub,
  reason: Unmasking.shape.reason,
});
export type UnmaskingAsked = z.infer<typeof UnmaskingAsked>;

/** Somebody of the house grants or refuses it; a grant lasts until the inquiry leaves the desk. */
export const UnmaskingSettled = z.strictObject({
  ...eventHeader,
  type: z.literal('UnmaskingSettled'),
  id: Unmasking.shape.id,
  asker: Sub,
  outcome: z.enum(['granted', 'refused']),
  note: z.string().max(500).optional(),
});
export type UnmaskingSettled = z.infer<typeof UnmaskingSettled>;

/** With one more wish. */
export function asked(before: readonly Unmasking[], event: UnmaskingAsked): Unmasking[] {
  const { id, of, kinds, vendor, asker, reason, at: askedAt } = event;
  const wish: Unmasking = { id, of, kinds, vendor, asker, reason, askedAt, state: 'asked' };
  const all = [...before, wish];
  if (all.length <= unmaskingLimit) return all;
  const oldest = all.findIndex(({ state }) => state !== 'asked');
  return all.filter((_, index) => index !== Math.max(0, oldest));
}

/** With the answer to a wish. */
export function settled(before: readonly Unmasking[], event: UnmaskingSettled): Unmasking[] {
  return before.map((one) => (one.id === event.id ? { ...one, state: event.outcome } : one));
}

/** The wishes that hold for who is the requester now: what was granted is not of another. */
export function unmaskingsFor(
  before: {
    readonly unmaskings?: Unmasking[] | undefined;
    readonly requester: { readonly address?: string | undefined };
  },
  now: { readonly address?: string | undefined } | undefined,
): { unmaskings?: Unmasking[] } {
  const { unmaskings, requester } = before;
  if (unmaskings === undefined) return {};
  const isSame = now === undefined || now.address === requester.address;
  const holds = ({ of, state }: Unmasking) => isSame || of !== 'requester' || state !== 'granted';
  return { unmaskings: unmaskings.filter(holds) };
}

/** What a vendor has been granted to see of the requester, or of one message. */
export function grantedKinds(
  unmaskings: readonly Unmasking[] | undefined,
  vendor: VendorId,
  of: Unmasking['of'],
): ReadonlySet<Maskable> {
  const granted = (unmaskings ?? []).filter(
    (one) => one.state === 'granted' && one.vendor === vendor && one.of === of,
  );
  return new Set(granted.flatMap(({ kinds }) => kinds));
}
