import type { Uploads } from '../../core/intake/form/uploads.ts';
import type { AttachmentDownloads } from '../../core/work/ports.ts';
import type { S3ContentStore } from './content-store.ts';

/**
 * The adapters to S3, loaded when one is first called.
 *
 * The client and its commands are a fifth of a function's code, and most functions need them only
 * for a body that is too large for the table or for an attachment.
 */
export class S3OnDemand {
  readonly #client = loadOnce(async () => (await import('../sdk/s3-client.ts')).makeS3Client());

  content(bucket: string): Pick<S3ContentStore, 'get' | 'put'> {
    const load = loadOnce(async () => {
      const { S3ContentStore } = await import('./content-store.ts');
      return new S3ContentStore(await this.#client(), bucket);
    });
    return {
      get: async (key) => (await load()).get(key),
      put: async (key, body, type) => (await load()).put(key, body, type),
    };
  }

  uploads(bucket: string): Uploads {
    const load = loadOnce(async () => {
      const { S3Uploads } = await import('./s3-uploads.ts');
      return new S3Uploads(await this.#client(), bucket);
    });
    return {
      attach: async (uploader, ids, inquiryId) =>
        ids.length === 0 ? [] : (await load()).attach(uploader, ids, inquiryId),
    };
  }

  downloads(bucket: string): AttachmentDownloads {
    const load = loadOnce(async () => {
      const { PresignedDownloads } = await import('./presigned-downloads.ts');
      return new PresignedDownloads(await this.#client(), bucket);
    });
    return {
      link: async (inquiryId, attachment, now) => (await load()).link(inquiryId, attachment, now),
    };
  }
}

function loadOnce<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let loaded: Promise<Loaded> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
