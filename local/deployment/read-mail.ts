import * as z from 'zod';
import { filterByType } from './read-messaging.ts';
import type { IntrinsicResolver } from './resolve-intrinsics.ts';
import type { StackResource } from './resource.ts';

/** What happens to received mail: it is stored in a bucket and announced on a topic. */
export interface ReceiptRule {
  /** Addresses, domains, or `.domain` for subdomains; none matches all. */
  readonly recipients: readonly string[];
  readonly scan: boolean;
  readonly deposits: readonly {
    readonly bucket: string;
    readonly prefix: string;
    readonly topicArn: string | undefined;
  }[];
}

export interface ConfigurationSet {
  readonly name: string;
  readonly destinations: readonly {
    /** Lower-case names of events: `send`, `delivery`, `bounce`, … */
    readonly events: readonly string[];
    readonly topicArn: string;
  }[];
}

const RuleProperties = z.object({
  Rule: z.object({
    Enabled: z.boolean().default(false),
    Recipients: z.array(z.string()).default([]),
    ScanEnabled: z.boolean().default(false),
    Actions: z.array(z.record(z.string(), z.unknown())).default([]),
  }),
});

const DepositAction = z.object({
  BucketName: z.string(),
  ObjectKeyPrefix: z.string().default(''),
  TopicArn: z.string().optional(),
});

export function readReceiptRules(
  resources: readonly StackResource[],
  resolver: IntrinsicResolver,
): ReceiptRule[] {
  return filterByType(resources, 'AWS::SES::ReceiptRule').flatMap((resource) => {
    const { Rule } = RuleProperties.parse(resolver.properties(resource));
    if (!Rule.Enabled) return [];
    const deposits = Rule.Actions.map((action) => {
      const unknown = Object.keys(action).find((kind) => kind !== 'S3Action');
      if (unknown !== undefined) {
        throw new Error(`Receipt rule ${resource.id}: ${unknown} is not done by this host.`);
      }
      const deposit = DepositAction.parse(action['S3Action']);
      return {
        bucket: deposit.BucketName,
        prefix: deposit.ObjectKeyPrefix,
        topicArn: deposit.TopicArn,
      };
    });
    return [{ recipients: Rule.Recipients, scan: Rule.ScanEnabled, deposits }];
  });
}

const DestinationProperties = z.object({
  ConfigurationSetName: z.string(),
  EventDestination: z.object({
    Enabled: z.boolean().default(false),
    MatchingEventTypes: z.array(z.string()),
    SnsDestination: z.object({ TopicARN: z.string() }).optional(),
  }),
});

export function readConfigurationSets(
  resources: readonly StackResource[],
  resolver: IntrinsicResolver,
): ConfigurationSet[] {
  const destinations = filterByType(resources, 'AWS::SES::ConfigurationSetEventDestination')
    .map((resource) => DestinationProperties.parse(resolver.properties(resource)))
    .filter(({ EventDestination }) => EventDestination.Enabled);
  return filterByType(resources, 'AWS::SES::ConfigurationSet').map((resource) => {
    const name = resolver.names(resource).ref;
    return {
      name,
      destinations: destinations
        .filter(({ ConfigurationSetName }) => ConfigurationSetName === name)
        .flatMap(({ EventDestination: { MatchingEventTypes, SnsDestination } }) =>
          SnsDestination === undefined
            ? []
            : [
                {
                  events: MatchingEventTypes.map((type) => type.toLowerCase()),
                  topicArn: SnsDestination.TopicARN,
                },
              ],
        ),
    };
  });
}
