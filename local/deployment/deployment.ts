import type { HostAddresses } from './local-names.ts';
import { type HttpApi, readApi } from './read-api.ts';
import { type LambdaFunction, readFunctions } from './read-functions.ts';
import { readUserPool, type UserPoolResource } from './read-identity.ts';
import {
  type ConfigurationSet,
  type ReceiptRule,
  readConfigurationSets,
  readReceiptRules,
} from './read-mail.ts';
import {
  type BucketResource,
  type QueueResource,
  readBuckets,
  readQueues,
  readSubscriptions,
  readTopics,
  type SubscriptionResource,
  type TopicResource,
} from './read-messaging.ts';
import { readSecrets, type SecretResource } from './read-secrets.ts';
import { readTables, type TableResource } from './read-tables.ts';
import {
  type QueueMapping,
  readMappings,
  readSchedules,
  type ScheduleResource,
  type StreamMapping,
} from './read-triggers.ts';
import { makeIntrinsicResolver } from './resolve-intrinsics.ts';
import { listResources, type StackTemplate } from './resource.ts';

/** What the template deploys, under the names of this machine. */
export interface Deployment {
  readonly functions: readonly LambdaFunction[];
  readonly queues: readonly QueueResource[];
  readonly topics: readonly TopicResource[];
  readonly subscriptions: readonly SubscriptionResource[];
  readonly buckets: readonly BucketResource[];
  readonly tables: readonly TableResource[];
  readonly queueMappings: readonly QueueMapping[];
  readonly streamMappings: readonly StreamMapping[];
  readonly schedules: readonly ScheduleResource[];
  readonly api: HttpApi;
  readonly receiptRules: readonly ReceiptRule[];
  readonly configurationSets: readonly ConfigurationSet[];
  readonly secrets: readonly SecretResource[];
  readonly userPool: UserPoolResource;
}

export function readDeployment(
  stacks: readonly StackTemplate[],
  addresses: HostAddresses,
): Deployment {
  const resources = listResources(stacks);
  const resolver = makeIntrinsicResolver(stacks, addresses);
  const mappings = readMappings(resources, resolver);
  const deployment = {
    functions: readFunctions(resources, resolver),
    queues: readQueues(resources, resolver),
    topics: readTopics(resources, resolver),
    subscriptions: readSubscriptions(resources, resolver),
    buckets: readBuckets(resources, resolver),
    tables: readTables(resources, resolver),
    queueMappings: mappings.queues,
    streamMappings: mappings.streams,
    schedules: readSchedules(resources, resolver),
    api: readApi(resources, resolver),
    receiptRules: readReceiptRules(resources, resolver),
    configurationSets: readConfigurationSets(resources, resolver),
    secrets: readSecrets(resources, resolver),
    userPool: readUserPool(resources, resolver),
  };
  requireTargets(deployment);
  return deployment;
}

/** Throws when a trigger names a function that has no entry here: it would never run. */
function requireTargets(deployment: Deployment): void {
  const known = new Set(deployment.functions.map(({ name }) => name));
  const triggers = [
    ...deployment.queueMappings.map(({ sourceArn, target }) => [sourceArn, target] as const),
    ...deployment.streamMappings.map(({ sourceArn, target }) => [sourceArn, target] as const),
    ...deployment.schedules.flatMap(({ name, targets }) =>
      targets.map(({ target }) => [name, target] as const),
    ),
    ...deployment.api.routes.map(({ key, target }) => [key, target] as const),
    ...[deployment.userPool].flatMap(({ id, tokenTrigger: target }) =>
      target === undefined ? [] : [[id, target] as const],
    ),
  ];
  for (const [trigger, target] of triggers) {
    if (!known.has(target)) {
      throw new Error(`${trigger} calls ${target}, which has no entry in the template's metadata.`);
    }
  }
}
