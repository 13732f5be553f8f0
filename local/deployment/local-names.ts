import { createHash } from 'node:crypto';
import { ACCOUNT, arn, REGION } from './region.ts';
import type { Resource } from './resource.ts';

/** What `Ref` and `Fn::GetAtt` give for one resource on this machine. */
export interface LocalNames {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Addresses that only the running host knows. */
export interface HostAddresses {
  /** Base URL of the HTTP API, without a trailing slash. */
  readonly publicUrl: string;
  /** Base URL of the SQS endpoint, without a trailing slash. */
  readonly queueUrl: string;
}

/** The client id of the public web client, for every user pool client of the template. */
export const CLIENT_ID = 'toritsugi-web';

type Naming = (resource: Resource, name: string, addresses: HostAddresses) => LocalNames;

const topic: Naming = (_resource, name) => {
  const topicArn = arn('sns', name);
  return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
};

const table: Naming = (_resource, name) => {
  const tableArn = arn('dynamodb', `table/${name}`);
  return {
    ref: name,
    attributes: { Arn: tableArn, TableId: name, StreamArn: `${tableArn}/stream/local` },
  };
};

const byArn =
  (service: string, kind: string): Naming =>
  (_resource, name) => {
    const own = arn(service, `${kind}${name}`);
    return { ref: own, attributes: { Arn: own, Id: own } };
  };

const byName =
  (service: string, kind: string): Naming =>
  (_resource, name) => ({ ref: name, attributes: { Arn: arn(service, `${kind}${name}`) } });

const NAMINGS: Readonly<Record<string, Naming>> = {
  'AWS::SQS::Queue': (_resource, name, { queueUrl }) => {
    const url = `${queueUrl}/${ACCOUNT}/${name}`;
    return { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
  },
  'AWS::SNS::Topic': topic,
  'AWS::S3::Bucket': (_resource, name) => ({
    ref: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${REGION}.amazonaws.com`,
    },
  }),
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::Lambda::Function': byName('lambda', 'function:'),
  'AWS::SecretsManager::Secret': byArn('secretsmanager', 'secret:'),
  'AWS::KMS::Key': (_resource, name) => ({
    ref: name,
    attributes: { Arn: arn('kms', `key/${name}`), KeyId: name },
  }),
  'AWS::KMS::Alias': byName('kms', ''),
  'AWS::IAM::Role': (_resource, name) => ({
    ref: name,
    attributes: { Arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, RoleId: name },
  }),
  'AWS::Logs::LogGroup': byName('logs', 'log-group:'),
  'AWS::Events::Rule': byName('events', 'rule/'),
  'AWS::SSM::Parameter': byName('ssm', 'parameter/'),
  'AWS::CloudWatch::Alarm': byName('cloudwatch', 'alarm:'),
  'AWS::SES::ConfigurationSet': byName('ses', 'configuration-set/'),
  'AWS::SES::ReceiptRuleSet': byName('ses', 'receipt-rule-set/'),
  'AWS::SES::EmailIdentity': byName('ses', 'identity/'),
  'AWS::Cognito::UserPool': (resource) => {
    const id = userPoolId(resource);
    return {
      ref: id,
      attributes: {
        Arn: arn('cognito-idp', `userpool/${id}`),
        UserPoolId: id,
        ProviderName: `cognito-idp.${REGION}.amazonaws.com/${id}`,
        ProviderURL: `https://cognito-idp.${REGION}.amazonaws.com/${id}`,
      },
    };
  },
  'AWS::Cognito::UserPoolClient': () => ({ ref: CLIENT_ID, attributes: { ClientId: CLIENT_ID } }),
  'AWS::ApiGatewayV2::Api': (_resource, name, { publicUrl }) => ({
    ref: name,
    attributes: { ApiId: name, ApiEndpoint: publicUrl },
  }),
};

/** What this resource is called on this machine; `name` is its physical name, given or derived. */
export function localNames(resource: Resource, name: string, addresses: HostAddresses): LocalNames {
  const naming = NAMINGS[resource.type];
  return naming === undefined ? { ref: name, attributes: {} } : naming(resource, name, addresses);
}

/** The property that carries a physical name, where the template may give one. */
export function nameProperty(type: string): string | undefined {
  return NAME_PROPERTIES[type];
}

const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::Events::Rule': 'Name',
  'AWS::SSM::Parameter': 'Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::SES::ConfigurationSet': 'Name',
  'AWS::SES::ReceiptRuleSet': 'RuleSetName',
  'AWS::SES::EmailIdentity': 'EmailIdentity',
};

/** A physical name for a resource that the template leaves unnamed. */
export function derivedName(resource: Resource): string {
  const name = `${resource.stack}-${resource.id}`;
  if (resource.type === 'AWS::S3::Bucket') {
    return shortened(name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-'), 63);
  }
  return shortened(name, resource.type === 'AWS::Lambda::Function' ? 64 : 80);
}

function shortened(name: string, limit: number): string {
  if (name.length <= limit) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, limit - 9)}-${digest}`;
}

function userPoolId(resource: Resource): string {
  const digest = createHash('sha256').update(`${resource.stack}/${resource.id}`).digest('hex');
  return `${REGION}_${digest.slice(0, 9)}`;
}
