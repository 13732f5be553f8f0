/**
 * Thrown by an adapter when a store could not do something now that it may well do a little later.
 *
 * `transient.conflict`: others are changing the same thing, and nothing was done.
 * `transient.unavailable`: it was too busy or did not answer; whether a write was done is unknown,
 * so whoever repeats it needs a condition or key that recognizes its own earlier write.
 */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  readonly code: 'transient.conflict' | 'transient.unavailable';

  constructor(code: TransientError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
