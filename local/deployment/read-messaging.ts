import * as z from 'zod';
import type { IntrinsicResolver } from './resolve-intrinsics.ts';
import { readRestored, type StackResource } from './resource.ts';

export interface QueueResource {
  readonly name: string;
  readonly arn: string;
  /** Attributes in the form of SQS's CreateQueue. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface TopicResource {
  readonly name: string;
  readonly arn: string;
}

export interface SubscriptionResource {
  readonly topicArn: string;
  readonly queueArn: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface BucketResource {
  readonly name: string;
  /** Whether pages of other origins may reach the bucket. */
  readonly crossOrigin: boolean;
}

const QueueProperties = z.object({
  VisibilityTimeout: z.number().optional(),
  DelaySeconds: z.number().optional(),
  MessageRetentionPeriod: z.number().optional(),
  ReceiveMessageWaitTimeSeconds: z.number().optional(),
  MaximumMessageSize: z.number().optional(),
  FifoQueue: z.boolean().optional(),
  ContentBasedDeduplication: z.boolean().optional(),
  RedrivePolicy: z
    .object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() })
    .optional(),
});

export function readQueues(
  resources: readonly StackResource[],
  resolver: IntrinsicResolver,
): QueueResource[] {
  return filterByType(resources, 'AWS::SQS::Queue').map((resource) => {
    const { RedrivePolicy, ...rest } = QueueProperties.parse(resolver.properties(resource));
    const attributes: Record<string, string> = {};
    for (const [name, value] of Object.entries(rest)) {
      if (value !== undefined) attributes[name] = String(value);
    }
    if (RedrivePolicy !== undefined) attributes['RedrivePolicy'] = JSON.stringify(RedrivePolicy);
    const names = resolver.names(resource).attributes;
    return { name: names['QueueName'] ?? '', arn: names['Arn'] ?? '', attributes };
  });
}

export function readTopics(
  resources: readonly StackResource[],
  resolver: IntrinsicResolver,
): TopicResource[] {
  return filterByType(resources, 'AWS::SNS::Topic').map((resource) => {
    const names = resolver.names(resource).attributes;
    return { name: names['TopicName'] ?? '', arn: names['TopicArn'] ?? '' };
  });
}

const SubscriptionProperties = z.object({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string(),
  RawMessageDelivery: z.boolean().default(false),
  FilterPolicy: z.record(z.string(), z.unknown()).optional(),
  FilterPolicyScope: z.string().optional(),
});

/**
 * Reads the subscriptions of queues. Other protocols (alarm mail to people) lead off this machine.
 */
export function readSubscriptions(
  resources: readonly StackResource[],
  resolver: IntrinsicResolver,
): SubscriptionResource[] {
  return filterByType(resources, 'AWS::SNS::Subscription')
    .filter((resource) => resource.properties['Protocol'] === 'sqs')
    .map((resource) => {
      const properties = SubscriptionProperties.parse(resolver.properties(resource));
      const attributes: Record<string, string> = {
        RawMessageDelivery: String(properties.RawMessageDelivery),
      };
      if (properties.FilterPolicy !== undefined) {
        attributes['FilterPolicy'] = JSON.stringify(properties.FilterPolicy);
        attributes['FilterPolicyScope'] = properties.FilterPolicyScope ?? 'MessageAttributes';
      }
      return { topicArn: properties.TopicArn, queueArn: properties.Endpoint, attributes };
    });
}

/** Reads the buckets, and beside each one the restored one that is used in its place. */
export function readBuckets(
  resources: readonly StackResource[],
  resolver: IntrinsicResolver,
): BucketResource[] {
  return filterByType(resources, 'AWS::S3::Bucket').flatMap((resource) => {
    const crossOrigin = resource.properties['CorsConfiguration'] !== undefined;
    const restored = readRestored(resource);
    return [
      { name: resolver.names(resource).ref, crossOrigin },
      ...(restored === undefined ? [] : [{ name: restored.name, crossOrigin }]),
    ];
  });
}

export function filterByType(resources: readonly StackResource[], type: string): StackResource[] {
  return resources.filter((resource) => resource.type === type);
}
