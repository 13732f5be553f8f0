import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import { mailLimits } from '../../core/intake/mail/mail.ts';
import { routeContracts } from '../../functions/contract/routes.ts';
import { routeKeyOf } from '../../functions/edge/http/route-contract.ts';
import { entryOf, SynthesizedStage, targetOf, useCaseOf } from './synthesize.ts';

const prod = new SynthesizedStage('prod');
const dev = new SynthesizedStage('dev');
const local = new SynthesizedStage('local');

const routes = prod.resourcesOfType('AWS::ApiGatewayV2::Route');
/** Routes whose callers the functions themselves check, by a signature. */
const keysOfRoutes = routes.map(({ Properties }) => Properties.RouteKey as string);
const signed = [
  ...new Set(
    [...routeContracts.values()]
      .filter(({ auth }) => auth === 'signature')
      .map(routeKeyOf)
      .map((key) => (keysOfRoutes.includes(key) ? key : key.replace(/\/[a-z-]+$/, '/{command}'))),
  ),
].sort();

describe('functions', () => {
  it('run on Node 24 and arm64', () => {
    expect(prod.functions.length).toBeGreaterThan(20);
    for (const { Properties } of prod.functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    }
  });

  it('all have an entry that exists', () => {
    const missing = prod.functions
      .map(entryOf)
      .filter((entry) => !existsSync(new URL(`../../${entry}`, import.meta.url)));
    expect(missing).toEqual([]);
  });

  it('are told what their schema asks for, and nothing else', async () => {
    const common = /^(NODE_OPTIONS|POWERTOOLS_\w+)$/;
    for (const fn of prod.functions) {
      const source = `../../${entryOf(fn).replace('.lambda.ts', '.ts')}`;
      const { Env } = (await import(source)) as { Env?: { shape: Record<string, unknown> } };
      const requiredNames = Object.keys(Env?.shape ?? {}).filter((name) => name !== 'AWS_REGION');
      const givenNames = Object.keys(fn.Properties.Environment.Variables);
      expect(givenNames.filter((name) => !common.test(name)).sort(), useCaseOf(fn)).toEqual(
        requiredNames.sort(),
      );
    }
  });

  it('are told the same under the same name', () => {
    const values = new Map<string, Set<string>>();
    for (const fn of prod.functions) {
      for (const [name, value] of Object.entries(fn.Properties.Environment.Variables)) {
        values.set(name, (values.get(name) ?? new Set()).add(JSON.stringify(value)));
      }
    }
    expect([...values].filter(([, given]) => given.size > 1)).toEqual([]);
  });

  it('are told of desks that core understands', () => {
    const { DESKS } = prod.functionOf('work/claim-inquiry').Properties.Environment.Variables;
    const text = (DESKS['Fn::Join'][1] as unknown[])
      .map((part) => (typeof part === 'string' ? part : 'https://sqs.test/queue'))
      .join('');
    expect(StageDesks.parse(text).map((desk) => [desk.id, desk.mode, desk.vendor])).toEqual([
      ['staff', 'push', undefined],
      ['bpo', 'pull', 'vendor-a'],
      ['bpo-b', 'pull', 'vendor-b'],
    ]);
  });

  it('count for their stage and no other', () => {
    for (const [stage, name] of [
      [prod, 'toritsugi-prod'],
      [dev, 'toritsugi-dev'],
    ] as const) {
      const services = stage.functions.map(
        ({ Properties }) => Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME,
      );
      expect([...new Set(services)]).toEqual([name]);
    }
  });

  it('in which callers wait for work take little memory and a share of their own in production', () => {
    for (const useCase of ['work/claim-inquiry', 'work/serve-vendor']) {
      expect(prod.functionOf(useCase).Properties).toMatchObject({
        MemorySize: 256,
        ReservedConcurrentExecutions: 50,
      });
    }
    // A new account has too few runs to set any aside.
    expect(dev.functionOf('work/claim-inquiry').Properties).not.toHaveProperty(
      'ReservedConcurrentExecutions',
    );
  });

  it('write logs that end: in prod after 90 days, in dev after 7', () => {
    const days = (stage: SynthesizedStage) => [
      ...new Set(
        stage.resourcesOfType('AWS::Logs::LogGroup').map((one) => one.Properties.RetentionInDays),
      ),
    ];
    expect([days(prod), days(dev)]).toEqual([[90], [7]]);
  });
});

