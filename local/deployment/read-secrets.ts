import * as z from 'zod';
import { filterByType } from './read-messaging.ts';
import type { IntrinsicResolver } from './resolve-intrinsics.ts';
import type { StackResource } from './resource.ts';

export interface SecretResource {
  readonly name: string;
  readonly arn: string;
  /** Text that the template itself gives, instead of generated text. */
  readonly givenText: string | undefined;
  readonly generation: GenerateSecretString;
}

export const GenerateSecretString = z.object({
  PasswordLength: z.number().default(32),
  ExcludePunctuation: z.boolean().default(false),
  ExcludeCharacters: z.string().default(''),
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
});
export type GenerateSecretString = z.infer<typeof GenerateSecretString>;

const SecretProperties = z.object({
  SecretString: z.string().optional(),
  GenerateSecretString: GenerateSecretString.optional(),
});

export function readSecrets(
  resources: readonly StackResource[],
  resolver: IntrinsicResolver,
): SecretResource[] {
  return filterByType(resources, 'AWS::SecretsManager::Secret').map((resource) => {
    const properties = SecretProperties.parse(resolver.properties(resource));
    const { ref } = resolver.names(resource);
    return {
      name: ref.split(':').at(-1) ?? ref,
      arn: ref,
      givenText: properties.SecretString,
      generation: properties.GenerateSecretString ?? GenerateSecretString.parse({}),
    };
  });
}
