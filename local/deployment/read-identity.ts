import * as z from 'zod';
import { filterByType } from './read-messaging.ts';
import type { IntrinsicResolver } from './resolve-intrinsics.ts';
import type { StackResource } from './resource.ts';

const ClientProperties = z.object({
  GenerateSecret: z.literal(false).default(false),
  CallbackURLs: z.array(z.string()).default([]),
});

/** Reads the callback URLs of the user pool's clients, which must be public, as in a browser. */
export function readSignInCallbacks(
  resources: readonly StackResource[],
  resolver: IntrinsicResolver,
): string[] {
  return filterByType(resources, 'AWS::Cognito::UserPoolClient').flatMap(
    (resource) => ClientProperties.parse(resolver.properties(resource)).CallbackURLs,
  );
}
