import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AttributeType,
  BillingMode,
  type CfnTable,
  type ITable,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { EntryFunction } from '../entry-function.ts';
import { type RestoredContext, restoredAs } from '../stage-context.ts';
import { exportForGood } from '../stage-stack.ts';
import type { Watch } from '../watch/watch.ts';

const indexes = {
  worklist: { pk: 'wlPk', sk: 'wlSk' },
  agent: { pk: 'agPk', sk: 'agSk' },
  requester: { pk: 'rqPk', sk: 'rqSk' },
  alarms: { pk: 'alPk', sk: 'alSk' },
} as const;
export type LedgerIndex = keyof typeof indexes;
export const ledgerIndexes = Object.keys(indexes) as LedgerIndex[];

const readActions = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
/** What a kind of access may write; a transaction is authorised by the actions of its parts. */
const writeActions = {
  /** Events with everything in their transaction, leases and alarms. */
  append: [
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
    'dynamodb:ConditionCheckItem',
  ],
  /** People, who move from one key to another. */
  register: ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'],
  /** Items written alone: a sweep mark, an answer to repeat, the progress of a notice. */
  put: ['dynamodb:PutItem'],
} as const;
/** Audit entries: they stay unchanged until they expire. */
const auditKeys = { 'dynamodb:LeadingKeys': ['AUDIT#*'] };
/** People, and the mark that an address has been first lead. */
const signInKeys = { 'dynamodb:LeadingKeys': ['PERSON#*', 'FIRSTLEAD#*'] };

