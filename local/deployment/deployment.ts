import type { HostAddresses } from './local-names.ts';
import { type HttpApi, readApi } from './read-api.ts';
import { type LambdaFunction, readFunctions } from './read-functions.ts';
import { readSignInCallbacks } from './read-identity.ts';
import {
  type ConfigurationSet,
  type ReceiptRule,
  readConfigurationSets,
  readReceiptRules,
} from './read-mail.ts';
import {
  type Bucket,
  type Queue,
  readBuckets,
  readQueues,
  readSubscriptions,
  readTopics,
  type Subscription,
  type Topic,
} from './read-messaging.ts';
import { readSecrets, type Secret } from './read-secrets.ts';
import { readTables, type Table } from './read-tables.ts';
import {
  type QueueMapping,
  readMappings,
  readSchedules,
  type Schedule,
  type StreamMapping,
} from './read-triggers.ts';
import { makeResolver } from './resolve-intrinsics.ts';
import { resourcesOf, type StackTemplate } from './resource.ts';

/** What the template deploys, in this machine's names. */
export interface Deployment {
  readonly functions: readonly LambdaFunction[];
  readonly queues: readonly Queue[];
  readonly topics: readonly Topic[];
  readonly subscriptions: readonly Subscription[];
  readonly buckets: readonly Bucket[];
  readonly tables: readonly Table[];
  readonly queueMappings: readonly QueueMapping[];
  readonly streamMappings: readonly StreamMapping[];
  readonly schedules: readonly Schedule[];
  readonly api: HttpApi;
  readonly receiptRules: readonly ReceiptRule[];
  readonly configurationSets: readonly ConfigurationSet[];
  readonly secrets: readonly Secret[];
  /** Where pages of the template's user pool clients may be sent back to. */
  readonly signInCallbacks: readonly string[];
}

export function readDeployment(
  stacks: readonly StackTemplate[],
  addresses: HostAddresses,
): Deployment {
  const resources = resourcesOf(stacks);
  const resolver = makeResolver(stacks, addresses);
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
    signInCallbacks: readSignInCallbacks(resources, resolver),
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
  ];
  for (const [trigger, target] of triggers) {
    if (!known.has(target)) {
      throw new Error(`${trigger} calls ${target}, which has no entry in the template's metadata.`);
    }
  }
}
