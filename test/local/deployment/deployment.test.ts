import { describe, expect, test } from 'vitest';
import { mergeEnvironments } from '../../../local/deployment/read-functions.ts';
import { readUserPool } from '../../../local/deployment/read-identity.ts';
import { readReceiptRules } from '../../../local/deployment/read-mail.ts';
import { readBuckets } from '../../../local/deployment/read-messaging.ts';
import { readTables } from '../../../local/deployment/read-tables.ts';
import { readSchedules } from '../../../local/deployment/read-triggers.ts';
import { makeIntrinsicResolver } from '../../../local/deployment/resolve-intrinsics.ts';
import { listResources, type StackTemplate } from '../../../local/deployment/resource.ts';

const addresses = { publicUrl: 'http://localhost:3000', queueUrl: 'http://127.0.0.1:4000' };

const main: StackTemplate = {
  name: 'main',
  template: {
    Parameters: { Given: { Default: 'by default' }, Open: {} },
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders' } },
      Topic: { Type: 'AWS::SNS::Topic' },
      Bucket: { Type: 'AWS::S3::Bucket' },
      Function: { Type: 'AWS::Lambda::Function' },
      Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Function' } } },
      Alias: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Function' } } },
      Pool: { Type: 'AWS::Cognito::UserPool' },
      Knot: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Knot' } } },
    },
    Outputs: {
      QueueArn: { Value: { 'Fn::GetAtt': ['Queue', 'Arn'] }, Export: { Name: 'shared' } },
    },
  },
};
const other: StackTemplate = { name: 'other', template: {} };