describe('the HTTP API', () => {
  it('has the routes of the contracts, each once, and one for all commands of a kind', () => {
    const keys = routes.map((route) => route.Properties.RouteKey as string);
    expect(new Set(keys).size).toBe(keys.length);
    const serving = new Map<string, string[]>(keys.map((key) => [key, []]));
    for (const contract of routeContracts.values()) {
      const key = routeKeyOf(contract);
      const ofCommands = key.replace(/\/[a-z-]+$/, '/{command}');
      const own = keys.includes(key) ? key : ofCommands;
      expect(keys, key).toContain(own);
      serving.get(own)?.push(key);
    }
    expect([...serving].filter(([, contracts]) => contracts.length === 0)).toEqual([]);
    expect(keys.filter((key) => key.endsWith('/{command}'))).toEqual([
      'POST /v1/inquiries/{id}/{command}',
      'POST /v1/vendors/{vendor}/inquiries/{id}/{command}',
    ]);
  });

  it('asks for a token of the pool on every route but the open ones', () => {
    const authorizer = prod.onlyResourceOfType('AWS::ApiGatewayV2::Authorizer');
    expect(authorizer.Properties).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
    });
    expect(targetOf(authorizer.Properties.JwtConfiguration.Audience[0])).toBe(
      prod.onlyResourceOfType('AWS::Cognito::UserPoolClient').id,
    );
    const open = routes.filter(({ Properties }) => Properties.AuthorizationType !== 'JWT');
    expect(open.map(({ Properties }) => Properties.RouteKey).sort()).toEqual([
      'GET /docs',
      'GET /escalations/{token}',
      'GET /health',
      'GET /openapi.json',
      'GET /status/{token}',
      ...signed.filter((route) => route.startsWith('GET')),
      'POST /escalations/{token}',
      'POST /status/{token}/reopen',
      ...signed.filter((route) => route.startsWith('POST')),
    ]);
    for (const route of routes.filter((one) => !open.includes(one))) {
      expect(targetOf(route.Properties.AuthorizerId)).toBe(authorizer.id);
    }
  });

  it('is throttled, and logs routes rather than paths', () => {
    const { Properties } = prod.onlyResourceOfType('AWS::ApiGatewayV2::Stage');
    expect(Properties.DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: 100,
      ThrottlingBurstLimit: 200,
    });
    expect(Properties.AccessLogSettings.Format).not.toMatch(/\$context\.path|\.http\.path/);
  });

  it('throttles each route that is open to strangers by itself, once the route is there', () => {
    const stage = prod.onlyResourceOfType('AWS::ApiGatewayV2::Stage');
    const open = routes.filter(({ Properties }) => Properties.AuthorizationType !== 'JWT');
    expect(stage.Properties.RouteSettings).toEqual(
      Object.fromEntries(
        open.map(({ Properties }) => [
          Properties.RouteKey,
          { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 },
        ]),
      ),
    );
    expect(stage.DependsOn).toEqual(expect.arrayContaining(open.map(({ id }) => id)));
  });

  it('logs each request as one line of JSON, whatever the gateway says of it', () => {
    const { Format } = prod.onlyResourceOfType('AWS::ApiGatewayV2::Stage').Properties
      .AccessLogSettings;
    // The gateway quotes these itself and writes `-` for what it does not know.
    const line = (Format as string).replaceAll(/\$context\.[\w.]+/g, (variable) =>
      /messageString$/.test(variable) ? '"Unauthorized"' : 'Unauthorized',
    );
    expect(JSON.parse(line)).toMatchObject({ error: 'Unauthorized', status: 'Unauthorized' });
  });

  it('is open to the web pages of the stage and no other origin', () => {
    expect(
      prod.onlyResourceOfType('AWS::ApiGatewayV2::Api').Properties.CorsConfiguration.AllowOrigins,
    ).toEqual(['https://help.toritsugi.example']);
  });
});

