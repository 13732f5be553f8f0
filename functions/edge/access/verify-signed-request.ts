import { createHmac, timingSafeEqual } from 'node:crypto';
import { Person } from '../../../core/access/person.ts';
import {
  findVendorSettings,
  type Terms,
  type TermsInForce,
} from '../../../core/inquiry/terms/terms.ts';
import { deriveVendorSecrets } from '../../../core/inquiry/tokens/webhook-secret.ts';
import { type Instant, Sub, VendorId } from '../../../core/inquiry/values/ids.ts';
import { type GatewayEvent, RefusalError, type SignedInPerson } from '../http/exchange.ts';
import type { SigningKeys } from '../signing-keys.ts';

export type SignatureDependencies = { readonly terms: TermsInForce; readonly keys: SigningKeys };

/** How far a request's timestamp may be from our time, either way. */
const toleranceSeconds = 300;

/** A vendor's system, the key that it signed with, and the id that makes its request idempotent. */
export type SignedRequest = {
  readonly actor: SignedInPerson;
  readonly key: string;
  readonly messageId: string;
};

/**
 * Identifies a vendor's system by the signature over the whole request.
 *
 * The keys are those in the desk settings in force of the vendor in the path, so that a key that is
 * retired or removed stops working at once.
 *
 * Refuses `access.unauthenticated`, without a hint at what is wrong.
 * @see docs/vendor-systems.md
 */
export async function verifySignedRequest(
  event: GatewayEvent,
  { terms: inForce, keys }: SignatureDependencies,
  now: Instant,
): Promise<SignedRequest> {
  const signatureHeaders = readSignatureHeaders(event, now);
  const vendor = VendorId.safeParse(event.pathParameters?.['vendor']);
  if (signatureHeaders === undefined || !vendor.success) throw makeUnauthenticatedError();
  const terms = await inForce.read();
  const signing = { keys: await keys.of('vendor'), mac };
  const { key, messageId, timestamp, signatures } = signatureHeaders;
  const secrets = deriveVendorSecrets(signing, vendor.data, key);
  const content = Buffer.concat([
    Buffer.from(`${messageId}.${timestamp}.${requestLineOf(event)}.`),
    Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  ]);
  const isSigned = secrets.some((secret) => isAmong(signatures, mac(secret, content)));
  // Checked only now, so that a wrong key takes as long as a wrong signature.
  const isActive = findVendorSettings(terms, vendor.data).system?.keys.some(
    ({ id, state }) => id === key && state === 'active',
  );
  if (!isSigned || isActive !== true) throw makeUnauthenticatedError();
  return { actor: buildVendorSystemActor(vendor.data, terms), key, messageId };
}

/**
 * Builds the actor for a vendor's system, who works the vendor's desks. All keys share this actor,
 * so that it keeps what it holds when keys are changed.
 */
export function buildVendorSystemActor(vendor: VendorId, terms: Terms): SignedInPerson {
  const sub = Sub.parse(`vendor:${vendor}`);
  const { desks: _, ...person } = Person.parse({
    // RFC 2606 reserves `.invalid`, so nothing is ever sent there.
    address: `system@${vendor}.invalid`,
    sub,
    name: findVendorSettings(terms, vendor).name?.ja ?? vendor,
    role: 'system',
    vendor,
    presence: 'present',
  });
  const desks = terms.desks.filter((desk) => desk.vendor === vendor).map(({ id }) => id);
  return { ...person, sub, desks };
}

function readSignatureHeaders({ headers }: GatewayEvent, now: Instant) {
  const key = headers['x-toritsugi-key'];
  const messageId = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = (headers['webhook-signature'] ?? '')
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .slice(0, 4)
    .map((one) => Buffer.from(one.slice('v1,'.length), 'base64'));
  if (key === undefined || !/^[a-z0-9][a-z0-9-]{0,31}$/.test(key)) return undefined;
  if (messageId === undefined || !/^[\w-]{1,128}$/.test(messageId)) return undefined;
  if (timestamp === undefined || !/^\d{1,11}$/.test(timestamp)) return undefined;
  const age = Date.parse(now) / 1000 - Number(timestamp);
  return Math.abs(age) <= toleranceSeconds ? { key, messageId, timestamp, signatures } : undefined;
}

function requestLineOf({ requestContext, rawPath, rawQueryString }: GatewayEvent): string {
  const query = rawQueryString === '' ? '' : `?${rawQueryString}`;
  return `${requestContext.http.method} ${rawPath}${query}`;
}

function mac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(message).digest();
}

function isAmong(signatures: readonly Uint8Array[], expected: Uint8Array): boolean {
  return signatures.some(
    (signature) => signature.length === expected.length && timingSafeEqual(signature, expected),
  );
}

function makeUnauthenticatedError(): RefusalError {
  return new RefusalError('access.unauthenticated', 'The request is not signed as it has to be.');
}
