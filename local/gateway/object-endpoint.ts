import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HostClock } from '../clock.ts';
import { checkPresignedRequest, type SigningCredentials } from './check-presigned-request.ts';
import { checkUpload, type UploadRefusal } from './check-upload.ts';
import { readRequest } from './read-request.ts';

/** The path of S3 on the HTTP port, for the SDK and for browsers with a presigned URL. */
export const OBJECT_PREFIX = '/s3';

export interface UploadForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: Buffer;
}

const UPLOAD_BYTES = 64 * 1024 * 1024;

export interface ObjectEndpointOptions {
  readonly credentials: SigningCredentials;
  /** Origins whose pages may reach the buckets with a CORS configuration. */
  readonly origins: readonly string[];
  readonly crossOriginBuckets: readonly string[];
  readonly clock: HostClock;
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
  readonly put: (bucket: string, form: UploadForm) => void;
}

/**
 * Passes to S3 only requests with the functions' key or their signature: the engine behind it
 * checks neither signature nor expiry nor policy.
 */
export function makeObjectEndpoint(
  options: ObjectEndpointOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { credentials, answer } = options;

  async function receiveUpload(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
  ): Promise<void> {
    const body = await readRequest(request, UPLOAD_BYTES);
    if (body === undefined) return writeRefusal(response, { status: 400, code: 'EntityTooLarge' });
    const form = await readForm(request, body);
    if (form === undefined)
      return writeRefusal(response, { status: 400, code: 'MalformedPOSTRequest' });
    const bucket = parseBucket(url.pathname);
    const fileBytes = form.file.length;
    const refusal = checkUpload(
      { fields: form.fields, fileBytes },
      bucket,
      credentials,
      new Date(),
    );
    if (refusal !== undefined) return writeRefusal(response, refusal);
    options.put(bucket, form);
    response.writeHead(form.fields['success_action_status'] === '201' ? 201 : 204).end();
  }

  return async (request, response) => {
    allowOrigin(request, response, options);
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
    const authorization = request.headers.authorization;
    if (isUpload(request)) return receiveUpload(request, response, url);
    if (url.searchParams.has('X-Amz-Signature')) {
      const code = checkPresignedRequest(
        { method: request.method ?? 'GET', url, headers: request.headers },
        credentials,
        // The functions sign links by their own clock, and the SDK signs uploads by the system's.
        options.clock.date(),
      );
      if (code !== undefined) return writeRefusal(response, { status: 403, code });
      applyOverrides(url, response);
    } else if (!authorization?.includes(`Credential=${credentials.accessKeyId}/`)) {
      return writeRefusal(response, { status: 403, code: 'AccessDenied' });
    }
    request.url = (request.url ?? '/').slice(OBJECT_PREFIX.length);
    answer(request, response);
  };
}

function parseBucket(path: string): string {
  return path.split(/[/?]/)[2] ?? '';
}

function isUpload(request: IncomingMessage): boolean {
  return (
    request.method === 'POST' &&
    (request.headers['content-type'] ?? '').startsWith('multipart/form-data')
  );
}

async function readForm(request: IncomingMessage, body: Buffer): Promise<UploadForm | undefined> {
  try {
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': request.headers['content-type'] ?? '' },
    }).formData();
    const fields: Record<string, string> = {};
    let file = Buffer.alloc(0);
    for (const [name, value] of form) {
      if (typeof value === 'string') fields[name] = value;
      else file = Buffer.from(await value.arrayBuffer());
    }
    return { fields, file };
  } catch {
    return undefined;
  }
}

const OVERRIDES = {
  'response-content-disposition': 'content-disposition',
  'response-content-type': 'content-type',
  'response-cache-control': 'cache-control',
} as const;

/** Applies the response headers that a presigned URL may set; the engine does not know them. */
function applyOverrides(url: URL, response: ServerResponse): void {
  const overrides = Object.entries(OVERRIDES).flatMap(([parameter, header]) => {
    const value = url.searchParams.get(parameter);
    return value === null ? [] : [[header, value] as const];
  });
  if (overrides.length === 0) return;
  const writeHead = response.writeHead.bind(response) as (...all: unknown[]) => ServerResponse;
  response.writeHead = ((status: number, ...rest: unknown[]) => {
    const headers = rest.find((one) => typeof one === 'object' && one !== null) as
      | Record<string, unknown>
      | undefined;
    return writeHead(status, {
      ...headers,
      ...(status < 300 ? Object.fromEntries(overrides) : {}),
    });
  }) as typeof response.writeHead;
}

function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  { origins, crossOriginBuckets }: ObjectEndpointOptions,
): void {
  const { origin } = request.headers;
  if (origin === undefined || !origins.includes(origin)) return;
  if (!crossOriginBuckets.includes(parseBucket(request.url ?? ''))) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-methods', 'GET, POST');
  response.setHeader('access-control-allow-headers', 'content-type');
  response.setHeader('access-control-expose-headers', 'etag');
}

function writeRefusal(response: ServerResponse, { status, code }: UploadRefusal): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`);
}
