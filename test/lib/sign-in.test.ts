import { describe, expect, it } from 'vitest';
import { makeApp } from '../../lib/make-app.ts';
import { type SynthesizedResource, SynthesizedStage, stagesWith, targetOf } from './synthesize.ts';

const saml = {
  kind: 'saml',
  name: 'EntraID',
  metadataUrl:
    'https://login.microsoftonline.com/4f0b6c1e/federationmetadata/2007-06/federationmetadata.xml',
  trustEmail: true,
};
const oidc = {
  kind: 'oidc',
  name: 'Workspace',
  issuer: 'https://accounts.google.com',
  clientId: 'client-1.apps.googleusercontent.com',
  clientSecretName: 'toritsugi/workspace-client',
};

const alone = new SynthesizedStage('prod');
const federated = new SynthesizedStage('prod', {
  signIn: { federation: [saml, oidc], passwords: false },
  mailPolicy: { ownDomains: ['group.example'] },
});
const both = new SynthesizedStage('prod', { signIn: { federation: [oidc] } });

const clientOf = (stage: SynthesizedStage) =>
  stage.onlyResourceOfType('AWS::Cognito::UserPoolClient');
const directoriesOf = (stage: SynthesizedStage) =>
  stage.resourcesOfType('AWS::Cognito::UserPoolIdentityProvider');
const variablesOf = (stage: SynthesizedStage) =>
  stage.functionOf('people/accept-sign-in').Properties.Environment.Variables;

describe('the sign-in pages', () => {
  it("are managed login on the pool's own domain, with the branding that they need to show", () => {
    const pool = alone.onlyResourceOfType('AWS::Cognito::UserPool');
    const domain = alone.onlyResourceOfType('AWS::Cognito::UserPoolDomain').Properties;
    expect(domain).toMatchObject({ ManagedLoginVersion: 2, UserPoolId: { Ref: pool.id } });
    expect(domain.Domain['Fn::Join'][1]).toEqual(['toritsugi-prod-', { Ref: 'AWS::AccountId' }]);
    const branding = alone.onlyResourceOfType('AWS::Cognito::ManagedLoginBranding').Properties;
    expect(branding).toMatchObject({ UserPoolId: { Ref: pool.id } });
    expect(targetOf(branding.ClientId)).toBe(clientOf(alone).id);
  });

  it.each(['Prod', 'aws-test'])('have no domain for a stage named %s', (name) => {
    const stages = stagesWith(name, stagesWith('prod', {})['prod'] ?? {});
    const context = { stage: name, stages };
    expect(() => makeApp({ bundling: false, context })).toThrow('sign-in domain');
  });

  it('give a public client a code, and refresh tokens that rotate and can be revoked', () => {
    const { Properties } = clientOf(alone);
    expect(Properties).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', 'email', 'profile'],
      EnableTokenRevocation: true,
      RefreshTokenRotation: { Feature: 'ENABLED' },
      RefreshTokenValidity: 720,
    });
  });
});

describe('the trigger', () => {
  const { LambdaConfig } = alone.onlyResourceOfType('AWS::Cognito::UserPool').Properties;
  const trigger = alone.functionOf('people/accept-sign-in');

  it('is asked before any tokens are issued, within the time that Cognito waits', () => {
    expect(Object.keys(LambdaConfig)).toEqual(['PreTokenGeneration']);
    expect(targetOf(LambdaConfig.PreTokenGeneration)).toBe(trigger.id);
    expect(trigger.Properties.Timeout).toBe(5);
    const permission = alone
      .resourcesOfType('AWS::Lambda::Permission')
      .find(({ Properties }) => Properties.Principal === 'cognito-idp.amazonaws.com');
    expect(targetOf(permission?.Properties.FunctionName)).toBe(trigger.id);
    expect(targetOf(permission?.Properties.SourceArn)).toBe(
      alone.onlyResourceOfType('AWS::Cognito::UserPool').id,
    );
  });

  it('is told the own domains, the first lead and whose addresses to trust', () => {
    expect(variablesOf(alone)).toMatchObject({
      OWN_DOMAINS: '["toritsugi.example"]',
      TRUSTED_PROVIDERS: '[]',
      FIRST_LEAD: 'it-lead@toritsugi.example',
    });
    expect(variablesOf(federated)).toMatchObject({
      OWN_DOMAINS: '["toritsugi.example","group.example"]',
      TRUSTED_PROVIDERS: '["EntraID"]',
    });
  });
});