/** What DynamoDB does with the table's key for the caller, spelled out where AWS uses wildcards. */
const keyForReading = ['kms:Decrypt', 'kms:DescribeKey'];
const keyForWriting = [
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** The one table: events, snapshots and everything else in DESIGN section 3. */
export class LedgerTable extends Construct {
  /** What the stage uses: the table made here, or a restored one. */
  readonly table: ITable;
  readonly streamArn: string;
  /**
   * Where a function begins that has not read the stream yet. What is in the stream of a restored
   * table was relayed before, or is owed by an alarm.
   */
  readonly streamStart: StartingPosition;
  readonly #key: IKey | undefined;
  readonly #protected = new Set<EntryFunction>();

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly production: boolean;
      readonly key: IKey | undefined;
      readonly watch: Watch;
      readonly restored: RestoredContext['table'];
    },
  ) {
    super(scope, id);
    this.#key = props.key;
    const own = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      stream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.production,
      removalPolicy: props.production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(props.key === undefined
        ? {}
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: props.key }),
    });
    for (const [indexName, keys] of Object.entries(indexes)) {
      own.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: keys.pk, type: AttributeType.STRING },
        sortKey: { name: keys.sk, type: AttributeType.STRING },
        // An index only tells which items to read, and each write is charged once more per index.
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
    const { tableStreamArn } = own;
    if (tableStreamArn === undefined) throw new Error('The table has no stream');
    for (const value of [own.tableName, own.tableArn, tableStreamArn]) {
      exportForGood(this, value);
    }
    const { restored } = props;
    this.table =
      restored === undefined
        ? // The CDK's types do not allow for exactOptionalPropertyTypes.
          (own as ITable)
        : Table.fromTableName(this, 'Restored', restored.name);
    this.streamArn = restored?.streamArn ?? tableStreamArn;
    this.streamStart =
      restored === undefined ? StartingPosition.TRIM_HORIZON : StartingPosition.LATEST;
    if (restored !== undefined) {
      (own.node.defaultChild as CfnTable).addMetadata(restoredAs, restored);
    }
    this.#watchThrottling(props.watch);
  }

  grantRead(reader: EntryFunction, ...through: readonly LedgerIndex[]): void {
    reader.allow(readActions, [this.table.tableArn]);
    this.#protectAudit(reader);
    this.#grantQuery(reader, through);
    if (this.#key) reader.allow(keyForReading, [this.#key.keyArn]);
  }

  /** Grants reading and one kind of writing. */
  grantWrite(
    writer: EntryFunction,
    kind: keyof typeof writeActions,
    ...through: readonly LedgerIndex[]
  ): void {
    this.grantRead(writer, ...through);
    writer.allow(writeActions[kind], [this.table.tableArn]);
    if (this.#key) writer.allow(keyForWriting, [this.#key.keyArn]);
  }

  /** Grants adding to the audit, which every function that people call with a token does. */
  grantAudit(recorder: EntryFunction): void {
    recorder.allow(['dynamodb:PutItem'], [this.table.tableArn], {
      'ForAllValues:StringLike': auditKeys,
    });
    this.#protectAudit(recorder);
    if (this.#key) recorder.allow([...keyForReading, ...keyForWriting], [this.#key.keyArn]);
  }

  /** Grants what a sign-in does: it reads and puts people, and tells the audit. */
  grantSignIn(fn: EntryFunction): void {
    fn.allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem'], [this.table.tableArn], {
      'ForAllValues:StringLike': signInKeys,
    });
    fn.allow(['dynamodb:PutItem'], [this.table.tableArn], {
      'ForAllValues:StringLike': {
        'dynamodb:LeadingKeys': [
          ...signInKeys['dynamodb:LeadingKeys'],
          ...auditKeys['dynamodb:LeadingKeys'],
        ],
      },
    });
    this.#protectAudit(fn);
    if (this.#key) fn.allow([...keyForReading, ...keyForWriting], [this.#key.keyArn]);
  }

  /**
   * Grants reading and replacing every item, by a scan. Audit entries too are replaced by a put, on
   * condition that they have not changed; updating and deleting them stays denied.
   */
  grantErasure(eraser: EntryFunction): void {
    this.grantRead(eraser, 'requester');
    eraser.allow(
      ['dynamodb:Scan', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
      [this.table.tableArn],
    );
    if (this.#key) eraser.allow(keyForWriting, [this.#key.keyArn]);
  }

  grantStream(reader: EntryFunction): void {
    reader.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      [this.streamArn],
    );
    reader.allow(['dynamodb:ListStreams'], ['*']);
    reader.explainWildcard(
      '*',
      'Lambda asks for ListStreams before it reads a stream, and IAM knows no resource for it.',
    );
    if (this.#key) reader.allow(keyForReading, [this.#key.keyArn]);
  }

  /** Denies changing audit entries, whatever else a function may do with the table. */
  #protectAudit(fn: EntryFunction): void {
    if (this.#protected.has(fn)) return;
    this.#protected.add(fn);
    fn.deny(['dynamodb:UpdateItem', 'dynamodb:DeleteItem'], [this.table.tableArn], {
      'ForAnyValue:StringLike': auditKeys,
    });
  }

  #grantQuery(reader: EntryFunction, through: readonly LedgerIndex[]): void {
    if (through.length === 0) return;
    reader.allow(
      ['dynamodb:Query'],
      through.map((index) => `${this.table.tableArn}/index/${index}`),
    );
  }

  /** A throttled index holds back writes to the table, so each index is counted. */
  #watchThrottling(watch: Watch): void {
    const period = Duration.minutes(5);
    const throttled = (metricName: string, index?: LedgerIndex) =>
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName,
        dimensionsMap: {
          TableName: this.table.tableName,
          ...(index === undefined ? {} : { GlobalSecondaryIndexName: index }),
        },
        statistic: Stats.SUM,
        period,
      });
    const metrics: Record<string, Metric> = {
      reads: throttled('ReadThrottleEvents'),
      writes: throttled('WriteThrottleEvents'),
    };
    for (const index of ledgerIndexes) metrics[index] = throttled('WriteThrottleEvents', index);
    const all = new MathExpression({
      expression: Object.keys(metrics)
        .map((name) => `FILL(${name}, 0)`)
        .join(' + '),
      usingMetrics: metrics,
      label: 'throttled requests',
      period,
    });
    watch.addAlarm('ledger-throttled', { metric: all, above: 10 });
    watch.addGraph('Ledger: throttled requests', all);
  }
}
