import { writeVendorMessage } from '../inquiry/outbox/vendor-message.ts';
import type { SendOutcome, WebhookPoster } from '../inquiry/outbox/webhook.ts';
import type { InquiryLedger } from '../inquiry/ports.ts';
import type { Inquiry } from '../inquiry/snapshot.ts';
import type { Desk } from '../inquiry/terms/desk.ts';
import { findDesk, type Terms } from '../inquiry/terms/terms.ts';
import type { SigningContext } from '../inquiry/tokens/token.ts';
import type { InquiryId, Instant } from '../inquiry/values/ids.ts';

export type NotifyVendorDependencies = {
  readonly ledger: Pick<InquiryLedger, 'load'>;
  readonly webhooks: WebhookPoster;
};

/**
 * How a notification ended: `stale` where nothing waits any more, `unasked` where the vendor has no
 * address for notifications and polls instead.
 */
export type VendorNotificationOutcome = SendOutcome | { readonly outcome: 'stale' | 'unasked' };

/**
 * Notifies a vendor's system that an inquiry waits at its desk, by ids only: what else it may see,
 * it reads with a signed request.
 *
 * A repeated notification has the same `webhook-id` as long as nothing has changed.
 */
export async function notifyVendor(
  { ledger, webhooks }: NotifyVendorDependencies,
  id: InquiryId,
  {
    terms,
    signing,
    now,
  }: { readonly terms: Terms; readonly signing: SigningContext; readonly now: Instant },
): Promise<VendorNotificationOutcome> {
  const inquiry = (await ledger.load(id))?.inquiry;
  const desk = inquiry === undefined ? undefined : findPushDesk(inquiry, terms, now);
  if (inquiry === undefined || desk?.vendor === undefined) return { outcome: 'stale' };
  const { number, priority, version } = inquiry;
  const message = {
    id: `${id}_${version}`,
    content: { type: 'inquiry.waiting', inquiryId: id, number, desk: desk.id, priority },
  };
  const call = writeVendorMessage(signing, terms, desk.vendor, message, now);
  return call === undefined ? { outcome: 'unasked' } : webhooks.post(call);
}

/** The outsourced push desk at which an inquiry waits now. */
function findPushDesk(
  { status, desk: id, availableAt }: Inquiry,
  terms: Terms,
  now: Instant,
): Desk | undefined {
  if (status !== 'queued' || id === undefined) return undefined;
  if (availableAt !== undefined && availableAt > now) return undefined;
  const desk = findDesk(terms, id);
  return desk?.kind === 'outsourced' && desk.mode === 'push' ? desk : undefined;
}
