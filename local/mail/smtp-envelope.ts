/** The envelope that the sending server gave with a mail. */
export interface SmtpEnvelope {
  /** The reverse path; empty for a bounce. */
  readonly source: string;
  readonly recipients: readonly string[];
  /** The client that connected, by name and address. */
  readonly client: string;
}
