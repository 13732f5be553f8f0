import { makeSecretsClient, makeSqsClient } from '../../adapters/sdk/aws-clients.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { SqsDeskQueue } from '../../adapters/sqs/sqs-desk-queue.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { Env, makeHandler } from './serve-vendor.ts';
import { systemPorts, wireLedger, wireTable } from './work.wiring.ts';

const env = Env.parse(process.env);
const { table, index } = wireTable(env);
const { ledger, s3 } = wireLedger(table, env);
const secret = new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN);
const edge = wireHttp('work', table);
const terms = wireTerms(table, env);
const keys = makeSigningKeys(secret.read);

export const handler = makeHandler({
  ...{ ...edge, ...systemPorts },
  ...{ terms, ledger, index, signatures: { terms, keys } },
  uploads: s3.uploads(env.CONTENT_BUCKET),
  pendingClaims: ledger,
  deskQueue: new SqsDeskQueue(makeSqsClient()),
  clock: edge.now,
  cursorKeys: keys,
});
