import type { IncomingMessage, ServerResponse } from 'node:http';
import Provider, { type Context, errors, type IssuedToken } from 'oidc-provider';
import { WEB_CLIENT_ID } from '../deployment/local-names.ts';
import type { UserPoolResource } from '../deployment/read-identity.ts';
import { issuerOf } from './access-token.ts';
import { type Account, AccountDirectory } from './account-directory.ts';
import type { DemonstrationPerson } from './demonstration-people.ts';
import type { SessionStore } from './session-store.ts';
import { makeSignInInteraction } from './sign-in-interaction.ts';
import type { TokenSigningKeys } from './token-signing-keys.ts';
import { TokensRefusedError, type TokenTrigger } from './token-trigger.ts';

export const IDENTITY_PREFIX = '/oidc';

/** The one resource that tokens are for; its name is never visible outside the provider. */
const RESOURCE = 'urn:toritsugi:api';
const SCOPES = 'openid profile email';
const SESSION_COOKIE = '_session';

export interface OpenIdProviderOptions {
  readonly publicUrl: string;
  readonly keys: TokenSigningKeys;
  readonly people: readonly DemonstrationPerson[];
  readonly pool: UserPoolResource;
  readonly mayHaveTokens: TokenTrigger;
  /** Returns the store of one of the provider's models. */
  readonly store: (model: string) => SessionStore;
}

/**
 * Makes the user pool's stand-in: an OpenID provider where one signs in by choosing a person, or by
 * giving any address, which counts as verified.
 *
 * Its client is public with authorization code and PKCE, and its tokens last and rotate as the
 * template says. They carry Cognito's claims. Whoever the template's trigger refuses gets none, at
 * the page and whenever tokens are renewed.
 */
export function makeOpenIdProvider(
  options: OpenIdProviderOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { publicUrl, people, mayHaveTokens } = options;
  const accounts = new AccountDirectory(people, options.store('Account'));
  const provider = new Provider(issuerOf(publicUrl), {
    ...configureClient(options),
    ...configureTokens(options.pool, accounts),
    adapter: options.store,
    jwks: { keys: [options.keys.privateKey] },
    cookies: { keys: [options.keys.cookieSecret], names: { session: SESSION_COOKIE } },
    clientBasedCORS: () => true,
    interactions: {
      url: (_context: unknown, interaction: { uid: string }) =>
        `${IDENTITY_PREFIX}/sign-in/${interaction.uid}`,
    },
    findAccount: async (_context: unknown, sub: string, token?: IssuedToken) => {
      const account = await accounts.find(sub);
      if (account === undefined) return undefined;
      await checkTokens(mayHaveTokens, account, token);
      return { accountId: sub, claims: (use: string) => buildIdentityClaims(account, use) };
    },
    loadExistingGrant: grantEverything,
  });
  const callback = provider.callback();
  const signIn = makeSignInInteraction({ provider, people, accounts, mayHaveTokens });

  return async (request, response) => {
    const url = request.url ?? '/';
    if (url.startsWith(`${IDENTITY_PREFIX}/sign-in/`)) return signIn(request, response);
    if (url.startsWith(`${IDENTITY_PREFIX}/logout`)) return signOut(options, request, response);
    // The provider compares the two to learn where it is mounted, as under Express.
    Object.assign(request, { originalUrl: url, url: url.slice(IDENTITY_PREFIX.length) || '/' });
    await callback(request, response);
  };
}

function configureClient({ publicUrl, pool }: OpenIdProviderOptions) {
  const own = `${publicUrl}/`;
  return {
    clients: [
      {
        client_id: WEB_CLIENT_ID,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [...new Set([own, ...pool.callbacks])],
        post_logout_redirect_uris: [...new Set([own, ...pool.logouts])],
      },
    ],
  };
}

