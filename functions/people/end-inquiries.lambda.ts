import { DynamoClosedInquiries } from '../../adapters/dynamo/erasure/dynamo-closed-inquiries.ts';
import { S3WholeBucket } from '../../adapters/s3/whole-bucket.ts';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { makeS3Client } from '../../adapters/sdk/s3-client.ts';
import { now } from '../edge/clock.wiring.ts';
import { makeLogger, makeMeter } from '../edge/telemetry/telemetry.ts';
import { Env, makeHandler } from './end-inquiries.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const s3 = makeS3Client();

export const handler = makeHandler({
  closed: new DynamoClosedInquiries(
    table,
    new S3WholeBucket(s3, env.CONTENT_BUCKET),
    new S3WholeBucket(s3, env.MAIL_BUCKET),
  ),
  keptDays: env.CLOSED_INQUIRY_DAYS,
  logger: makeLogger(),
  meter: makeMeter('people'),
  now,
  clock: () => performance.now(),
});
