/** A stage cannot be exported or imported as things stand; the message says why and what to do. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
}
