import { DynamoErasureSubjects } from '../../adapters/dynamo/erasure/dynamo-erasures.ts';
import { DynamoInquiryIndex } from '../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import { DynamoJobLedger } from '../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { DynamoJobNotes } from '../../adapters/dynamo/job/dynamo-job-notes.ts';
import { ErasureWork } from '../../adapters/job/erasure-work.ts';
import { PostalMimeReader } from '../../adapters/mime/postal-mime-reader.ts';
import { S3WholeBucket } from '../../adapters/s3/whole-bucket.ts';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { makeS3Client } from '../../adapters/sdk/s3-client.ts';
import { now } from '../edge/clock.wiring.ts';
import { makeLogger, makeMeter } from '../edge/telemetry/telemetry.ts';
import { Env, makeHandler } from './run-erasure.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const s3 = makeS3Client();
const jobs = new DynamoJobLedger(table);

export const handler = makeHandler({
  jobs,
  work: {
    'person-erasure': new ErasureWork({
      ...{ table, jobs, now },
      buckets: {
        content: new S3WholeBucket(s3, env.CONTENT_BUCKET),
        mails: new S3WholeBucket(s3, env.MAIL_BUCKET),
      },
      subjects: new DynamoErasureSubjects(table),
      index: new DynamoInquiryIndex(table),
      notes: new DynamoJobNotes(table),
      reader: new PostalMimeReader(),
    }),
  },
  logger: makeLogger(),
  meter: makeMeter('job'),
  now,
  clock: () => performance.now(),
});
