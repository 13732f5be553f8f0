import { setTimeout } from 'node:timers/promises';
import { DynamoRuleSets } from '../../adapters/dynamo/config/dynamo-rule-sets.ts';
import { DynamoInquiryIndex } from '../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import { DynamoInquiryLedger } from '../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { DynamoPersonRegistry } from '../../adapters/dynamo/people/dynamo-person-registry.ts';
import { DynamoDeskVolumes } from '../../adapters/dynamo/routing/dynamo-desk-volumes.ts';
import { DynamoOverflowStates } from '../../adapters/dynamo/routing/dynamo-overflow-states.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3OnDemand } from '../../adapters/s3/s3-on-demand.ts';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { now } from '../edge/clock.wiring.ts';
import { wireTerms } from '../edge/edge.wiring.ts';
import { makeLogger, makeMeter } from '../edge/telemetry/telemetry.ts';
import { Env, makeHandler } from './route-inquiry.ts';

const elapsed = () => performance.now();
const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };

export const handler = makeHandler({
  terms: wireTerms(table, env),
  ledger: new DynamoInquiryLedger(table, new S3OnDemand().content(env.CONTENT_BUCKET)),
  ruleSets: new DynamoRuleSets(table, elapsed),
  index: new DynamoInquiryIndex(table),
  people: new DynamoPersonRegistry(table),
  overflows: new DynamoOverflowStates(table),
  volumes: new DynamoDeskVolumes(table),
  elapsed,
  random: nodeRandomness,
  pause: (milliseconds) => setTimeout(milliseconds),
  logger: makeLogger(),
  meter: makeMeter('routing'),
  now,
});
