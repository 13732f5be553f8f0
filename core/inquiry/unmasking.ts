import * as z from 'zod';
import { MaskKind } from '../masking/masking-policy.ts';
import { eventHeader } from './events/event-header.ts';
import { Instant, Sub, VendorId } from './values/ids.ts';

/** Beyond so many, a new request takes the place of the oldest decided one. */
export const unmaskingLimit = 20;

/** What can be masked: secrets in texts, and the name of the requester. */
export const MaskableKind = z.enum([...MaskKind.options, 'name']);
export type MaskableKind = z.infer<typeof MaskableKind>;

/** What to unmask: the requester's details, or one message with its subject. */
const UnmaskingSubject = z.union([z.literal('requester'), z.string().min(1).max(64)]);

/** A vendor's request to see what is masked, and the decision on it. */
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

/** A vendor's agent asked to see what is masked. */
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

/**
 * Somebody of our own staff granted or refused it; a grant lasts until the inquiry leaves the desk.
 */
export const UnmaskingSettled = z.strictObject({
  ...eventHeader,
  type: z.literal('UnmaskingSettled'),
  id: UnmaskingRequest.shape.id,
  asker: Sub,
  outcome: z.enum(['granted', 'refused']),
  note: z.string().max(500).optional(),
});
export type UnmaskingSettled = z.infer<typeof UnmaskingSettled>;

/** Adds a request; past the limit the oldest decided one goes. */
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

export function recordUnmaskingDecision(
  before: readonly UnmaskingRequest[],
  event: UnmaskingSettled,
): UnmaskingRequest[] {
  return before.map((one) => (one.id === event.id ? { ...one, state: event.outcome } : one));
}

/** Drops grants on the requester's details when another requester takes their place. */
export function retainUnmaskings(
  before: {
    readonly unmaskings?: UnmaskingRequest[] | undefined;
    readonly requester: { readonly address?: string | undefined };
  },
  newRequester: { readonly address?: string | undefined } | undefined,
): { unmaskings?: UnmaskingRequest[] } {
  const { unmaskings, requester } = before;
  if (unmaskings === undefined) return {};
  const isSame = newRequester === undefined || newRequester.address === requester.address;
  const isStillValid = ({ of, state }: UnmaskingRequest) =>
    isSame || of !== 'requester' || state !== 'granted';
  return { unmaskings: unmaskings.filter(isStillValid) };
}

/** The kinds that a vendor may see unmasked on the requester, or in one message. */
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
