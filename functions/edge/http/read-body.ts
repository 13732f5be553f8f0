import { type GatewayEvent, RefusalError } from './exchange.ts';
import { defaultBodyLimitBytes, type RouteContract } from './route-contract.ts';

/** Deeper nesting has no honest use here and would exhaust the stack of recursive code. */
const nestingLimit = 32;

/** Reads a request's body as its contract says: JSON as a value, CSV as its bytes. */
export function readBody(
  contract: RouteContract,
  event: GatewayEvent,
): { readonly bytes: Uint8Array; readonly value: unknown } {
  const takesCsv = contract.bodyType === 'text/csv';
  if (contract.body === undefined && !takesCsv) {
    return { bytes: new Uint8Array(), value: undefined };
  }
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  checkMediaType(contract, event.headers['content-type'], bytes.length === 0);
  const limit = contract.bodyLimitBytes ?? defaultBodyLimitBytes;
  if (bytes.length > limit) {
    throw new RefusalError('invalid.too-large', `At most ${limit} bytes are taken here.`);
  }
  return { bytes, value: takesCsv ? bytes : parseJson(bytes) };
}

function checkMediaType(contract: RouteContract, header: string | undefined, empty: boolean): void {
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';');
  const essence = type.trim();
  if (contract.bodyType === 'text/csv') {
    if (essence === 'text/csv' || essence === 'application/octet-stream') return;
    throw new RefusalError('invalid.media-type', 'Send text/csv or application/octet-stream.');
  }
  if (empty && essence === '') return;
  const charset = parameters.map((one) => /^\s*charset="?([^"\s]*)"?\s*$/.exec(one)?.[1]);
  const foreign = charset.some((name) => name !== undefined && name !== 'utf-8');
  if (essence === 'application/json' && !foreign) return;
  throw new RefusalError('invalid.media-type', 'Send application/json in UTF-8.');
}

/** An empty body stands for an empty object, so that commands without fields need none. */
function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new RefusalError('invalid.body', 'The body is not JSON in UTF-8.', [
      { in: 'body', pointer: '', detail: 'is not JSON in UTF-8' },
    ]);
  }
  if (nestsDeeperThan(nestingLimit, value)) {
    throw new RefusalError('invalid.body', `The body nests deeper than ${nestingLimit} levels.`, [
      { in: 'body', pointer: '', detail: `nests deeper than ${nestingLimit} levels` },
    ]);
  }
  return value;
}

/** Walks level by level, since the value may be too deep for recursion. */
function nestsDeeperThan(limit: number, value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null
        ? Object.values(one).filter((inner) => typeof inner === 'object')
        : [],
    );
  }
  return false;
}
