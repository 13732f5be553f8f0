import { SecretValue } from 'aws-cdk-lib';
import {
  type AttributeMapping,
  type IUserPool,
  ProviderAttribute,
  UserPoolIdentityProviderOidc,
  UserPoolIdentityProviderSaml,
  UserPoolIdentityProviderSamlMetadata,
} from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import type { CompanyDirectory } from '../stage-context.ts';

/** What Entra ID calls them in SAML; other directories can be told to use the same names. */
const samlAttributes = {
  email: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  name: 'http://schemas.microsoft.com/identity/claims/displayname',
} as const;

/** Makes one of the company's directories known to the pool. */
export function addCompanyDirectory(
  scope: Construct,
  userPool: IUserPool,
  directory: CompanyDirectory,
): Construct {
  const { kind, name, attributes } = directory;
  const id = `Directory-${name}`;
  if (kind === 'saml') {
    return new UserPoolIdentityProviderSaml(scope, id, {
      userPool,
      name,
      metadata: UserPoolIdentityProviderSamlMetadata.url(directory.metadataUrl),
      attributeMapping: mapAttributes(attributes, samlAttributes),
    });
  }
  return new UserPoolIdentityProviderOidc(scope, id, {
    userPool,
    name,
    issuerUrl: directory.issuer,
    clientId: directory.clientId,
    // CloudFormation puts it in while it deploys: the template holds the secret's name only.
    clientSecret: SecretValue.secretsManager(directory.clientSecretName).unsafeUnwrap(),
    scopes: ['openid', 'email', 'profile'],
    attributeMapping: {
      ...mapAttributes(attributes, { email: 'email', name: 'name' }),
      // Where the stage trusts the directory, what this says is not asked.
      ...(directory.trustEmail ? {} : { emailVerified: ProviderAttribute.other('email_verified') }),
    },
  });
}

function mapAttributes(
  given: CompanyDirectory['attributes'],
  usual: { readonly email: string; readonly name: string },
): AttributeMapping {
  return {
    email: ProviderAttribute.other(given.email ?? usual.email),
    fullname: ProviderAttribute.other(given.name ?? usual.name),
  };
}
