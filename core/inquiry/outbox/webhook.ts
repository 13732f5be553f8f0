/**
 * The outcome of one attempt to send.
 *
 * `refused`: this message will never be sent. `unavailable`: nothing was sent, but a later attempt
 * may succeed. `unknown`: the connection ended before the answer, so it may have been sent.
 */
export type SendOutcome =
  | { readonly outcome: 'sent'; readonly wireId?: string; readonly remark?: string }
  | { readonly outcome: 'refused' | 'unavailable' | 'unknown'; readonly code: string };

/** A message to a webhook, signed. */
export type WebhookCall = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export interface WebhookPoster {
  /** Tries once, and only if the address that it connects to is allowed. */
  post(call: WebhookCall): Promise<SendOutcome>;
}
