import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientOptions } from './client-options.ts';
import { handleTransientFaults } from './transient-faults.ts';

/*
 * A DynamoDB command's middleware is put together once and not for each call; that of SQS holds the
 * queue of the call. The checksums of SQS guard against faults that TLS already finds.
 */
export function makeDynamoClient(): DynamoDBClient {
  return handleTransientFaults(new DynamoDBClient({ ...clientOptions, cacheMiddleware: true }));
}

export function makeSqsClient(): SQSClient {
  return handleTransientFaults(new SQSClient({ ...clientOptions, md5: false }));
}

export function makeSecretsClient(): SecretsManagerClient {
  return handleTransientFaults(new SecretsManagerClient(clientOptions));
}
