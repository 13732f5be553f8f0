import { S3Uploads } from '../../adapters/s3/s3-uploads.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './command-inquiry.ts';
import { systemPorts, wireLedger, wireTable } from './work.wiring.ts';

const env = Env.parse(process.env);
const { table } = wireTable(env);
const { ledger, s3 } = wireLedger(table, env);
const uploads = new S3Uploads(s3, env.CONTENT_BUCKET);

const terms = wireTerms(table, env);

export const handler = makeHandler({
  ...wireHttp('work', table),
  ...systemPorts,
  terms,
  ledger,
  uploads,
});
