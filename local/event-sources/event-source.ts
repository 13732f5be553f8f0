/** Something that calls functions by itself. */
export interface FunctionEventSource {
  start(): void;
  /** Takes nothing more up and waits for what is under way. */
  stop(): Promise<void>;
  /** Whether nothing is under way and nothing waits, delayed messages aside. */
  isIdle(): boolean | Promise<boolean>;
}

/** The sequence numbers or message ids that a function reports as failed; undefined when malformed. */
export function readFailedItems(answer: unknown): string[] | undefined {
  const list = (answer as { batchItemFailures?: unknown } | null | undefined)?.batchItemFailures;
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return undefined;
  const ids = list.map((item) => (item as { itemIdentifier?: unknown } | null)?.itemIdentifier);
  return ids.every((id) => typeof id === 'string' && id !== '') ? (ids as string[]) : undefined;
}
