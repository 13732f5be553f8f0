import { DynamoInquiryIndex } from '../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import { DynamoJobLedger } from '../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { StoredImports } from '../../adapters/job/stored-imports.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3OnDemand } from '../../adapters/s3/s3-on-demand.ts';
import { makeDynamoClient, makeSecretsClient } from '../../adapters/sdk/aws-clients.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { Env, makeHandler } from './maintain-registry.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const content = new S3OnDemand().content(env.CONTENT_BUCKET);
const secret = new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN);
const jobs = new DynamoJobLedger(table);

export const handler = makeHandler({
  ...wireHttp('people', table),
  env,
  terms: wireTerms(table, env),
  index: new DynamoInquiryIndex(table),
  imports: new StoredImports(jobs, content, nodeRandomness, 'people-import'),
  cursorKeys: makeSigningKeys(secret.read),
});
