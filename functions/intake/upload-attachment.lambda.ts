import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3Uploads } from '../../adapters/s3/s3-uploads.ts';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { makeS3Client } from '../../adapters/sdk/s3-client.ts';
import { wireHttp } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './upload-attachment.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };

export const handler = makeHandler({
  ...wireHttp('intake', table),
  files: new S3Uploads(makeS3Client(), env.CONTENT_BUCKET),
  random: nodeRandomness,
});
