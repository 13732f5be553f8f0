import { Aws, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnManagedLoginBranding,
  CfnUserPoolGroup,
  FeaturePlan,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
  UserPoolClientIdentityProvider,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Env as AcceptSignIn } from '../../functions/people/accept-sign-in.ts';
import { EntryFunction } from '../entry-function.ts';
import type { SignInContext } from '../stage-context.ts';
import { addCompanyDirectory } from './company-directory.ts';
import type { LedgerTable } from './ledger-table.ts';

const groups = {
  requester: 'Employees who open inquiries',
  operator: "Outsourced vendors' agents",
  staff: 'Internal agents',
  lead: 'IT leads',
} as const;

export interface UserDirectoryProps {
  readonly stage: string;
  readonly production: boolean;
  readonly webOrigins: readonly string[];
  readonly signIn: SignInContext;
  /** The domains whose people belong to the company. */
  readonly ownDomains: readonly string[];
  readonly firstLead: string | undefined;
  readonly ledger: LedgerTable;
  readonly logRetention: RetentionDays;
}

/**
 * The people who sign in, on the pool's own pages: by the company's directories, by accounts of the
 * pool, or both. A token only says who somebody is: the registry of people says what they may do, so
 * the groups here only inform readers of the console.
 */
export class UserDirectory extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;
  /** Where people sign in; it leads back to the first web origin. */
  readonly signInUrl: string;

  constructor(scope: Construct, id: string, props: UserDirectoryProps) {
    super(scope, id);
    this.pool = new UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      // A changed address counts once it is verified; until then the former one does.
      keepOriginal: { email: true },
      // A directory may change what it says of somebody at each sign-in.
      standardAttributes: { email: { required: true, mutable: true } },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      // For the pool's own accounts; a directory asks for its second factor itself.
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: props.production,
      removalPolicy: props.production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    Validations.of(this.pool).acknowledge({
      id: 'AwsSolutions-COG8',
      reason:
        'The Plus plan adds threat protection at a price per active user; every sign-in here already takes a second factor and accounts are made by an administrator only.',
    });
    for (const [groupName, description] of Object.entries(groups)) {
      new CfnUserPoolGroup(this, `Group-${groupName}`, {
        userPoolId: this.pool.userPoolId,
        groupName,
        description,
      });
    }
    this.#addTrigger(props);
    const domain = this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: makeDomainPrefix(props.stage) },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    this.client = this.#addWebClient(props);
    // Without a branding of the client, managed login shows nobody any page.
    new CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: this.pool.userPoolId,
      clientId: this.client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
    const [origin = ''] = props.webOrigins;
    this.signInUrl = domain.signInUrl(this.client, { redirectUri: `${origin}/` });
  }

  #addTrigger(props: UserDirectoryProps): void {
    const trusted = props.signIn.federation.filter(({ trustEmail }) => trustEmail);
    const acceptSignIn = new EntryFunction<AcceptSignIn>(this, 'AcceptSignIn', {
      entry: 'functions/people/accept-sign-in.lambda.ts',
      environment: {
        TABLE_NAME: props.ledger.table.tableName,
        OWN_DOMAINS: JSON.stringify(props.ownDomains),
        TRUSTED_PROVIDERS: JSON.stringify(trusted.map(({ name }) => name)),
        FIRST_LEAD: props.firstLead ?? '',
      },
      logRetention: props.logRetention,
      // Cognito waits no longer.
      timeout: Duration.seconds(5),
      refusesByError: true,
    });
    props.ledger.grantSignIn(acceptSignIn);
    this.pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION, acceptSignIn.lambda);
  }

  #addWebClient({ signIn, webOrigins }: UserDirectoryProps): UserPoolClient {
    const directories = signIn.federation.map((directory) =>
      addCompanyDirectory(this, this.pool, directory),
    );
    const signedIn = webOrigins.map((origin) => `${origin}/`);
    // A page in the browser can keep no secret; PKCE binds the code to it.
    const client = this.pool.addClient('Web', {
      generateSecret: false,
      // There must be a flow. The custom one has no functions here, so that it signs nobody in;
      // naming no provider but directories would still let accounts of the pool in by the SDK.
      authFlows: signIn.passwords ? { userSrp: true } : { custom: true },
      supportedIdentityProviders: [
        ...signIn.federation.map(({ name }) => UserPoolClientIdentityProvider.custom(name)),
        ...(signIn.passwords ? [UserPoolClientIdentityProvider.COGNITO] : []),
      ],
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
        callbackUrls: signedIn,
        logoutUrls: signedIn,
      },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.minutes(60),
      idTokenValidity: Duration.minutes(60),
      refreshTokenValidity: Duration.hours(12),
      // A stolen refresh token works until the page uses its own; two tabs may ask at once.
      refreshTokenRotationGracePeriod: Duration.seconds(10),
    });
    // CloudFormation does not see that the client's list of names needs them.
    for (const directory of directories) client.node.addDependency(directory);
    return client;
  }
}

/** The pool's domain, of at most 63 characters: one name in the whole region, hence the account. */
function makeDomainPrefix(stage: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(stage) || /aws|amazon|cognito/.test(stage)) {
    throw new Error(`The stage ${stage} cannot have a sign-in domain of its name.`);
  }
  return `toritsugi-${stage}-${Aws.ACCOUNT_ID}`;
}
