import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';

/*
 * The SDK's own work is the main cost of most steps, so what it does for nobody is left out.
 *
 * Its default logger drops every entry, after each call's input and output were copied for it; one
 * without `info` is not called for that. The credential providers call the others unasked. Its
 * checksums guard against faults that TLS already finds.
 */
const ignore = () => {};
const quietOptions = { logger: { debug: ignore, warn: ignore } as unknown as Console };

export function makeDynamoClient(): DynamoDBClient {
  return new DynamoDBClient(quietOptions);
}

export function makeSqsClient(): SQSClient {
  return new SQSClient({ ...quietOptions, md5: false });
}

export function makeS3Client(): S3Client {
  return new S3Client({
    ...quietOptions,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

export function makeSecretsClient(): SecretsManagerClient {
  return new SecretsManagerClient(quietOptions);
}
