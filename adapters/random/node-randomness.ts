import { randomBytes } from 'node:crypto';
import type { Randomness } from '../../core/inquiry/ports.ts';
import type { InquiryId, Instant } from '../../core/inquiry/values/ids.ts';

/** Randomness from the operating system. */
export const nodeRandomness: Randomness = {
  inquiryId: (now) => uuidv7(now) as InquiryId,
  id: uuidv7,
  bytes: (count) => randomBytes(count),
  fraction: () => randomBytes(4).readUInt32BE(0) / 2 ** 32,
};

/** @see https://www.rfc-editor.org/rfc/rfc9562#section-5.7 */
function uuidv7(now: Instant): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.parse(now), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