describe("the pool's own accounts", () => {
  it('take a password and a time-based code where they are all there is', () => {
    expect(directoriesOf(alone)).toEqual([]);
    expect(clientOf(alone).Properties).toMatchObject({
      SupportedIdentityProviders: ['COGNITO'],
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
    });
    expect(alone.onlyResourceOfType('AWS::Cognito::UserPool').Properties).toMatchObject({
      MfaConfiguration: 'ON',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    });
  });

  it('can stand beside a directory', () => {
    expect(clientOf(both).Properties.SupportedIdentityProviders).toEqual(['Workspace', 'COGNITO']);
  });

  it('sign nobody in, not even by the SDK, where the stage is without passwords', () => {
    const { SupportedIdentityProviders, ExplicitAuthFlows } = clientOf(federated).Properties;
    expect(SupportedIdentityProviders).toEqual(['EntraID', 'Workspace']);
    // The custom flow needs functions that answer its challenges, and the pool has none.
    expect(ExplicitAuthFlows).toEqual(['ALLOW_CUSTOM_AUTH']);
    const pool = federated.onlyResourceOfType('AWS::Cognito::UserPool');
    expect(Object.keys(pool.Properties.LambdaConfig)).toEqual(['PreTokenGeneration']);
  });
});

describe("the company's directory", () => {
  const byName = (name: string): SynthesizedResource => {
    const found = directoriesOf(federated).find(
      ({ Properties }) => Properties.ProviderName === name,
    );
    if (found === undefined) throw new Error(`no directory ${name}`);
    return found;
  };

  it('by SAML is read from its metadata, with address and name', () => {
    expect(byName('EntraID').Properties).toMatchObject({
      ProviderType: 'SAML',
      ProviderDetails: { MetadataURL: saml.metadataUrl },
      AttributeMapping: {
        email: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
        name: 'http://schemas.microsoft.com/identity/claims/displayname',
      },
    });
  });

  it('by OIDC has its secret from Secrets Manager, and says which addresses are verified', () => {
    const { Properties } = byName('Workspace');
    expect(Properties).toMatchObject({
      ProviderType: 'OIDC',
      ProviderDetails: {
        client_id: oidc.clientId,
        client_secret: '{{resolve:secretsmanager:toritsugi/workspace-client:SecretString:::}}',
        oidc_issuer: oidc.issuer,
        authorize_scopes: 'openid email profile',
      },
      AttributeMapping: { email: 'email', name: 'name', email_verified: 'email_verified' },
    });
  });

  it('by OIDC that the stage trusts with addresses is not asked, and may call things otherwise', () => {
    const trusted = new SynthesizedStage('prod', {
      signIn: {
        federation: [
          {
            ...oidc,
            issuer: 'https://login.microsoftonline.com/4f0b6c1e/v2.0',
            trustEmail: true,
            attributes: { email: 'preferred_username' },
          },
        ],
      },
    });
    expect(directoriesOf(trusted)[0]?.Properties.AttributeMapping).toEqual({
      email: 'preferred_username',
      name: 'name',
    });
    expect(variablesOf(trusted).TRUSTED_PROVIDERS).toBe('["Workspace"]');
  });

  it('is there before the client that names it', () => {
    const { DependsOn } = clientOf(federated);
    expect(DependsOn).toEqual(expect.arrayContaining(directoriesOf(federated).map(({ id }) => id)));
  });
});
