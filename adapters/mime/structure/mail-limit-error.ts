import type { UnreadableReason } from '../../../core/intake/mail/mail.ts';

/** Leaves the reading of a mail that is over a bound; the reader turns it into its answer. */
export class MailLimitError extends Error {
  readonly reason: UnreadableReason;

  constructor(reason: UnreadableReason, detail: string) {
    super(detail);
    this.name = 'MailLimitError';
    this.reason = reason;
  }
}
