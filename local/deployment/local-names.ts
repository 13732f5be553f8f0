import { createHash } from 'node:crypto';
import { ACCOUNT_ID, makeArn, REGION } from './region.ts';
import type { StackResource } from './resource.ts';

/** What `Ref` and `Fn::GetAtt` return for one resource on this machine. */
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
export const WEB_CLIENT_ID = 'toritsugi-web';

type NamingRule = (resource: StackResource, name: string, addresses: HostAddresses) => LocalNames;

const nameTopic: NamingRule = (_resource, name) => {
  const topicArn = makeArn('sns', name);
  return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
};

const nameTable: NamingRule = (_resource, name) => {
  const tableArn = makeArn('dynamodb', `table/${name}`);
  return {
    ref: name,
    attributes: { Arn: tableArn, TableId: name, StreamArn: `${tableArn}/stream/local` },
  };
};

const nameByArn =
  (service: string, kind: string): NamingRule =>
  (_resource, name) => {
    const arn = makeArn(service, `${kind}${name}`);
    return { ref: arn, attributes: { Arn: arn, Id: arn } };
  };

const nameByName =
  (service: string, kind: string): NamingRule =>
  (_resource, name) => ({ ref: name, attributes: { Arn: makeArn(service, `${kind}${name}`) } });

const NAMING_RULES: Readonly<Record<string, NamingRule>> = {
  'AWS::SQS::Queue': (_resource, name, { queueUrl }) => {
    const url = `${queueUrl}/${ACCOUNT_ID}/${name}`;
    return { ref: url, attributes: { Arn: makeArn('sqs', name), QueueName: name, QueueUrl: url } };
  },
  'AWS::SNS::Topic': nameTopic,
  'AWS::S3::Bucket': (_resource, name) => ({
    ref: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${REGION}.amazonaws.com`,
    },
  }),
  'AWS::DynamoDB::Table': nameTable,
  'AWS::DynamoDB::GlobalTable': nameTable,
  'AWS::Lambda::Function': nameByName('lambda', 'function:'),
  'AWS::SecretsManager::Secret': nameByArn('secretsmanager', 'secret:'),
  'AWS::KMS::Key': (_resource, name) => ({
    ref: name,
    attributes: { Arn: makeArn('kms', `key/${name}`), KeyId: name },
  }),
  'AWS::KMS::Alias': nameByName('kms', ''),
  'AWS::IAM::Role': (_resource, name) => ({
    ref: name,
    attributes: { Arn: `arn:aws:iam::${ACCOUNT_ID}:role/${name}`, RoleId: name },
  }),
  'AWS::Logs::LogGroup': nameByName('logs', 'log-group:'),
  'AWS::Events::Rule': nameByName('events', 'rule/'),
  'AWS::SSM::Parameter': nameByName('ssm', 'parameter/'),
  'AWS::CloudWatch::Alarm': nameByName('cloudwatch', 'alarm:'),
  'AWS::SES::ConfigurationSet': nameByName('ses', 'configuration-set/'),
  'AWS::SES::ReceiptRuleSet': nameByName('ses', 'receipt-rule-set/'),
  'AWS::SES::EmailIdentity': nameByName('ses', 'identity/'),
  'AWS::Cognito::UserPool': (resource) => {
    const id = deriveUserPoolId(resource);
    return {
      ref: id,
      attributes: {
        Arn: makeArn('cognito-idp', `userpool/${id}`),
        UserPoolId: id,
        ProviderName: `cognito-idp.${REGION}.amazonaws.com/${id}`,
        ProviderURL: `https://cognito-idp.${REGION}.amazonaws.com/${id}`,
      },
    };
  },
  'AWS::Cognito::UserPoolClient': () => ({
    ref: WEB_CLIENT_ID,
    attributes: { ClientId: WEB_CLIENT_ID },
  }),
  'AWS::ApiGatewayV2::Api': (_resource, name, { publicUrl }) => ({
    ref: name,
    attributes: { ApiId: name, ApiEndpoint: publicUrl },
  }),
};

/** Names a resource on this machine; `name` is its physical name, given or derived. */
export function nameResource(
  resource: StackResource,
  name: string,
  addresses: HostAddresses,
): LocalNames {
  const rule = NAMING_RULES[resource.type];
  return rule === undefined ? { ref: name, attributes: {} } : rule(resource, name, addresses);
}

/** The property for the physical name, if the template can give one. */
export function namePropertyOf(type: string): string | undefined {
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

/** Derives a physical name for a resource that the template leaves unnamed. */
export function deriveName(resource: StackResource): string {
  const name = `${resource.stack}-${resource.id}`;
  if (resource.type === 'AWS::S3::Bucket') {
    return shortenName(name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-'), 63);
  }
  return shortenName(name, resource.type === 'AWS::Lambda::Function' ? 64 : 80);
}

function shortenName(name: string, limit: number): string {
  if (name.length <= limit) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, limit - 9)}-${digest}`;
}

function deriveUserPoolId(resource: StackResource): string {
  const digest = createHash('sha256').update(`${resource.stack}/${resource.id}`).digest('hex');
  return `${REGION}_${digest.slice(0, 9)}`;
}
