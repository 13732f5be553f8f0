import * as z from 'zod';
import { filterByType } from './read-messaging.ts';
import type { IntrinsicResolver } from './resolve-intrinsics.ts';
import type { StackResource } from './resource.ts';

interface EventSourceMapping {
  readonly sourceArn: string;
  /** Name of the function. */
  readonly target: string;
  readonly batchSize: number;
  readonly partialFailures: boolean;
  /** Patterns of which one must match; without any, everything passes. */
  readonly patterns: readonly unknown[];
}

export interface QueueMapping extends EventSourceMapping {
  readonly maxConcurrency: number | undefined;
}

export interface StreamMapping extends EventSourceMapping {
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly bisect: boolean;
  /** -1 retries until the record's age ends it. */
  readonly maximumRetries: number;
  /** -1 is no limit but the stream's own. */
  readonly maximumAgeSeconds: number;
  readonly failureQueueArn: string | undefined;
}

export interface ScheduleResource {
  readonly name: string;
  readonly arn: string;
  readonly everySeconds: number;
  /** Names of the functions, each with the constant input the template gives, if any. */
  readonly targets: readonly { readonly target: string; readonly input: string | undefined }[];
}

const MappingProperties = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.number().optional(),
  FunctionResponseTypes: z.array(z.string()).default([]),
  FilterCriteria: z.object({ Filters: z.array(z.object({ Pattern: z.string() })) }).optional(),
  ScalingConfig: z.object({ MaximumConcurrency: z.number().optional() }).optional(),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']).default('TRIM_HORIZON'),
  BisectBatchOnFunctionError: z.boolean().default(false),
  MaximumRetryAttempts: z.number().default(-1),
  MaximumRecordAgeInSeconds: z.number().default(-1),
  DestinationConfig: z
    .object({ OnFailure: z.object({ Destination: z.string() }).optional() })
    .optional(),
});
type MappingProperties = z.infer<typeof MappingProperties>;

export function readMappings(
  resources: readonly StackResource[],
  resolver: IntrinsicResolver,
): { queues: QueueMapping[]; streams: StreamMapping[] } {
  const all = filterByType(resources, 'AWS::Lambda::EventSourceMapping')
    .map((resource) => MappingProperties.parse(resolver.properties(resource)))
    .filter(({ Enabled }) => Enabled);
  return {
    queues: all
      .filter(({ EventSourceArn }) => EventSourceArn.startsWith('arn:aws:sqs:'))
      .map((one) => ({
        ...buildMapping(one, 10),
        maxConcurrency: one.ScalingConfig?.MaximumConcurrency,
      })),
    streams: all
      .filter(({ EventSourceArn }) => EventSourceArn.startsWith('arn:aws:dynamodb:'))
      .map((one) => ({
        ...buildMapping(one, 100),
        startingPosition: one.StartingPosition,
        bisect: one.BisectBatchOnFunctionError,
        maximumRetries: one.MaximumRetryAttempts,
        maximumAgeSeconds: one.MaximumRecordAgeInSeconds,
        failureQueueArn: one.DestinationConfig?.OnFailure?.Destination,
      })),
  };
}

function buildMapping(properties: MappingProperties, batchSize: number): EventSourceMapping {
  return {
    sourceArn: properties.EventSourceArn,
    target: functionNameOf(properties.FunctionName),
    batchSize: properties.BatchSize ?? batchSize,
    partialFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
    patterns: (properties.FilterCriteria?.Filters ?? []).map(
      ({ Pattern }) => JSON.parse(Pattern) as unknown,
    ),
  };
}

/** Reads the name of a function, which some constructs refer to by name and others by ARN. */
export function functionNameOf(reference: string): string {
  return reference.startsWith('arn:aws:lambda:') ? (reference.split(':')[6] ?? '') : reference;
}

const RuleProperties = z.object({
  ScheduleExpression: z.string(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(z.object({ Arn: z.string(), Input: z.string().optional() })).default([]),
});

export function readSchedules(
  resources: readonly StackResource[],
  resolver: IntrinsicResolver,
): ScheduleResource[] {
  return filterByType(resources, 'AWS::Events::Rule')
    .filter(({ properties }) => properties['ScheduleExpression'] !== undefined)
    .flatMap((resource) => {
      const { ScheduleExpression, State, Targets } = RuleProperties.parse(
        resolver.properties(resource),
      );
      if (State === 'DISABLED') return [];
      const { ref, attributes } = resolver.names(resource);
      return [
        {
          name: ref,
          arn: attributes['Arn'] ?? '',
          everySeconds: parseRateSeconds(ScheduleExpression),
          targets: Targets.map(({ Arn, Input }) => ({ target: functionNameOf(Arn), input: Input })),
        },
      ];
    });
}

const UNIT_SECONDS = { minute: 60, hour: 3600, day: 86_400 } as const;

function parseRateSeconds(expression: string): number {
  const match = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  const [, count, unit] = match ?? [];
  if (count === undefined || unit === undefined) {
    throw new Error(`The schedule "${expression}" is not a rate, which is all this host runs.`);
  }
  return Number(count) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
}
