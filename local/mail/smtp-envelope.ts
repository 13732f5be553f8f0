/** What the sending server said of a mail, beside the mail. */
export interface SmtpEnvelope {
  /** The reverse path; empty for a bounce. */
  readonly source: string;
  readonly recipients: readonly string[];
  /** Who connected, by name and address. */
  readonly client: string;
}