function configureTokens(pool: UserPoolResource, accounts: AccountDirectory) {
  return {
    claims: {
      openid: ['sub', 'token_use', 'cognito:username'],
      email: ['email', 'email_verified'],
      profile: ['name'],
    },
    // Cognito puts them into the ID token whatever the scopes are fetched with.
    conformIdTokenClaims: false,
    ttl: {
      AccessToken: pool.accessTokenSeconds,
      IdToken: pool.idTokenSeconds,
      RefreshToken: (context: Context) =>
        // A token that takes another's place lasts no longer than that would have.
        context.oidc.entities.RotatedRefreshToken?.remainingTTL ?? pool.refreshTokenSeconds,
      // Cognito's pages remember who signed in for an hour.
      Session: 3600,
      Grant: pool.refreshTokenSeconds + 3600,
      Interaction: 3600,
    },
    rotateRefreshToken: pool.rotatesRefreshTokens,
    issueRefreshToken: () => true,
    expiresWithSession: () => false,
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: SCOPES,
          audience: WEB_CLIENT_ID,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    extraTokenClaims: async (_context: unknown, token: IssuedToken) => ({
      token_use: 'access',
      version: 2,
      username: (await accounts.find(token.accountId ?? ''))?.username,
    }),
    formats: { customizers: { jwt: hideAudience } },
  };
}

/** Asks the trigger where a code or a refresh token is exchanged; refuses in Cognito's words. */
async function checkTokens(
  mayHaveTokens: TokenTrigger,
  account: Account,
  token: IssuedToken | undefined,
): Promise<void> {
  const isRenewal = token?.kind === 'RefreshToken';
  if (!isRenewal && token?.kind !== 'AuthorizationCode') return;
  try {
    await mayHaveTokens(
      account,
      isRenewal ? 'TokenGeneration_RefreshTokens' : 'TokenGeneration_HostedAuth',
    );
  } catch (error) {
    if (!(error instanceof TokensRefusedError)) throw error;
    throw new errors.CustomOIDCProviderError(
      'invalid_grant',
      `PreTokenGeneration failed with error ${error.message}.`,
    );
  }
}

/** The provider insists on an audience, which Cognito's access tokens have not: JSON leaves it out. */
function hideAudience(
  _context: unknown,
  _token: unknown,
  { payload }: { payload: Record<string, unknown> },
): void {
  Object.defineProperty(payload, 'aud', { enumerable: false });
}

/** Grants everything without asking: the demonstration's pages belong to the provider. */
async function grantEverything({ oidc }: Context) {
  const grant = new oidc.provider.Grant({
    clientId: oidc.client.clientId,
    accountId: oidc.session.accountId,
  });
  grant.addOIDCScope(SCOPES);
  grant.addResourceScope(RESOURCE, SCOPES);
  await grant.save();
  return grant;
}

/**
 * Ends the session of the sign-in pages as Cognito's logout endpoint does: by `client_id` and
 * `logout_uri`, at once, and without touching tokens, which a page revokes itself.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
 */
async function signOut(
  { publicUrl, pool, store }: OpenIdProviderOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { searchParams } = new URL(request.url ?? '/', publicUrl);
  const goal = searchParams.get('logout_uri') ?? '';
  const isKnown = [`${publicUrl}/`, ...pool.logouts].includes(goal);
  if (searchParams.get('client_id') !== WEB_CLIENT_ID || !isKnown) {
    response.writeHead(400, { 'content-type': 'text/plain' }).end('Bad Request\n');
    return;
  }
  const session = new RegExp(`(?:^|; )${SESSION_COOKIE}=([^;]+)`).exec(
    request.headers.cookie ?? '',
  )?.[1];
  if (session !== undefined) await store('Session').destroy(session);
  response.writeHead(302, { location: goal, 'cache-control': 'no-store' }).end();
}

function buildIdentityClaims(account: Account, use: string) {
  return {
    sub: account.sub,
    email: account.address,
    email_verified: true,
    name: account.name,
    ...(use === 'id_token' && { token_use: 'id', 'cognito:username': account.username }),
  };
}
