import type { UnreadableReason } from '../../../core/intake/mail/mail.ts';

/**
 * Ends the reading of a mail that is over a limit; the reader returns it as an `UnreadableMail`.
 */
export class MailLimitError extends Error {
  override readonly name = 'MailLimitError';
  readonly reason: UnreadableReason;

  constructor(reason: UnreadableReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}
