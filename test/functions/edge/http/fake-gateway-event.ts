import type { Context } from 'aws-lambda';
import type { GatewayEvent } from '../../../../functions/edge/http/exchange.ts';

/** An event of an HTTP API, payload format 2.0, as the gateway writes it. */
export function fakeGatewayEvent(request: {
  readonly routeKey: string;
  readonly path?: string;
  /** The `sub` of the verified token; undefined for a request without one. */
  readonly sub?: string | undefined;
  /** What the token is meant for: `access` unless told. */
  readonly tokenUse?: 'id' | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly base64?: boolean;
}): GatewayEvent {
  const [method = 'GET', template = '/'] = request.routeKey.split(' ');
  const rawPath = request.path ?? template;
  const query = request.query ?? {};
  return {
    version: '2.0',
    routeKey: request.routeKey,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: {
      accept: '*/*',
      host: 'a1b2c3d4e5.execute-api.ap-northeast-1.amazonaws.com',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'https',
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(Object.keys(query).length === 0 ? {} : { queryStringParameters: { ...query } }),
    requestContext: {
      accountId: '111122223333',
      apiId: 'a1b2c3d4e5',
      ...(request.sub === undefined
        ? {}
        : {
            authorizer: {
              principalId: '',
              integrationLatency: 0,
              jwt: {
                claims: {
                  sub: request.sub,
                  token_use: request.tokenUse ?? 'access',
                  'cognito:groups': '[staff]',
                },
                scopes: [],
              },
            },
          }),
      domainName: 'a1b2c3d4e5.execute-api.ap-northeast-1.amazonaws.com',
      domainPrefix: 'a1b2c3d4e5',
      http: {
        method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'curl/8.5.0',
      },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: request.routeKey,
      stage: '$default',
      time: '22/Nov/2026:01:15:00 +0000',
      timeEpoch: 1_795_310_100_000,
    },
    ...(request.params === undefined ? {} : { pathParameters: { ...request.params } }),
    ...(request.body === undefined ? {} : { body: request.body }),
    isBase64Encoded: request.base64 ?? false,
  };
}

/** The context of an invocation with this many milliseconds left. */
export function fakeLambdaContext(remainingMs = 29_000): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'claim-inquiry',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:ap-northeast-1:111122223333:function:claim-inquiry',
    memoryLimitInMB: '512',
    awsRequestId: 'b8f2c1d0-0000-4000-8000-000000000000',
    logGroupName: '/aws/lambda/claim-inquiry',
    logStreamName: '2026/11/22/[$LATEST]0000',
    getRemainingTimeInMillis: () => remainingMs,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
