import * as z from 'zod';
import type { IntrinsicResolver } from './resolve-intrinsics.ts';
import { UnresolvableError } from './resolve-intrinsics.ts';
import type { StackResource } from './resource.ts';

export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  /** The entry's path within the repository, from the template's metadata. */
  readonly entry: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
}

const FunctionProperties = z.object({
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional(),
});

/** The metadata key under which `lib` names the source of a function. */
const ENTRY = 'toritsugi:entry';

/** Reads the project's functions; the CDK's own have no entry and are left out. */
export function readFunctions(
  resources: readonly StackResource[],
  resolver: IntrinsicResolver,
): LambdaFunction[] {
  return resources
    .filter(({ type, metadata }) => type === 'AWS::Lambda::Function' && ENTRY in metadata)
    .map((resource) => {
      const properties = FunctionProperties.parse(resource.properties);
      const { ref, attributes } = resolver.names(resource);
      return {
        name: ref,
        arn: attributes['Arn'] ?? ref,
        entry: z.string().parse(resource.metadata[ENTRY]),
        timeoutSeconds: properties.Timeout,
        memoryMegabytes: properties.MemorySize,
        environment: resolveEnvironment(
          resource,
          properties.Environment?.Variables ?? {},
          resolver,
        ),
      };
    });
}

function resolveEnvironment(
  resource: StackResource,
  variables: Record<string, unknown>,
  resolver: IntrinsicResolver,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      try {
        return [name, resolver.text(value, resource.stack)];
      } catch (error) {
        if (!(error instanceof UnresolvableError)) throw error;
        throw new UnresolvableError(
          `Variable ${name} of function ${resource.id}: ${error.message}`,
        );
      }
    }),
  );
}

/** Variables for the Lambda runtime process itself, which mean nothing in this one. */
const RUNTIME_ONLY = new Set(['NODE_OPTIONS', 'AWS_LAMBDA_EXEC_WRAPPER']);

/**
 * Merges the environments of all functions into one, since they share a process here.
 *
 * Throws when two functions need different values under one name: on AWS each would have its own,
 * here one of them would silently get the other's.
 */
export function mergeEnvironments(functions: readonly LambdaFunction[]): Record<string, string> {
  const shared = new Map<string, { value: string; owner: string }>();
  for (const { name: owner, environment } of functions) {
    for (const [name, value] of Object.entries(environment)) {
      if (RUNTIME_ONLY.has(name)) continue;
      const other = shared.get(name);
      if (other !== undefined && other.value !== value) {
        throw new Error(
          `Functions ${other.owner} and ${owner} want different values of ${name}: ` +
            `"${other.value}" and "${value}". They share one process here.`,
        );
      }
      shared.set(name, { value, owner });
    }
  }
  return Object.fromEntries([...shared].map(([name, { value }]) => [name, value]));
}

/** Reads what the functions call the table and the buckets of their stage. */
export function readStorageNames(
  functions: readonly LambdaFunction[],
): Record<'table' | 'mailBucket' | 'contentBucket', string | undefined> {
  const variables = mergeEnvironments(functions);
  return {
    table: variables['TABLE_NAME'],
    mailBucket: variables['MAIL_BUCKET'],
    contentBucket: variables['CONTENT_BUCKET'],
  };
}
