/** Sends messages to a queue, many at once. */
export interface Outbox {
  /** The indexes of the messages that were not taken. */
  send(
    queueUrl: string,
    messages: readonly { readonly body: string; readonly delaySeconds: number }[],
  ): Promise<ReadonlySet<number>>;
}
