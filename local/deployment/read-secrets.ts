import * as z from 'zod';
import { ofType } from './read-messaging.ts';
import type { Resolver } from './resolve-intrinsics.ts';
import type { Resource } from './resource.ts';

export interface Secret {
  readonly name: string;
  readonly arn: string;
  /** Text that the template itself gives, in place of generated text. */
  readonly given: string | undefined;
  readonly generate: GenerateSecretString;
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

export function readSecrets(resources: readonly Resource[], resolver: Resolver): Secret[] {
  return ofType(resources, 'AWS::SecretsManager::Secret').map((resource) => {
    const properties = SecretProperties.parse(resolver.properties(resource));
    const { ref } = resolver.names(resource);
    return {
      name: ref.split(':').at(-1) ?? ref,
      arn: ref,
      given: properties.SecretString,
      generate: properties.GenerateSecretString ?? GenerateSecretString.parse({}),
    };
  });
}
