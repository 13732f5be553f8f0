import { HostUnreachableError, type WaitPolicy } from './wait-policy.ts';

/** The API refused a request; the code is that of the problem document. */
export class ApiRefusedError extends Error {
  override readonly name = 'ApiRefusedError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(`${status} ${code}: ${detail}`);
    this.status = status;
    this.code = code;
  }
}

export interface ApiClient {
  readonly url: string;
  /**
   * Requests a route as a demonstration person; undefined for an empty answer. Throws
   * `ApiRefusedError`.
   */
  request<T>(person: string, method: string, path: string, body?: object): Promise<T>;
  /** Requests a route whose answer is not JSON. Throws `ApiRefusedError`. */
  readText(person: string, path: string): Promise<string>;
  /** Fetches a page or file that needs no token, or posts like a button on the page. */
  fetch(address: string, method?: 'GET' | 'POST'): Promise<Response>;
}

interface ApiClientOptions {
  readonly url: string;
  readonly token: (person: string) => string;
  readonly waitPolicy: WaitPolicy;
  /** The prefix of every idempotency key, so that two runs never share one. */
  readonly run: string;
}

/** The gateway holds a request for 30 s at most. */
const ANSWER_SECONDS = 40;
/** Answers after which to try again. */
const RETRYABLE_STATUSES = new Set([429, 502, 503, 504]);

/**
 * Opens a client of the HTTP API.
 *
 * Each POST has an idempotency key, so that one whose answer was lost with the host is repeated
 * without a second effect.
 */
export function openApiClient({ url, token, waitPolicy, run }: ApiClientOptions): ApiClient {
  let posts = 0;

  async function answer(person: string, method: string, path: string, body?: object) {
    const headers: Record<string, string> = { authorization: `Bearer ${token(person)}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (method === 'POST') {
      posts += 1;
      headers['idempotency-key'] = `demo-${run}-${posts}`;
    }
    const request = {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const { status, text } = await waitPolicy.retryWhileAway(() =>
      sendRequest(url + path, request),
    );
    if (status < 300) return text;
    throw makeRefusedError(status, text);
  }

  return {
    url,
    request: async <T>(person: string, method: string, path: string, body?: object) => {
      const text = await answer(person, method, path, body);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
    readText: (person, path) => answer(person, 'GET', path),
    fetch: (address, method = 'GET') =>
      waitPolicy.retryWhileAway(() =>
        fetch(address, { method }).catch((error: unknown) => {
          throw new HostUnreachableError(String(error));
        }),
      ),
  };
}

const PROBE_SECONDS = 5;

/** Whether something answers at an address at once. */
export async function isAnswering(address: string): Promise<boolean> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(PROBE_SECONDS * 1000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

async function sendRequest(
  address: string,
  request: RequestInit,
): Promise<{ status: number; text: string }> {
  let answer: { status: number; text: string };
  try {
    const signal = AbortSignal.timeout(ANSWER_SECONDS * 1000);
    const response = await fetch(address, { ...request, signal });
    answer = { status: response.status, text: await response.text() };
  } catch (error) {
    throw new HostUnreachableError(String(error));
  }
  if (RETRYABLE_STATUSES.has(answer.status))
    throw new HostUnreachableError(`${answer.status} ${answer.text}`);
  return answer;
}

function makeRefusedError(status: number, text: string): ApiRefusedError {
  try {
    const problem = JSON.parse(text) as { code?: string; detail?: string; message?: string };
    const detail = problem.detail ?? problem.message ?? '';
    return new ApiRefusedError(status, problem.code ?? '', detail);
  } catch {
    return new ApiRefusedError(status, '', text.slice(0, 200));
  }
}
