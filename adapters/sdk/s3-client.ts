import { S3Client } from '@aws-sdk/client-s3';
import { clientOptions } from './client-options.ts';
import { handleTransientFaults } from './transient-faults.ts';

/** Makes a client without checksums of its own, which guard against faults that TLS already finds. */
export function makeS3Client(): S3Client {
  return handleTransientFaults(
    new S3Client({
      ...clientOptions,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
  );
}
