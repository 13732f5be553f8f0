import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './command-inquiry.ts';
import { systemPorts, wireLedger, wireTable } from './work.wiring.ts';

const env = Env.parse(process.env);
const { table } = wireTable(env);
const { ledger, s3 } = wireLedger(table, env);
const uploads = s3.uploads(env.CONTENT_BUCKET);

const terms = wireTerms(table, env);

export const handler = makeHandler({
  ...wireHttp('work', table),
  ...systemPorts,
  terms,
  ledger,
  uploads,
});
