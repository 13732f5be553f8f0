import { buildAttachmentKey } from '../core/inquiry/values/attachment-key.ts';
import type { InquiryId } from '../core/inquiry/values/ids.ts';
import type { ImageRow } from './item-image.ts';
import type { BucketRole } from './manifest.ts';

export interface ObjectReference {
  readonly role: BucketRole;
  readonly key: string;
  /** Where the bucket deletes such objects by age: the instant from which the age counts. */
  readonly agesFrom: string | undefined;
}

/**
 * Lists the objects that an item names: a receipt its raw mail, an event the bodies and attachments
 * of its messages, a job its input.
 */
export function listObjectReferences({ pk, item }: ImageRow): ObjectReference[] {
  const { kind, data } = JSON.parse(item) as Record<string, { S?: string } | undefined>;
  if (data?.S === undefined) return [];
  switch (kind?.S) {
    case 'receipt': {
      const { raw, at } = JSON.parse(data.S) as { raw?: string; at: string };
      return raw === undefined ? [] : [{ role: 'mail', key: raw, agesFrom: at }];
    }
    case 'event':
      return listMessageObjects(JSON.parse(data.S), pk.slice('INQ#'.length)).map((key) => ({
        ...{ role: 'content', key, agesFrom: undefined },
      }));
    case 'job': {
      const { input, createdAt } = JSON.parse(data.S) as { input: string; createdAt: string };
      // A job's input may also stand in the job itself.
      return input.startsWith('job/') ? [{ role: 'content', key: input, agesFrom: createdAt }] : [];
    }
    default:
      return [];
  }
}

/** Finds messages wherever an event has them, as a call has two. */
function listMessageObjects(value: unknown, inquiryId: string): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => listMessageObjects(one, inquiryId));
  if (typeof value !== 'object' || value === null) return [];
  const { bodyKey, attachments, ...others } = value as Record<string, unknown>;
  return [
    ...(typeof bodyKey === 'string' ? [bodyKey] : []),
    ...(Array.isArray(attachments) ? attachments : []).flatMap(({ id }: { id?: unknown }) =>
      typeof id === 'string' ? [buildAttachmentKey(inquiryId as InquiryId, id)] : [],
    ),
    ...Object.values(others).flatMap((one) => listMessageObjects(one, inquiryId)),
  ];
}
