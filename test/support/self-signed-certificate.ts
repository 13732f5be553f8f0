import { generateKeyPairSync, sign } from 'node:crypto';

/*
 * A certificate of a key that lives as long as the test, written in DER by hand: keys that stand in
 * a repository alarm whoever looks for them.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
} as const;

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

const oid = (...bytes: readonly number[]) => der(tags.oid, Buffer.from(bytes));
const ecdsaWithSha256 = der(tags.sequence, oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));

/** A pair of PEM texts for a server at `localhost` and `127.0.0.1`. */
export function selfSigned(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const name = der(
    tags.sequence,
    der(tags.set, der(tags.sequence, oid(0x55, 4, 3), der(tags.utf8, Buffer.from('localhost')))),
  );
  const time = (text: string) => der(tags.utcTime, Buffer.from(text));
  const names = der(
    tags.sequence,
    der(0x82, Buffer.from('localhost')),
    der(0x87, Buffer.from([127, 0, 0, 1])),
  );
  const authority = der(tags.sequence, der(tags.boolean, Buffer.from([0xff])));
  const extension = (id: number, value: Buffer) =>
    der(tags.sequence, oid(0x55, 0x1d, id), der(tags.octets, value));
  const body = der(
    tags.sequence,
    der(0xa0, der(tags.integer, Buffer.from([2]))),
    der(tags.integer, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    der(tags.sequence, time('200101000000Z'), time('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(tags.sequence, extension(17, names), extension(19, authority))),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]);
  const certificate = der(tags.sequence, body, ecdsaWithSha256, der(tags.bits, signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}