describe('mail', () => {
  it('comes by SES into the bucket, by the topic to the queue, and to its reader', () => {
    const { Rule } = prod.onlyResourceOfType('AWS::SES::ReceiptRule').Properties;
    expect(Rule).toMatchObject({
      Enabled: true,
      ScanEnabled: true,
      Recipients: ['help@toritsugi.example'],
    });
    const { S3Action } = Rule.Actions[0];
    expect(S3Action.ObjectKeyPrefix).toBe('incoming/');
    const take = prod.functionOf('intake/process-mail');
    expect(targetOf(S3Action.BucketName)).toBe(
      targetOf(take.Properties.Environment.Variables.MAIL_BUCKET),
    );
    const queue = subscriberOf(targetOf(S3Action.TopicArn));
    expect(prod.readerOf(queue)).toBe('intake/process-mail');
  });

  it('is read in batches that fit the memory of the reader, were all of them the largest', () => {
    const reader = prod.functionOf('intake/process-mail');
    const mapping = prod
      .resourcesOfType('AWS::Lambda::EventSourceMapping')
      .find(({ Properties }) => targetOf(Properties.FunctionName) === reader.id);
    const largest = mailLimits.rawBytes / 1024 ** 2;
    // Beside lib/app/intake.ts: six times its size for each mail, and what runs without any.
    expect(mapping?.Properties.BatchSize * 6 * largest + 250).toBeLessThanOrEqual(
      reader.Properties.MemorySize,
    );
  });

  it('that kills its reader twice goes to the quarantine', () => {
    const { S3Action } =
      prod.onlyResourceOfType('AWS::SES::ReceiptRule').Properties.Rule.Actions[0];
    const queue = subscriberOf(targetOf(S3Action.TopicArn));
    const { RedrivePolicy } = prod.template.Resources[queue]?.Properties ?? {};
    expect(RedrivePolicy.maxReceiveCount).toBe(2);
    expect(prod.readerOf(targetOf(RedrivePolicy.deadLetterTargetArn) ?? '')).toBe(
      'intake/quarantine-mail',
    );
  });

  it('that bounces comes back by the configuration set to be recorded', () => {
    const { EventDestination } = prod.onlyResourceOfType(
      'AWS::SES::ConfigurationSetEventDestination',
    ).Properties;
    expect(EventDestination.MatchingEventTypes).toEqual(['bounce', 'complaint']);
    expect(prod.readerOf(subscriberOf(targetOf(EventDestination.SnsDestination.TopicARN)))).toBe(
      'notice/record-bounce',
    );
  });

  it('lies under incoming/ until it has a fate, and under raw/ for the time of the stage', () => {
    const mail = prod.template.Resources[bucketId('MAIL_BUCKET')]?.Properties;
    const expiring = mail.LifecycleConfiguration.Rules.filter(
      (rule: { ExpirationInDays?: number }) => rule.ExpirationInDays,
    );
    expect(expiring).toEqual([
      { Id: 'raw-mail', Prefix: 'raw/', ExpirationInDays: 730, Status: 'Enabled' },
    ]);
  });

  function subscriberOf(topicId: string | undefined): string {
    const subscription = prod
      .resourcesOfType('AWS::SNS::Subscription')
      .find((one) => targetOf(one.Properties.TopicArn) === topicId);
    expect(subscription?.Properties).toMatchObject({ Protocol: 'sqs', RawMessageDelivery: true });
    return targetOf(subscription?.Properties.Endpoint) ?? '';
  }
});

describe('what is kept', () => {
  it('outlives the production stack and goes with any other', () => {
    const kept = (stage: SynthesizedStage) =>
      ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::Cognito::UserPool'].flatMap((type) =>
        stage.resourcesOfType(type).map((one) => one.DeletionPolicy),
      );
    expect(kept(prod)).toEqual(Array(5).fill('Retain'));
    expect(kept(dev)).toEqual(Array(5).fill('Delete'));
  });

  it('can be brought back: the table to any second, the production buckets by version', () => {
    for (const stage of [prod, dev]) {
      expect(stage.onlyResourceOfType('AWS::DynamoDB::Table').Properties).toMatchObject({
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      });
    }
    expect(
      prod.onlyResourceOfType('AWS::DynamoDB::Table').Properties.DeletionProtectionEnabled,
    ).toBe(true);
    for (const name of ['MAIL_BUCKET', 'CONTENT_BUCKET']) {
      expect(prod.template.Resources[bucketId(name)]?.Properties.VersioningConfiguration).toEqual({
        Status: 'Enabled',
      });
    }
  });

  it('lies under a key of its own in production, which is renewed each year', () => {
    const key = prod.onlyResourceOfType('AWS::KMS::Key');
    expect(key.Properties.EnableKeyRotation).toBe(true);
    expect(
      targetOf(
        prod.onlyResourceOfType('AWS::DynamoDB::Table').Properties.SSESpecification.KMSMasterKeyId,
      ),
    ).toBe(key.id);
    for (const name of ['MAIL_BUCKET', 'CONTENT_BUCKET']) {
      const [rule] =
        prod.template.Resources[bucketId(name)]?.Properties.BucketEncryption
          .ServerSideEncryptionConfiguration ?? [];
      expect(targetOf(rule.ServerSideEncryptionByDefault.KMSMasterKeyID)).toBe(key.id);
    }
    expect(dev.resourcesOfType('AWS::KMS::Key')).toEqual([]);
  });

  it('is open to nobody: no bucket is public', () => {
    for (const bucket of prod.resourcesOfType('AWS::S3::Bucket')) {
      expect(bucket.Properties.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    }
  });
});

