import * as z from 'zod';
import { ofType } from './read-messaging.ts';
import { functionName } from './read-triggers.ts';
import type { Resolver } from './resolve-intrinsics.ts';
import type { Resource } from './resource.ts';

export interface Route {
  /** As the gateway names it, for example `GET /v1/inquiries/{id}` or `$default`. */
  readonly key: string;
  /** Name of the function. */
  readonly target: string;
  readonly timeoutSeconds: number;
  readonly authorizer: Authorizer | undefined;
  readonly scopes: readonly string[];
}

export interface Authorizer {
  readonly issuer: string;
  readonly audience: readonly string[];
}

export interface CrossOrigin {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAgeSeconds: number | undefined;
  readonly credentials: boolean;
}

export interface HttpApi {
  readonly id: string;
  readonly routes: readonly Route[];
  readonly crossOrigin: CrossOrigin | undefined;
}

const ApiProperties = z.object({
  CorsConfiguration: z
    .object({
      AllowOrigins: z.array(z.string()).default([]),
      AllowMethods: z.array(z.string()).default([]),
      AllowHeaders: z.array(z.string()).default([]),
      ExposeHeaders: z.array(z.string()).default([]),
      MaxAge: z.number().optional(),
      AllowCredentials: z.boolean().default(false),
    })
    .optional(),
});

const IntegrationProperties = z.object({
  IntegrationUri: z.string(),
  PayloadFormatVersion: z.literal('2.0'),
  TimeoutInMillis: z.number().default(30_000),
});

const AuthorizerProperties = z.object({
  AuthorizerType: z.literal('JWT'),
  JwtConfiguration: z.object({ Issuer: z.string(), Audience: z.array(z.string()) }),
});

const RouteProperties = z.object({
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizationType: z.enum(['NONE', 'JWT']).default('NONE'),
  AuthorizerId: z.string().optional(),
  AuthorizationScopes: z.array(z.string()).default([]),
});

/** The HTTP API of the template; there is one, as there is one port. */
export function readApi(resources: readonly Resource[], resolver: Resolver): HttpApi {
  const [api, ...others] = ofType(resources, 'AWS::ApiGatewayV2::Api');
  if (api === undefined || others.length > 0) {
    throw new Error(`The template has ${others.length + (api ? 1 : 0)} HTTP APIs; one is needed.`);
  }
  const cors = ApiProperties.parse(resolver.properties(api)).CorsConfiguration;
  const integrations = byRef(resources, 'AWS::ApiGatewayV2::Integration', resolver, (one) =>
    IntegrationProperties.parse(one),
  );
  const authorizers = byRef(resources, 'AWS::ApiGatewayV2::Authorizer', resolver, (one) =>
    AuthorizerProperties.parse(one),
  );
  const routes = ofType(resources, 'AWS::ApiGatewayV2::Route').map((resource) => {
    const route = RouteProperties.parse(resolver.properties(resource));
    const integration = integrations.get(route.Target.replace(/^integrations\//, ''));
    if (integration === undefined) throw new Error(`Route ${route.RouteKey} has no integration.`);
    const authorizer = authorizers.get(route.AuthorizerId ?? '');
    if (route.AuthorizationType === 'JWT' && authorizer === undefined) {
      throw new Error(`Route ${route.RouteKey} names an authorizer that the template has not.`);
    }
    return {
      key: route.RouteKey,
      target: functionName(functionArnIn(integration.IntegrationUri)),
      timeoutSeconds: integration.TimeoutInMillis / 1000,
      authorizer:
        route.AuthorizationType === 'JWT' && authorizer !== undefined
          ? {
              issuer: authorizer.JwtConfiguration.Issuer,
              audience: authorizer.JwtConfiguration.Audience,
            }
          : undefined,
      scopes: route.AuthorizationScopes,
    };
  });
  return {
    id: resolver.names(api).ref,
    routes,
    crossOrigin: cors && {
      origins: cors.AllowOrigins,
      methods: cors.AllowMethods,
      headers: cors.AllowHeaders,
      exposed: cors.ExposeHeaders,
      maxAgeSeconds: cors.MaxAge,
      credentials: cors.AllowCredentials,
    },
  };
}

/** The function's own ARN, also out of the invocation form `…:lambda:path/…/functions/<arn>/invocations`. */
function functionArnIn(uri: string): string {
  return /functions\/(arn:aws:lambda:[^/]+)\/invocations/.exec(uri)?.[1] ?? uri;
}

function byRef<T>(
  resources: readonly Resource[],
  type: string,
  resolver: Resolver,
  parse: (properties: Record<string, unknown>) => T,
): Map<string, T> {
  return new Map(
    ofType(resources, type).map((resource) => [
      resolver.names(resource).ref,
      parse(resolver.properties(resource)),
    ]),
  );
}
