/** Sends messages to a queue, many at once. */
export interface Outbox {
  /** Returns the indexes of the messages that were not accepted. */
  send(
    queueUrl: string,
    messages: readonly { readonly body: string; readonly delaySeconds: number }[],
  ): Promise<ReadonlySet<number>>;
}
