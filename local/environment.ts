import { randomBytes } from 'node:crypto';
import { ACCOUNT_ID, REGION } from './deployment/region.ts';
import { SES_PREFIX } from './engines/aws-endpoint.ts';
import type { SigningCredentials } from './gateway/check-presigned-request.ts';
import { OBJECT_PREFIX } from './gateway/object-endpoint.ts';

/** Makes keys that sign what the functions send; outside of this process they admit to nothing. */
export function makeCredentials(): SigningCredentials {
  return {
    accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(24).toString('base64url'),
  };
}

/** Makes the environment in which the AWS SDK finds this machine's engines, and nothing else. */
export function makeAwsEnvironment(
  addresses: { httpPort: number; awsPort: number; dynamo: string },
  credentials: SigningCredentials,
): Record<string, string> {
  const aws = `http://127.0.0.1:${addresses.awsPort}`;
  return {
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCOUNT_ID: ACCOUNT_ID,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: aws,
    AWS_ENDPOINT_URL_SQS: aws,
    AWS_ENDPOINT_URL_SNS: aws,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws,
    AWS_ENDPOINT_URL_SES: `${aws}${SES_PREFIX}`,
    // By number, not as localhost: for an IP address the SDK puts the bucket in the path. The port
    // is the public one, so that presigned URLs work in a browser.
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${addresses.httpPort}${OBJECT_PREFIX}`,
    AWS_ENDPOINT_URL_DYNAMODB: addresses.dynamo,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: addresses.dynamo,
    AWS_LAMBDA_FUNCTION_NAME: 'toritsugi-local',
  };
}

const EXCEPTIONS = 'WEBHOOK_EXCEPTIONS';

/**
 * Adds origins that webhooks may reach to the functions' environment, such as a receiver on this
 * machine, which no deployed stage would allow.
 */
export function addWebhookExceptions(
  shared: Readonly<Record<string, string>>,
  origins: readonly string[],
): Readonly<Record<string, string>> {
  if (origins.length === 0) return shared;
  const stageExceptions = shared[EXCEPTIONS];
  if (stageExceptions === undefined) throw new Error('No function of the template sends webhooks.');
  const stageOrigins = JSON.parse(stageExceptions) as readonly string[];
  return { ...shared, [EXCEPTIONS]: JSON.stringify([...stageOrigins, ...origins]) };
}

/** Variables of a developer's own AWS session, which would be sent with every local request. */
const FOREIGN = ['AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_ENDPOINT_URL_SESV2'];

/** Sets variables of this process; returns how to restore the former ones. */
export function applyEnvironment(variables: Readonly<Record<string, string>>): () => void {
  const previous = new Map(
    [...FOREIGN, ...Object.keys(variables)].map((name) => [name, process.env[name]]),
  );
  for (const name of FOREIGN) delete process.env[name];
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of previous) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
