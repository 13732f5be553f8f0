import { setTimeout } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoInquiryLedger } from '../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import {
  DynamoIntakeLookup,
  DynamoReceiptLedger,
} from '../../adapters/dynamo/intake/dynamo-intake-lookup.ts';
import { PostalMimeReader } from '../../adapters/mime/postal-mime-reader.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../adapters/s3/content-store.ts';
import { S3AttachmentBytes, S3RawMails } from '../../adapters/s3/s3-mail.ts';
import { makeDynamoClient, makeSecretsClient } from '../../adapters/sdk/aws-clients.ts';
import { makeS3Client } from '../../adapters/sdk/s3-client.ts';
import { hmacSha256 } from '../../adapters/secrets/hmac-sha256.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { readReplyAddress } from '../../core/inquiry/tokens/reply-token.ts';
import type { MailIntakeDependencies } from '../../core/intake/ports.ts';
import { wireTerms } from '../edge/edge.wiring.ts';
import { makeSigningKeys, type SigningKeys } from '../edge/signing-keys.ts';
import type { MailEnv } from './mail-env.ts';

/** Wires what taking in mail needs; the signing keys and the terms are read anew each time. */
export function wireMailIntake(env: MailEnv): {
  readonly table: { readonly client: DynamoDBClient; readonly name: string };
  readonly signing: SigningKeys;
  readonly intakeNow: () => Promise<MailIntakeDependencies>;
} {
  const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
  const s3 = makeS3Client();
  const content = new S3ContentStore(s3, env.CONTENT_BUCKET);
  const secret = new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN);
  const signing = makeSigningKeys(secret.read);
  const inForce = wireTerms(table, env);
  const intake = {
    ledger: new DynamoInquiryLedger(table, content),
    random: nodeRandomness,
    pause: (milliseconds: number) => setTimeout(milliseconds),
    settings: {
      mailDomain: env.MAIL_DOMAIN,
      helpAddress: env.HELP_ADDRESS,
      policy: env.MAIL_POLICY,
    },
    reader: new PostalMimeReader(),
    rawMails: new S3RawMails(s3, env.MAIL_BUCKET),
    lookup: new DynamoIntakeLookup(table),
    receipts: new DynamoReceiptLedger(table),
    attachments: new S3AttachmentBytes(content),
  };
  return {
    table,
    signing,
    intakeNow: async () => {
      const [keys, terms] = await Promise.all([signing.of('reply'), inForce.read()]);
      return {
        ...intake,
        terms,
        readToken: (address) => readReplyAddress({ keys, mac: hmacSha256 }, address),
      };
    },
  };
}
