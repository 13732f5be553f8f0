import { createHmac } from 'node:crypto';
import type { Mac } from '../../core/inquiry/tokens/token.ts';

/** @see https://www.rfc-editor.org/rfc/rfc2104 */
export const hmacSha256: Mac = (key, message) => createHmac('sha256', key).update(message).digest();
