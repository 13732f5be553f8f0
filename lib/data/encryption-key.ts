import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Aws } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/**
 * Makes the production stage's own key for the table, the buckets and the mail topics: reading what
 * employees wrote then also requires permission for the key, and CloudTrail records each use. Other
 * stages use the keys that AWS owns, at no charge.
 */
export function makeEncryptionKey(scope: Construct): Key {
  const key = new Key(scope, 'Key', {
    description: 'Toritsugi: inquiries, mail and attachments',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  // SES stores received mail in the encrypted bucket and publishes to the encrypted topics.
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('ses.amazonaws.com')],
      actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  return key;
}
