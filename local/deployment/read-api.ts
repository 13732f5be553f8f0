import * as z from 'zod';
import { filterByType } from './read-messaging.ts';
import { functionNameOf } from './read-triggers.ts';
import type { IntrinsicResolver } from './resolve-intrinsics.ts';
import type { StackResource } from './resource.ts';

export interface ApiRoute {
  /** The route key, for example `GET /v1/inquiries/{id}` or `$default`. */
  readonly key: string;
  /** Name of the function. */
  readonly target: string;
  readonly timeoutSeconds: number;
  readonly authorizer: JwtAuthorizer | undefined;
  readonly scopes: readonly string[];
}

export interface JwtAuthorizer {
  readonly issuer: string;
  readonly audience: readonly string[];
}

export interface CorsSettings {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAgeSeconds: number | undefined;
  readonly credentials: boolean;
}

export interface HttpApi {
  readonly id: string;
  readonly routes: readonly ApiRoute[];
  readonly crossOrigin: CorsSettings | undefined;
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

/** Reads the HTTP API of the template; there is one, as there is one port. */
export function readApi(resources: readonly StackResource[], resolver: IntrinsicResolver): HttpApi {
  const [api, ...others] = filterByType(resources, 'AWS::ApiGatewayV2::Api');
  if (api === undefined || others.length > 0) {
    throw new Error(`The template has ${others.length + (api ? 1 : 0)} HTTP APIs; one is needed.`);
  }
  const cors = ApiProperties.parse(resolver.properties(api)).CorsConfiguration;
  const integrations = mapByRef(resources, 'AWS::ApiGatewayV2::Integration', resolver, (one) =>
    IntegrationProperties.parse(one),
  );
  const authorizers = mapByRef(resources, 'AWS::ApiGatewayV2::Authorizer', resolver, (one) =>
    AuthorizerProperties.parse(one),
  );
  const routes = filterByType(resources, 'AWS::ApiGatewayV2::Route').map((resource) => {
    const route = RouteProperties.parse(resolver.properties(resource));
    const integration = integrations.get(route.Target.replace(/^integrations\//, ''));
    if (integration === undefined) throw new Error(`Route ${route.RouteKey} has no integration.`);
    const authorizer = authorizers.get(route.AuthorizerId ?? '');
    if (route.AuthorizationType === 'JWT' && authorizer === undefined) {
      throw new Error(`Route ${route.RouteKey} names an authorizer that the template has not.`);
    }
    return {
      key: route.RouteKey,
      target: functionNameOf(extractFunctionArn(integration.IntegrationUri)),
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

/**
 * Extracts the function's own ARN, also from the invocation form
 * `…:lambda:path/…/functions/<arn>/invocations`.
 */
function extractFunctionArn(uri: string): string {
  return /functions\/(arn:aws:lambda:[^/]+)\/invocations/.exec(uri)?.[1] ?? uri;
}

function mapByRef<T>(
  resources: readonly StackResource[],
  type: string,
  resolver: IntrinsicResolver,
  parse: (properties: Record<string, unknown>) => T,
): Map<string, T> {
  return new Map(
    filterByType(resources, type).map((resource) => [
      resolver.names(resource).ref,
      parse(resolver.properties(resource)),
    ]),
  );
}
