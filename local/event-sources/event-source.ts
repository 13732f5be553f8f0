/** A source that calls functions by itself. */
export interface FunctionEventSource {
  start(): void;
  /** Accepts nothing more and waits for what is in progress. */
  stop(): Promise<void>;
  /** Whether nothing is in progress and nothing waits, except delayed messages. */
  isIdle(): boolean | Promise<boolean>;
}

/** Reads the ids of records that a function reports as failed; undefined when malformed. */
export function readFailedItems(answer: unknown): string[] | undefined {
  const list = (answer as { batchItemFailures?: unknown } | null | undefined)?.batchItemFailures;
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return undefined;
  const ids = list.map((item) => (item as { itemIdentifier?: unknown } | null)?.itemIdentifier);
  return ids.every((id) => typeof id === 'string' && id !== '') ? (ids as string[]) : undefined;
}
