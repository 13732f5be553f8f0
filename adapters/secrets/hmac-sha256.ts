import { createHmac } from 'node:crypto';
import type { MacFunction } from '../../core/inquiry/tokens/token.ts';

/** @see https://www.rfc-editor.org/rfc/rfc2104 */
export const hmacSha256: MacFunction = (key, message) =>
  createHmac('sha256', key).update(message).digest();