describe('an intrinsic', () => {
  const { resolve } = makeIntrinsicResolver([main, other], addresses);

  test.each([
    [{ Ref: 'Queue' }, 'http://127.0.0.1:4000/000000000000/orders'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:ap-northeast-1:000000000000:orders'],
    [{ 'Fn::GetAtt': 'Queue.QueueName' }, 'orders'],
    [{ Ref: 'Topic' }, 'arn:aws:sns:ap-northeast-1:000000000000:main-Topic'],
    [{ Ref: 'Bucket' }, 'main-bucket'],
    [{ Ref: 'Given' }, 'by default'],
    [{ Ref: 'Alias' }, 'main-Function'],
    [{ Ref: 'Version' }, 'main-Function'],
    [{ 'Fn::Join': ['/', ['a', { Ref: 'AWS::Region' }]] }, 'a/ap-northeast-1'],
    [{ 'Fn::Join': ['-', { 'Fn::Split': ['/', 'a/b'] }] }, 'a-b'],
    [{ 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b'] }] }, 'b'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's own syntax.
    [{ 'Fn::Sub': '${AWS::Partition}:${Queue.QueueName}:${!Kept}' }, 'aws:orders:${Kept}'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's own syntax.
    [{ 'Fn::Sub': ['${Name}!', { Name: { Ref: 'Given' } }] }, 'by default!'],
    [{ list: [{ Ref: 'Given' }, 1, true] }, { list: ['by default', 1, true] }],
  ])('%j becomes %j', (value, expected) => {
    expect(resolve(value, 'main')).toEqual(expected);
  });

  test('imports what another stack exports', () => {
    expect(resolve({ 'Fn::ImportValue': 'shared' }, 'other')).toBe(
      'arn:aws:sqs:ap-northeast-1:000000000000:orders',
    );
  });

  test.each([
    [{ Ref: 'Nothing' }, /no resource Nothing/],
    [{ Ref: 'Open' }, /has no default/],
    [{ 'Fn::GetAtt': ['Topic', 'Colour'] }, /AWS::SNS::Topic has no Colour/],
    [{ 'Fn::If': ['Condition', 'a', 'b'] }, /Fn::If is not understood/],
    [{ 'Fn::Select': ['4', ['a']] }, /out of range/],
    [{ 'Fn::ImportValue': 'unknown' }, /No stack exports unknown/],
    [{ Ref: 'Knot' }, /depends on itself/],
  ])('%j is refused aloud', (value, message) => {
    expect(() => resolve(value, 'main')).toThrow(message);
  });
});

describe('the environment that functions share', () => {
  const fn = (name: string, environment: Record<string, string>) => ({
    name,
    arn: name,
    entry: `${name}.lambda.ts`,
    timeoutSeconds: 3,
    memoryMegabytes: 128,
    environment,
  });

  test('is the union of theirs', () => {
    expect(
      mergeEnvironments([
        fn('one', { A: '1', NODE_OPTIONS: '--enable-source-maps' }),
        fn('two', { A: '1', B: '2' }),
      ]),
    ).toEqual({ A: '1', B: '2' });
  });

  test('is refused when two want different values under one name', () => {
    expect(() => mergeEnvironments([fn('one', { A: '1' }), fn('two', { A: '2' })])).toThrow(
      'Functions one and two want different values of A: "1" and "2".',
    );
  });
});

describe('the user pool', () => {
  const readPool = (client: Record<string, unknown>) => {
    const Trigger = { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'ask' } };
    const LambdaConfig = { PreTokenGeneration: { 'Fn::GetAtt': ['Trigger', 'Arn'] } };
    const Pool = { Type: 'AWS::Cognito::UserPool', Properties: { LambdaConfig } };
    const Client = { Type: 'AWS::Cognito::UserPoolClient', Properties: client };
    const stacks = [{ name: 'main', template: { Resources: { Trigger, Pool, Client } } }];
    return readUserPool(listResources(stacks), makeIntrinsicResolver(stacks, addresses));
  };

  test("has the template's trigger, and tokens that last as its client says", () => {
    expect(
      readPool({
        AccessTokenValidity: 30,
        RefreshTokenValidity: 12,
        TokenValidityUnits: { AccessToken: 'minutes', RefreshToken: 'hours' },
        RefreshTokenRotation: { Feature: 'ENABLED' },
      }),
    ).toMatchObject({
      tokenTrigger: 'ask',
      accessTokenSeconds: 1800,
      idTokenSeconds: 3600,
      refreshTokenSeconds: 43_200,
      rotatesRefreshTokens: true,
    });
  });

  test("takes Cognito's own times where the client says none", () => {
    expect(readPool({})).toMatchObject({
      accessTokenSeconds: 3600,
      refreshTokenSeconds: 30 * 86_400,
      rotatesRefreshTokens: false,
    });
  });

  test('is refused with a client that keeps a secret, which no page can', () => {
    expect(() => readPool({ GenerateSecret: true })).toThrow();
  });
});

describe('what this host does not do', () => {
  const read = (Type: string, Properties: Record<string, unknown>) => {
    const stacks = [{ name: 'main', template: { Resources: { It: { Type, Properties } } } }];
    return [listResources(stacks), makeIntrinsicResolver(stacks, addresses)] as const;
  };

  test('is refused at the start: a schedule that is no rate', () => {
    expect(() =>
      readSchedules(...read('AWS::Events::Rule', { ScheduleExpression: 'cron(0 9 * * ? *)' })),
    ).toThrow(/not a rate/);
  });

  test("is refused at the start: a user pool's trigger that is not called here", () => {
    const LambdaConfig = { PreSignUp: 'arn:aws:lambda:ap-northeast-1:000000000000:function:x' };
    expect(() => readUserPool(...read('AWS::Cognito::UserPool', { LambdaConfig }))).toThrow(
      /PreSignUp is not done/,
    );
  });

  test('is refused at the start: an action of a receipt rule', () => {
    const Rule = { Enabled: true, Actions: [{ BounceAction: {} }] };
    expect(() => readReceiptRules(...read('AWS::SES::ReceiptRule', { Rule }))).toThrow(
      /BounceAction is not done/,
    );
  });
});

describe('a resource that is restored under another name', () => {
  const restored = (name: string, more = {}) => ({
    Metadata: { 'toritsugi:restored-as': { name, ...more } },
  });
  const streamArn = 'arn:aws:dynamodb:ap-northeast-1:000000000000:table/other/stream/1';
  const data: StackTemplate = {
    name: 'data',
    template: {
      Resources: {
        Table: {
          Type: 'AWS::DynamoDB::Table',
          Properties: {
            KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
            TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
          },
          ...restored('other', { streamArn }),
        },
        Bucket: {
          Type: 'AWS::S3::Bucket',
          Properties: { CorsConfiguration: {} },
          ...restored('other-bucket'),
        },
      },
    },
  };
  const resolver = makeIntrinsicResolver([data], addresses);

  test('stands beside the one of the template, with the same settings', () => {
    const [own, other] = readTables(listResources([data]), resolver);
    expect(own?.name).toBe('data-Table');
    expect(other).toEqual({
      ...own,
      ...{ name: 'other', arn: 'arn:aws:dynamodb:ap-northeast-1:000000000000:table/other' },
      streamArn,
      definition: { ...own?.definition, TableName: 'other' },
    });
    expect(readBuckets(listResources([data]), resolver)).toEqual([
      { name: 'data-bucket', crossOrigin: true },
      { name: 'other-bucket', crossOrigin: true },
    ]);
  });
});
