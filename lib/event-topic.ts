import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';

/** A topic, and what has to be there before its service can publish. */
export interface EventTopic {
  readonly topic: Topic;
  readonly policy: IDependable;
}

/**
 * Makes a topic to which one service of AWS publishes, for this account only.
 *
 * A topic's policy replaces the one by which SNS lets the owner's services publish, and every topic
 * here has one, since it refuses what is not TLS.
 */
export function makeEventTopic(
  scope: Construct,
  id: string,
  props: {
    readonly service: 'cloudwatch' | 'ses';
    readonly key?: IKey | undefined;
    /** Conditions on what of the service publishes. */
    readonly source?: Readonly<Record<string, unknown>>;
  },
): EventTopic {
  const topic = new Topic(scope, id, {
    enforceSSL: true,
    ...(props.key === undefined ? {} : { masterKey: props.key }),
  });
  const { policyDependable } = topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`${props.service}.amazonaws.com`)],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID }, ...props.source },
    }),
  );
  if (policyDependable === undefined) throw new Error(`${id} has no policy of its own`);
  return { topic, policy: policyDependable };
}
