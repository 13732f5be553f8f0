import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AnyPrincipal,
  Effect,
  PolicyStatement,
  type PolicyStatementProps,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  BucketPolicy,
  type CfnBucket,
  type CorsRule,
  HttpMethods,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { EntryFunction } from '../entry-function.ts';
import { type RestoredContext, restoredAs } from '../stage-context.ts';
import { exportForGood } from '../stage-stack.ts';

export interface StoreProps {
  readonly production: boolean;
  readonly rawMailDays: number;
  readonly webOrigins: readonly string[];
  readonly key: IKey | undefined;
  readonly restored: Pick<RestoredContext, 'mailBucket' | 'contentBucket'>;
}

interface ObjectRights {
  readonly read?: readonly string[];
  /**
   * Tells missing objects from forbidden ones: without the right to list, S3 answers 403 to both.
   */
  readonly mayBeMissing?: true;
  /** Lists the bucket's keys. */
  readonly list?: true;
  readonly write?: readonly string[];
  readonly remove?: readonly string[];
}

/** The two buckets: raw mail, and what is too large for the ledger. */
export class ObjectStore extends Construct {
  readonly mail: IBucket;
  readonly content: IBucket;
  readonly #key: IKey | undefined;
  /** The buckets' ARNs as the security checks write them. */
  readonly #arnsInFindings = new Map<IBucket, string>();

  constructor(scope: Construct, id: string, props: StoreProps) {
    super(scope, id);
    this.#key = props.key;
    const accessLog = new Bucket(this, 'AccessLog', {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [{ id: 'forget', expiration: Duration.days(400) }],
      removalPolicy: removalPolicyOf(props.production),
    });
    const bucket = (
      name: string,
      restored: string | undefined,
      lifecycleRules: LifecycleRule[],
      cors: CorsRule[] = [],
    ): IBucket => {
      const own = new Bucket(this, name, {
        cors,
        ...(props.key === undefined
          ? { encryption: BucketEncryption.S3_MANAGED }
          : {
              encryption: BucketEncryption.KMS,
              encryptionKey: props.key,
              bucketKeyEnabled: true,
            }),
        enforceSSL: true,
        minimumTLSVersion: 1.2,
        blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
        objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
        // Other stages are deleted whole, which old versions in a bucket would prevent.
        versioned: props.production,
        serverAccessLogsBucket: accessLog as IBucket,
        serverAccessLogsPrefix: `${name.toLowerCase()}/`,
        removalPolicy: removalPolicyOf(props.production),
        lifecycleRules: [
          { id: 'abandoned-parts', abortIncompleteMultipartUploadAfter: Duration.days(1) },
          ...(props.production
            ? [
                {
                  id: 'undo',
                  noncurrentVersionExpiration: Duration.days(30),
                  expiredObjectDeleteMarker: true,
                },
              ]
            : []),
          ...lifecycleRules,
        ],
        // The CDK's types do not allow for exactOptionalPropertyTypes.
      }) as IBucket;
      this.#arnsInFindings.set(own, exportForGood(this, own.bucketArn));
      exportForGood(this, own.bucketName);
      if (restored === undefined) return own;
      (own.node.defaultChild as CfnBucket).addMetadata(restoredAs, { name: restored });
      const used = Bucket.fromBucketName(this, `Restored${name}`, restored);
      this.#arnsInFindings.set(used, `arn:<AWS::Partition>:s3:::${restored}`);
      return used;
    };
    // Nothing under incoming/ expires: a mail there has no fate yet.
    this.mail = bucket('Mail', props.restored.mailBucket, [
      { id: 'raw-mail', prefix: 'raw/', expiration: Duration.days(props.rawMailDays) },
    ]);
    this.content = bucket(
      'Content',
      props.restored.contentBucket,
      [
        { id: 'unclaimed-uploads', prefix: 'upload/', expiration: Duration.days(2) },
        { id: 'finished-jobs', prefix: 'job/', expiration: Duration.days(30) },
      ],
      // The browser posts an attachment straight to the bucket, by a policy that the function
      // signs.
      [
        {
          allowedOrigins: [...props.webOrigins],
          allowedMethods: [HttpMethods.POST],
          allowedHeaders: ['content-type'],
          maxAge: 3600,
        },
      ],
    );
    if (props.restored.mailBucket !== undefined) this.#addPolicy(this.mail);
    if (props.restored.contentBucket !== undefined) this.#addPolicy(this.content);
  }

  grantMail(fn: EntryFunction, rights: ObjectRights): void {
    this.#grant(fn, this.mail, rights);
  }

  /** Grants listing the mails under one prefix, not the whole bucket. */
  grantMailList(fn: EntryFunction, prefix: string): void {
    fn.allow(['s3:ListBucket'], [this.mail.bucketArn], {
      StringLike: { 's3:prefix': `${prefix}*` },
    });
  }

  grantContent(fn: EntryFunction, rights: ObjectRights): void {
    this.#grant(fn, this.content, rights);
  }

  #grant(fn: EntryFunction, bucket: IBucket, rights: ObjectRights): void {
    const allow = (action: string, prefixes: readonly string[] = []) => {
      for (const prefix of prefixes) {
        const objects = bucket.arnForObjects(`${prefix}*`);
        fn.allow([action], [objects]);
        fn.explainWildcard(
          objects,
          'Objects are named when they are made; S3 rights are given by prefix, and the function uses no other.',
          `${this.#arnsInFindings.get(bucket)}/${prefix}*`,
        );
      }
    };
    allow('s3:GetObject', rights.read);
    allow('s3:PutObject', rights.write);
    allow('s3:DeleteObject', rights.remove);
    if (rights.mayBeMissing || rights.list) fn.allow(['s3:ListBucket'], [bucket.bucketArn]);
    if (this.#key === undefined) return;
    if (rights.read) fn.allow(['kms:Decrypt'], [this.#key.keyArn]);
    if (rights.write) fn.allow(['kms:GenerateDataKey'], [this.#key.keyArn]);
  }

  /**
   * Gives a restored bucket the policy of one that is made here: TLS alone, and SES may store mail
   * in it, which it tests when its receipt rule is made.
   */
  #addPolicy(bucket: IBucket): void {
    const { document } = new BucketPolicy(this, `${bucket.node.id}Policy`, {
      bucket,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const everything = [bucket.bucketArn, bucket.arnForObjects('*')];
    const deny = (conditions: PolicyStatementProps['conditions']) =>
      document.addStatements(
        new PolicyStatement({
          ...{ effect: Effect.DENY, principals: [new AnyPrincipal()], actions: ['s3:*'] },
          ...{ resources: everything, conditions: conditions ?? {} },
        }),
      );
    deny({ Bool: { 'aws:SecureTransport': 'false' } });
    deny({ NumericLessThan: { 's3:TlsVersion': 1.2 } });
    if (bucket !== this.mail) return;
    document.addStatements(
      new PolicyStatement({
        principals: [new ServicePrincipal('ses.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects('incoming/*')],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
  }
}

/** What appending events reads and writes: bodies that are too long for the ledger. */
export const bodyRights = { read: ['body/'], write: ['body/'] } as const;

/** What receiving a message writes as well: its attachments. */
export const bodyAndAttachmentRights = {
  read: ['body/'],
  write: ['body/', 'attachment/'],
} as const;

function removalPolicyOf(production: boolean): RemovalPolicy {
  return production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
