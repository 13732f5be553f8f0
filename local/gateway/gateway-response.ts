import type { ServerResponse } from 'node:http';

/** Writes an answer that the gateway itself gives. */
export function writeGatewayAnswer(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = JSON.stringify({ message });
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/** Lambda limits answers to 6 MB. */
const ANSWER_BYTES = 6 * 1024 * 1024;

/**
 * Writes a function's answer, in payload format 2.0; an answer without a status code is the JSON
 * body of a 200. Throws when the gateway could not send it.
 */
export function writeFunctionAnswer(
  response: ServerResponse,
  answer: unknown,
  extraHeaders: Readonly<Record<string, string>>,
): void {
  const json = JSON.stringify(answer) ?? 'null';
  if (Buffer.byteLength(json) > ANSWER_BYTES) throw new Error('The answer is over 6 MB.');
  const structured = answer as {
    statusCode?: number;
    headers?: Record<string, string | number | boolean>;
    cookies?: string[];
    body?: string;
    isBase64Encoded?: boolean;
  } | null;
  if (structured?.statusCode === undefined) {
    response.writeHead(200, { 'content-type': 'application/json', ...extraHeaders });
    response.end(json);
    return;
  }
  const body = Buffer.from(
    structured.body ?? '',
    structured.isBase64Encoded === true ? 'base64' : 'utf8',
  );
  response.statusCode = Number(structured.statusCode);
  const headers = Object.entries(structured.headers ?? {});
  for (const [name, value] of [...headers, ...Object.entries(extraHeaders)]) {
    response.setHeader(name, String(value));
  }
  if (body.length > 0 && !response.hasHeader('content-type')) {
    response.setHeader('content-type', 'text/plain;charset=UTF-8');
  }
  if (structured.cookies !== undefined) response.setHeader('set-cookie', structured.cookies);
  if (response.statusCode !== 204 && response.statusCode !== 304) {
    response.setHeader('content-length', body.length);
  }
  response.end(body);
}
