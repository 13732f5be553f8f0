import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { readRequest } from '../gateway/read-request.ts';
import { PAGE_HEADERS } from '../html.ts';
import type { Account, AccountDirectory } from './account-directory.ts';
import type { DemonstrationPerson } from './demonstration-people.ts';
import { type EnteredPerson, renderEndedPage, renderSignInPage } from './sign-in-page.ts';
import { choosePageLanguage } from './sign-in-words.ts';
import { TokensRefusedError, type TokenTrigger } from './token-trigger.ts';

/** The page where one signs in, as the provider's interaction. */
export function makeSignInInteraction(parts: {
  readonly provider: Provider;
  readonly people: readonly DemonstrationPerson[];
  readonly accounts: AccountDirectory;
  readonly mayHaveTokens: TokenTrigger;
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { provider, people, accounts, mayHaveTokens } = parts;

  async function findAccount(form: URLSearchParams): Promise<Account | EnteredPerson | undefined> {
    const sub = form.get('sub');
    if (sub !== null) return accounts.find(sub);
    const address = form.get('address')?.trim() ?? '';
    const name = form.get('name')?.trim().slice(0, 200) ?? '';
    return isMailAddress(address) ? accounts.open(address, name) : { address, name };
  }

  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const language = choosePageLanguage(
      url.searchParams.get('lang'),
      request.headers['accept-language'],
    );
    const send = (status: number, page: string) => {
      response.writeHead(status, PAGE_HEADERS).end(page);
    };
    try {
      await provider.interactionDetails(request, response);
    } catch {
      return send(400, renderEndedPage(language));
    }
    const page = { language, path: url.pathname, people };
    if (request.method !== 'POST') return send(200, renderSignInPage(page));
    const form = new URLSearchParams((await readRequest(request, 4096))?.toString());
    const account = await findAccount(form);
    if (account === undefined) return send(400, renderSignInPage(page));
    if (!('sub' in account)) {
      return send(400, renderSignInPage({ ...page, entered: account, isAddressInvalid: true }));
    }
    try {
      await mayHaveTokens(account, 'TokenGeneration_HostedAuth');
    } catch (error) {
      if (!(error instanceof TokensRefusedError)) throw error;
      const entered = { address: form.get('address') ?? '', name: form.get('name') ?? '' };
      return send(403, renderSignInPage({ ...page, entered, refusal: error.message }));
    }
    await provider.interactionFinished(request, response, { login: { accountId: account.sub } });
  };
}

function isMailAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>"(),:;\\[\]]+@[^\s@<>"(),:;\\[\]]+$/.test(text);
}