describe('the relay', () => {
  it('reads new events, notices and jobs of the stream, and fails by the record', () => {
    const [mapping] = prod
      .resourcesOfType('AWS::Lambda::EventSourceMapping')
      .filter((one) => one.Properties.StartingPosition !== undefined);
    expect(mapping?.Properties).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    const [{ Pattern }] = mapping?.Properties.FilterCriteria.Filters ?? [];
    expect(JSON.parse(Pattern)).toEqual({
      eventName: ['INSERT'],
      dynamodb: { NewImage: { kind: { S: ['event', 'notice', 'job'] } } },
    });
  });
});

describe('schedules', () => {
  it('run each minute, every five or each hour, are tried again, and leave what failed to be seen', () => {
    const rules = prod.resourcesOfType('AWS::Events::Rule').map(({ Properties }) => {
      const [one] = Properties.Targets;
      expect(one.RetryPolicy.MaximumRetryAttempts).toBe(2);
      expect(one.DeadLetterConfig.Arn).toBeDefined();
      const fn = prod.functions.find((candidate) => candidate.id === targetOf(one.Arn));
      return [fn && useCaseOf(fn), Properties.ScheduleExpression];
    });
    expect(rules.sort()).toEqual([
      ['intake/reconcile-mail', 'rate(5 minutes)'],
      ['people/end-inquiries', 'rate(1 hour)'],
      ['sla/sweep-alarms', 'rate(1 minute)'],
      ['work/announce-waiting', 'rate(1 minute)'],
    ]);
  });
});

describe('stacks', () => {
  it.each([
    ['prod', prod],
    ['dev', dev],
    ['local', local],
  ])('of %s hold fewer than 400 resources each, and the app has room for 150 more', (_, stage) => {
    const counts = Map.groupBy(stage.template.parts.values(), (part) => part);
    for (const [part, own] of counts) expect(own.length, part).toBeLessThan(400);
    expect([...counts.keys()].sort()).toEqual(['app', 'data', 'watch']);
    expect((counts.get('app')?.length ?? 0) + 150).toBeLessThan(500);
  });

  it('keep apart what must outlive the functions', () => {
    const kept =
      /^AWS::(DynamoDB::Table|S3::Bucket|Cognito::UserPool|KMS::Key|SecretsManager::Secret|SES::EmailIdentity)$/;
    for (const [id, { Type }] of Object.entries(prod.template.Resources)) {
      if (kept.test(Type)) expect(prod.template.parts.get(id), id).toBe('data');
      if (/^AWS::CloudWatch::/.test(Type)) expect(prod.template.parts.get(id), id).toBe('watch');
    }
  });
});

describe('the stage that runs on one machine', () => {
  it('has the routes, mappings, schedules and variables of production', () => {
    const untagged = (stage: SynthesizedStage, type: string) =>
      stage.resourcesOfType(type).map(({ Properties: { Tags: _, ...properties } }) => properties);
    const way = (stage: SynthesizedStage) => ({
      routes: untagged(stage, 'AWS::ApiGatewayV2::Route'),
      mappings: untagged(stage, 'AWS::Lambda::EventSourceMapping'),
      schedules: untagged(stage, 'AWS::Events::Rule'),
      receipt: stage.onlyResourceOfType('AWS::SES::ReceiptRule').Properties,
      variables: stage.functions.map((fn) => [
        entryOf(fn),
        Object.keys(fn.Properties.Environment.Variables),
      ]),
    });
    expect(way(local)).toEqual(way(prod));
  });

  it('is told where it is reached', () => {
    const { PUBLIC_URL } = local.functionOf('notice/send-notice').Properties.Environment.Variables;
    expect(PUBLIC_URL).toBe('https://local.toritsugi.example');
  });
});

function bucketId(variable: string): string {
  const { Variables } = prod.functionOf('intake/process-mail').Properties.Environment;
  return targetOf(Variables[variable]) ?? '';
}
