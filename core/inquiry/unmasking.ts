import * as z from 'zod';
import { MaskKind } from '../masking/masking-policy.ts';
import { eventHeader } from './events/event-header.ts';
import { Instant, Sub, VendorId } from './values/ids.ts';

/** The oldest that is settled gives way to a new one beyond so many. */
export const unmaskingLimit = 20;

/** What can be masked: secrets in texts, and who the requester is. */
export const MaskableKind = z.enum([...MaskKind.options, 'name']);
export type MaskableKind = z.infer<typeof MaskableKind>;

/** What is masked: the requester's particulars, or one message with its subject. */
const UnmaskingSubject = z.union([z.literal('requester'), z.string().min(1).max(64)]);

/** A vendor's wish to be shown what is masked, and what became of it. */
export const UnmaskingRequest = z.strictObject({
  id: z.string().min(1).max(64),
  of: UnmaskingSubject,
  kinds: z.array(MaskableKind).min(1),
  vendor: VendorId,
  asker: Sub,
  reason: z.string().max(500),
  askedAt: Instant,
  state: z.enum(['asked', 'granted', 'refused']),
});
export type UnmaskingRequest = z.infer<typeof UnmaskingRequest>;

/** A vendor's agent asks to be shown what is masked. */
export const UnmaskingAsked = z.strictObject({
  ...eventHeader,
  type: z.literal('UnmaskingAsked'),
  id: UnmaskingRequest.shape.id,
  of: UnmaskingSubject,
  kinds: UnmaskingRequest.shape.kinds,
  vendor: VendorId,
  asker: Sub,
  reason: UnmaskingRequest.shape.reason,
});
export type UnmaskingAsked = z.infer<typeof UnmaskingAsked>;

/** Somebody of the house grants or refuses it; a grant lasts until the inquiry leaves the desk. */
export const UnmaskingSettled = z.strictObject({
  ...eventHeader,
  type: z.literal('UnmaskingSettled'),
  id: UnmaskingRequest.shape.id,
  asker: Sub,
  outcome: z.enum(['granted', 'refused']),
  note: z.string().max(500).optional(),
});
export type UnmaskingSettled = z.infer<typeof UnmaskingSettled>;

/** With one more wish. */
export function recordUnmaskingRequest(
  before: readonly UnmaskingRequest[],
  event: UnmaskingAsked,
): UnmaskingRequest[] {
  const { id, of, kinds, vendor, asker, reason, at: askedAt } = event;
  const request: UnmaskingRequest = {
    id,
    of,
    kinds,
    vendor,
    asker,
    reason,
    askedAt,
    state: 'asked',
  };
  const all = [...before, request];
  if (all.length <= unmaskingLimit) return all;
  const oldest = all.findIndex(({ state }) => state !== 'asked');
  return all.filter((_, index) => index !== Math.max(0, oldest));
}

/** With the answer to a wish. */
export function recordUnmaskingDecision(
  before: readonly UnmaskingRequest[],
  event: UnmaskingSettled,
): UnmaskingRequest[] {
  return before.map((one) => (one.id === event.id ? { ...one, state: event.outcome } : one));
}

/** The wishes that hold for who is the requester now: what was granted is not of another. */
export function retainUnmaskings(
  before: {
    readonly unmaskings?: UnmaskingRequest[] | undefined;
    readonly requester: { readonly address?: string | undefined };
  },
  now: { readonly address?: string | undefined } | undefined,
): { unmaskings?: UnmaskingRequest[] } {
  const { unmaskings, requester } = before;
  if (unmaskings === undefined) return {};
  const isSame = now === undefined || now.address === requester.address;
  const holds = ({ of, state }: UnmaskingRequest) =>
    isSame || of !== 'requester' || state !== 'granted';
  return { unmaskings: unmaskings.filter(holds) };
}

/** What a vendor has been granted to see of the requester, or of one message. */
export function findGrantedKinds(
  unmaskings: readonly UnmaskingRequest[] | undefined,
  vendor: VendorId,
  of: UnmaskingRequest['of'],
): ReadonlySet<MaskableKind> {
  const granted = (unmaskings ?? []).filter(
    (one) => one.state === 'granted' && one.vendor === vendor && one.of === of,
  );
  return new Set(granted.flatMap(({ kinds }) => kinds));
}
