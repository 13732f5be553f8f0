import { S3RawMails } from '../../adapters/s3/s3-mail.ts';
import { makeSqsClient } from '../../adapters/sdk/aws-clients.ts';
import { makeS3Client } from '../../adapters/sdk/s3-client.ts';
import { SqsIntakeQueue } from '../../adapters/sqs/sqs-intake-queue.ts';
import { now } from '../edge/clock.wiring.ts';
import { makeLogger, makeMeter } from '../edge/telemetry/telemetry.ts';
import { Env, makeHandler } from './reconcile-mail.ts';

const env = Env.parse(process.env);

export const handler = makeHandler({
  bucket: env.MAIL_BUCKET,
  mails: new S3RawMails(makeS3Client(), env.MAIL_BUCKET),
  queue: new SqsIntakeQueue(makeSqsClient(), env.INTAKE_QUEUE_URL),
  logger: makeLogger(),
  meter: makeMeter('intake'),
  now,
});
