import type { IncomingMessage, ServerResponse } from 'node:http';
import Provider, { type Context } from 'oidc-provider';
import { WEB_CLIENT_ID } from '../deployment/local-names.ts';
import { readRequest } from '../gateway/read-request.ts';
import { html, PAGE_HEADERS, renderLocalPage } from '../html.ts';
import { issuerOf } from './access-token.ts';
import { type DemonstrationPerson, readNickname } from './demonstration-people.ts';
import type { TokenSigningKeys } from './token-signing-keys.ts';

export const IDENTITY_PREFIX = '/oidc';

/** The one resource that tokens are for; its name is never visible outside the provider. */
const RESOURCE = 'urn:toritsugi:api';
const SCOPES = 'openid profile email';

export interface OpenIdProviderOptions {
  readonly publicUrl: string;
  readonly keys: TokenSigningKeys;
  readonly people: readonly DemonstrationPerson[];
  /** The URLs to which a page may return after signing in. */
  readonly callbacks: readonly string[];
  /** Returns the store of one of the provider's models. */
  readonly store: (model: string) => unknown;
}

/**
 * Makes the user pool's stand-in: an OpenID provider where one signs in by choosing a person.
 *
 * Its client is public with authorization code and PKCE, like the template's; its access tokens are
 * JWTs with those of Cognito's claims that anything here reads.
 */
export function makeOpenIdProvider(
  options: OpenIdProviderOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { publicUrl, keys, people } = options;
  const bySub = new Map(people.map((person) => [person.sub, person]));
  const provider = new Provider(issuerOf(publicUrl), {
    clients: [
      {
        client_id: WEB_CLIENT_ID,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [...new Set([`${publicUrl}/`, ...options.callbacks])],
        post_logout_redirect_uris: [...new Set([`${publicUrl}/`, ...options.callbacks])],
      },
    ],
    adapter: options.store,
    jwks: { keys: [keys.privateKey] },
    cookies: { keys: [keys.cookieSecret] },
    clientBasedCORS: () => true,
    claims: { openid: ['sub'], email: ['email'], profile: ['name', 'preferred_username'] },
    ttl: { AccessToken: 3600, IdToken: 3600, Session: 86_400, Grant: 86_400, Interaction: 3600 },
    features: {
      devInteractions: { enabled: false },
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
    interactions: {
      url: (_context: unknown, interaction: { uid: string }) =>
        `${IDENTITY_PREFIX}/sign-in/${interaction.uid}`,
    },
    findAccount: (_context: unknown, sub: string) => {
      const person = bySub.get(sub);
      return person && { accountId: sub, claims: () => buildIdentityClaims(person) };
    },
    extraTokenClaims: (_context: unknown, token: { accountId?: string }) => ({
      token_use: 'access',
      username: usernameOf(bySub.get(token.accountId ?? '')),
    }),
    loadExistingGrant: grantEverything,
  });
  const callback = provider.callback();

  return async (request, response) => {
    const url = request.url ?? '/';
    if (url.startsWith(`${IDENTITY_PREFIX}/sign-in/`)) {
      await signIn(provider, people, request, response);
      return;
    }
    // The provider compares the two to learn where it is mounted, as under Express.
    Object.assign(request, { originalUrl: url, url: url.slice(IDENTITY_PREFIX.length) || '/' });
    await callback(request, response);
  };
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

async function signIn(
  provider: Provider,
  people: readonly DemonstrationPerson[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let uid: string;
  try {
    ({ uid } = await provider.interactionDetails(request, response));
  } catch {
    response
      .writeHead(400, PAGE_HEADERS)
      .end(
        renderLocalPage(
          'This sign-in has ended',
          html`<p>Start again from the page you came from.</p>`,
        ).text,
      );
    return;
  }
  if (request.method === 'POST') {
    const form = new URLSearchParams((await readRequest(request, 4096))?.toString());
    const person = people.find(({ sub }) => sub === form.get('sub'));
    if (person !== undefined) {
      await provider.interactionFinished(request, response, { login: { accountId: person.sub } });
      return;
    }
  }
  const rows = people.map(
    (
      person,
    ) => html`<tr><td><button name="sub" value="${person.sub}">${readNickname(person)}</button></td>
<td>${person.name}</td><td>${person.role}</td><td>${person.address}</td></tr>`,
  );
  response
    .writeHead(200, PAGE_HEADERS)
    .end(
      renderLocalPage(
        'Sign in as',
        html`<form method="post" action="${IDENTITY_PREFIX}/sign-in/${uid}"><table>${rows}</table></form>`,
      ).text,
    );
}

function buildIdentityClaims(person: DemonstrationPerson) {
  return {
    sub: person.sub,
    email: person.address,
    name: person.name,
    preferred_username: readNickname(person),
  };
}

function usernameOf(person: DemonstrationPerson | undefined): string | undefined {
  return person && readNickname(person);
}
