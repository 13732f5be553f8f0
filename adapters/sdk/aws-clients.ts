import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { handleTransientFaults } from './transient-faults.ts';

/*
 * The SDK's own work is the main cost of most steps, so its needless parts are switched off.
 *
 * Its default logger drops every entry, after each call's input and output were copied for it; a
 * logger without `info` avoids the copies. `debug` and `warn` must be there, since the credential
 * providers call them unchecked. Its checksums guard against faults that TLS already finds.
 * A DynamoDB command's middleware is put together once and not for each call; that of S3 and SQS
 * holds the bucket or queue of the call.
 */
const ignore = () => {};
const quietOptions = { logger: { debug: ignore, warn: ignore } as unknown as Console };

export function makeDynamoClient(): DynamoDBClient {
  return handleTransientFaults(new DynamoDBClient({ ...quietOptions, cacheMiddleware: true }));
}

export function makeSqsClient(): SQSClient {
  return handleTransientFaults(new SQSClient({ ...quietOptions, md5: false }));
}

export function makeS3Client(): S3Client {
  return handleTransientFaults(
    new S3Client({
      ...quietOptions,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
  );
}

export function makeSecretsClient(): SecretsManagerClient {
  return handleTransientFaults(new SecretsManagerClient(quietOptions));
}
