import { createHash, randomBytes } from 'node:crypto';

const clientId = 'toritsugi-web';

/** What the token endpoint answers: tokens, or why there are none. */
export interface TokenAnswer {
  readonly status: number;
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly error?: string;
  readonly error_description?: string;
}

/** What a page of the sign-in shows, or where it led back to. */
export interface VisitedPage {
  readonly status: number;
  readonly url: URL;
  readonly body: string;
}

/** A browser with a page of ours in it, signing in by code and PKCE; it keeps cookies. */
export async function openSignInBrowser(host: string, acceptLanguage?: string) {
  const cookies = new Map<string, string>();
  const discovery = await fetch(`${host}/oidc/.well-known/openid-configuration`);
  const provider = (await discovery.json()) as Record<string, string>;
  const verifier = randomBytes(32).toString('base64url');

  /** Follows redirects within the host, up to one that brings a code or an error back. */
  async function visit(address: string, init: RequestInit = {}): Promise<VisitedPage> {
    let url = new URL(address, host);
    let request = init;
    for (;;) {
      const response = await fetch(url, {
        ...request,
        redirect: 'manual',
        headers: {
          ...(request.headers as Record<string, string>),
          ...(acceptLanguage === undefined ? {} : { 'accept-language': acceptLanguage }),
          cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
        },
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [name = '', ...value] = (cookie.split(';')[0] ?? '').split('=');
        cookies.set(name, value.join('='));
      }
      const { status } = response;
      const location = response.headers.get('location');
      if (location === null) return { status, url, body: await response.text() };
      url = new URL(location, url);
      if (url.pathname === '/') return { status, url, body: '' };
      request = {};
    }
  }

  async function ask(endpoint: string, fields: Record<string, string>): Promise<TokenAnswer> {
    const response = await fetch(provider[endpoint] ?? '', {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, ...fields }),
    });
    const text = await response.text();
    return { status: response.status, ...(text === '' ? {} : JSON.parse(text)) };
  }

  const submit = ({ url }: VisitedPage, fields: Record<string, string>) =>
    visit(url.href, {
      method: 'POST',
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

  return {
    issuer: provider['issuer'],
    visit,
    submit,
    /** Opens the sign-in page, or leads straight back where somebody is signed in already. */
    open: () =>
      visit(
        `${provider['authorization_endpoint']}?${new URLSearchParams({
          client_id: clientId,
          response_type: 'code',
          redirect_uri: `${host}/`,
          scope: 'openid profile email',
          state: 'kept',
          code_challenge: createHash('sha256').update(verifier).digest('base64url'),
          code_challenge_method: 'S256',
        })}`,
      ),
    exchange: ({ url }: VisitedPage) =>
      ask('token_endpoint', {
        grant_type: 'authorization_code',
        code: url.searchParams.get('code') ?? '',
        redirect_uri: `${host}/`,
        code_verifier: verifier,
      }),
    renew: (refresh_token: string) =>
      ask('token_endpoint', { grant_type: 'refresh_token', refresh_token }),
    revoke: (token: string) => ask('revocation_endpoint', { token }),
    signOut: (goal: string) =>
      visit(`/oidc/logout?${new URLSearchParams({ client_id: clientId, logout_uri: goal })}`),
  };
}
export type SignInBrowser = Awaited<ReturnType<typeof openSignInBrowser>>;

/** The claims of a token, unchecked. */
export function readClaims(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
