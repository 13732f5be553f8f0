import { setTimeout } from 'node:timers/promises';
import { SESClient } from '@aws-sdk/client-ses';
import { DynamoJobNotices } from '../../adapters/dynamo/job/dynamo-job-notices.ts';
import { DynamoNoticeLedger } from '../../adapters/dynamo/notice/dynamo-notice-ledger.ts';
import { DynamoPersonRegistry } from '../../adapters/dynamo/people/dynamo-person-registry.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3OnDemand } from '../../adapters/s3/s3-on-demand.ts';
import { makeDynamoClient, makeSecretsClient } from '../../adapters/sdk/aws-clients.ts';
import { clientOptions } from '../../adapters/sdk/client-options.ts';
import { hmacSha256 } from '../../adapters/secrets/hmac-sha256.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { SesMailSender } from '../../adapters/ses/ses-mail-sender.ts';
import { HttpWebhooks } from '../../adapters/webhook/http-webhooks.ts';
import { wireEdge, wireTerms } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { Env, makeHandler } from './send-notice.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const content = new S3OnDemand().content(env.CONTENT_BUCKET);

export const handler = makeHandler({
  ...wireEdge('notice'),
  env,
  terms: wireTerms(table, env),
  ledger: new DynamoNoticeLedger(table, content),
  jobNotices: new DynamoJobNotices(table),
  people: new DynamoPersonRegistry(table),
  attachments: content,
  mail: new SesMailSender(
    new SESClient({
      ...clientOptions,
      // A repeated request could send a mail twice.
      maxAttempts: 1,
      // Shorter than the function may run, so that the notice's outcome is still recorded.
      requestHandler: { connectionTimeout: 3_000, requestTimeout: 20_000 },
    }),
    { configurationSet: env.CONFIGURATION_SET, region: env.AWS_REGION },
  ),
  webhooks: new HttpWebhooks(env.WEBHOOK_EXCEPTIONS),
  keys: makeSigningKeys(new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN).read),
  mac: hmacSha256,
  random: nodeRandomness,
  pause: (milliseconds) => setTimeout(milliseconds),
});
