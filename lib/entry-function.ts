import { basename, dirname } from 'node:path';
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  Effect,
  PolicyDocument,
  PolicyStatement,
  type PolicyStatementProps,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, FunctionOptions } from 'aws-cdk-lib/aws-lambda';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { makeEntryCode } from './bundle-entry.ts';
import { StageStack } from './stage-stack.ts';

/** Lambda sets these itself and rejects them in a template. */
type LambdaVariable = 'AWS_REGION';

/** The variables that a function's `Env` schema names, each as the text it parses. */
export type FunctionVariables<Env> = { [Key in keyof Omit<Env, LambdaVariable>]: string };

export interface EntryFunctionProps<Env> {
  /** Path from the repository's root, such as `functions/work/claim-inquiry.lambda.ts`. */
  readonly entry: `functions/${string}/${string}.lambda.ts`;
  readonly environment: FunctionVariables<Env>;
  readonly logRetention: RetentionDays;
  readonly timeout: Duration;
  /** Megabytes, 1024 by default; 1769 give a whole processor. */
  readonly memory?: number;
  /** How many runs may go on at once, set aside for them; as many as the account has by default. */
  readonly reservedConcurrency?: number | undefined;
  /** How often Lambda itself repeats a failed asynchronous run: 2 by default. */
  readonly retryAttempts?: number;
  /** Where its caller takes no other refusal than an error, which then is no failure. */
  readonly refusesByError?: boolean;
}

/**
 * A Lambda function with its own role, which may only write the log of its capability until it is
 * allowed more.
 *
 * Tracing is off: records carry a correlation id from the mail or request to the notice, and X-Ray
 * would cost more than the functions themselves.
 */
export class EntryFunction<Env = unknown> extends Construct {
  readonly lambda: LambdaFunction;
  /** The use case's name, such as `claim-inquiry`. */
  readonly useCase: string;
  /** The capability it belongs to: its folder in `functions/`, such as `work`. */
  readonly capability: string;
  /** The name by which another stack watches it without a reference. */
  readonly name: string;
  /** Whether what Lambda counts as errors are answers. */
  readonly refusesByError: boolean;
  /** Written into the role itself, since a policy of its own would be one more resource. */
  readonly #rights = new PolicyDocument();
  /** By what the security checks find. */
  readonly #wildcards = new Map<string, { readonly resource: string; readonly reason: string }>();

  constructor(scope: Construct, id: string, props: EntryFunctionProps<Env>) {
    super(scope, id);
    this.useCase = basename(props.entry, '.lambda.ts');
    this.capability = basename(dirname(props.entry));
    this.refusesByError = props.refusesByError ?? false;
    this.name = StageStack.nameIn(this, `${this.capability}-${this.useCase}`);
    const logGroup = findLogGroup(this, this.capability, props.logRetention);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Rights: this.#rights },
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
    const options: FunctionOptions = {
      functionName: this.name,
      // The CDK's own grants would make a policy beside the role.
      role: role.withoutPolicyUpdates(),
      logGroup,
      architecture: Architecture.ARM_64,
      memorySize: props.memory ?? 1024,
      timeout: props.timeout,
      ...(props.retryAttempts === undefined ? {} : { retryAttempts: props.retryAttempts }),
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
      environment: {
        ...(props.environment as Record<string, string>),
        NODE_OPTIONS: '--enable-source-maps',
        POWERTOOLS_SERVICE_NAME: StageStack.of(this).prefix,
        POWERTOOLS_METRICS_NAMESPACE: 'Toritsugi',
        POWERTOOLS_LOG_LEVEL: 'INFO',
      },
    };
    this.lambda = new LambdaFunction(this, 'Function', {
      ...options,
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Stack.of(this).bundlingRequired
        ? makeEntryCode(props.entry)
        : Code.fromInline('// Not bundled.'),
    });
    const resource = this.lambda.node.defaultChild as CfnFunction;
    resource.addMetadata('toritsugi:entry', props.entry);
  }

  /** Allows exactly these actions on exactly these resources, under IAM conditions if any. */
  allow(
    actions: readonly string[],
    resources: readonly string[],
    conditions?: PolicyStatementProps['conditions'],
  ): void {
    this.#addStatement({ actions: [...actions], resources: [...resources] }, conditions);
  }

  /** Denies actions, even where another statement allows them. */
  deny(
    actions: readonly string[],
    resources: readonly string[],
    conditions?: PolicyStatementProps['conditions'],
  ): void {
    const effect = Effect.DENY;
    this.#addStatement({ effect, actions: [...actions], resources: [...resources] }, conditions);
  }

  #addStatement(
    statement: PolicyStatementProps,
    conditions: PolicyStatementProps['conditions'],
  ): void {
    this.#rights.addStatements(
      new PolicyStatement({
        ...statement,
        ...(conditions === undefined ? {} : { conditions }),
      }),
    );
  }

  /**
   * Gives the reason for a wildcard in an allowed resource; without one the security checks fail.
   *
   * @param finding how the checks write the resource, where it is one of another stack
   */
  explainWildcard(resource: string, reason: string, finding = resource): void {
    this.#wildcards.set(finding, { resource, reason });
    Validations.of(this).acknowledge({ id: `AwsSolutions-IAM5[Resource::${finding}]`, reason });
    (this.lambda.node.defaultChild as CfnFunction).addMetadata('toritsugi:wildcards', [
      ...this.#wildcards.values(),
    ]);
  }

  /** Lets a queue invoke the function, which reports the outcome of each message by itself. */
  consumeQueue(queue: IQueue, batchSize: number): void {
    this.lambda.addEventSourceMapping(`From${queue.node.scope?.node.id ?? queue.node.id}`, {
      eventSourceArn: queue.queueArn,
      batchSize,
      reportBatchItemFailures: true,
    });
    this.allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      [queue.queueArn],
    );
  }

  allowSending(...queues: readonly IQueue[]): void {
    this.allow(
      ['sqs:SendMessage'],
      queues.map((queue) => queue.queueArn),
    );
  }
}

/** Finds the log group that a stack's functions of one capability share, or makes it. */
function findLogGroup(scope: Construct, capability: string, retention: RetentionDays): LogGroup {
  const stack = StageStack.of(scope);
  // A capability may have functions in both, and a stage's ids are unique over its stacks.
  const id = stack.part === 'app' ? `Log-${capability}` : `Log-${stack.part}-${capability}`;
  const found = stack.node.tryFindChild(id) as LogGroup | undefined;
  if (found !== undefined) return found;
  return new LogGroup(stack, id, {
    logGroupName: `/${stack.prefix}/${stack.part}/${capability}`,
    retention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

/**
 * Megabytes for a function whose callers wait in it for work. Memory is billed while it waits: an
 * operator who waits all day at 256 MB costs a quarter of what 1024 MB would.
 */
export const waitingMemory = 256;

/** API Gateway waits 30 s at most; a second less leaves room to answer. */
export const httpTimeout = Duration.seconds(29);
