import type { MaskingPolicy } from './masking-policy.ts';

/** Whether a vendor under this policy gets attachments of a media type, parameters aside. */
export function isAttachmentShown(type: string, policy: MaskingPolicy): boolean {
  const bareType = (type.split(';', 1)[0] ?? '').trim().toLowerCase();
  return policy.attachments.some((allowed) =>
    allowed.endsWith('/*') ? bareType.startsWith(allowed.slice(0, -1)) : bareType === allowed,
  );
}
