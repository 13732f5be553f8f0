import * as z from 'zod';
import { filterByType } from './read-messaging.ts';
import { functionNameOf } from './read-triggers.ts';
import type { IntrinsicResolver } from './resolve-intrinsics.ts';
import type { StackResource } from './resource.ts';

/** The user pool with its one client, which is public, as in a browser. */
export interface UserPoolResource {
  readonly id: string;
  /** Name of the function that is asked before tokens are issued. */
  readonly tokenTrigger: string | undefined;
  /** The URLs to which a page may return after signing in, and after signing out. */
  readonly callbacks: readonly string[];
  readonly logouts: readonly string[];
  readonly accessTokenSeconds: number;
  readonly idTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly rotatesRefreshTokens: boolean;
}

const PoolProperties = z.object({ LambdaConfig: z.record(z.string(), z.string()).default({}) });

const secondsPerUnit = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
const Unit = z.enum(['seconds', 'minutes', 'hours', 'days']);

const ClientProperties = z.object({
  GenerateSecret: z.literal(false).default(false),
  CallbackURLs: z.array(z.string()).default([]),
  LogoutURLs: z.array(z.string()).default([]),
  // Where the template is silent, Cognito lets tokens last an hour and refresh tokens 30 days.
  AccessTokenValidity: z.number().default(1),
  IdTokenValidity: z.number().default(1),
  RefreshTokenValidity: z.number().default(30),
  TokenValidityUnits: z
    .object({
      AccessToken: Unit.default('hours'),
      IdToken: Unit.default('hours'),
      RefreshToken: Unit.default('days'),
    })
    .prefault({}),
  RefreshTokenRotation: z.object({ Feature: z.enum(['ENABLED', 'DISABLED']) }).optional(),
});

/** Reads the user pool of the template; there is one, as there is one page to sign in at. */
export function readUserPool(
  resources: readonly StackResource[],
  resolver: IntrinsicResolver,
): UserPoolResource {
  const pool = findOnly(resources, 'AWS::Cognito::UserPool');
  const { LambdaConfig } = PoolProperties.parse(resolver.properties(pool));
  const { PreTokenGeneration, ...others } = LambdaConfig;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new Error(`The user pool's trigger ${unknown} is not done here.`);
  const client = ClientProperties.parse(
    resolver.properties(findOnly(resources, 'AWS::Cognito::UserPoolClient')),
  );
  const { AccessToken, IdToken, RefreshToken } = client.TokenValidityUnits;
  return {
    id: resolver.names(pool).ref,
    tokenTrigger: PreTokenGeneration && functionNameOf(PreTokenGeneration),
    callbacks: client.CallbackURLs,
    logouts: client.LogoutURLs,
    accessTokenSeconds: client.AccessTokenValidity * secondsPerUnit[AccessToken],
    idTokenSeconds: client.IdTokenValidity * secondsPerUnit[IdToken],
    refreshTokenSeconds: client.RefreshTokenValidity * secondsPerUnit[RefreshToken],
    rotatesRefreshTokens: client.RefreshTokenRotation?.Feature === 'ENABLED',
  };
}

function findOnly(resources: readonly StackResource[], type: string): StackResource {
  const [only, ...others] = filterByType(resources, type);
  if (only === undefined || others.length > 0) {
    throw new Error(`The template has ${others.length + (only ? 1 : 0)} ${type}; one is needed.`);
  }
  return only;
}
