import { generateKeyPairSync, sign } from 'node:crypto';

/*
 * A certificate for a key that lives as long as the test, written in DER by hand: secret scanners
 * report keys that are committed to a repository.
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

function encodeDer(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

const encodeOid = (...bytes: readonly number[]) => encodeDer(tags.oid, Buffer.from(bytes));
const ecdsaWithSha256 = encodeDer(tags.sequence, encodeOid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));

/** A pair of PEM texts for a server at `localhost` and `127.0.0.1`. */
export function makeSelfSignedCertificate(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const name = encodeDer(
    tags.sequence,
    encodeDer(
      tags.set,
      encodeDer(
        tags.sequence,
        encodeOid(0x55, 4, 3),
        encodeDer(tags.utf8, Buffer.from('localhost')),
      ),
    ),
  );
  const time = (text: string) => encodeDer(tags.utcTime, Buffer.from(text));
  const names = encodeDer(
    tags.sequence,
    encodeDer(0x82, Buffer.from('localhost')),
    encodeDer(0x87, Buffer.from([127, 0, 0, 1])),
  );
  const authority = encodeDer(tags.sequence, encodeDer(tags.boolean, Buffer.from([0xff])));
  const extension = (id: number, value: Buffer) =>
    encodeDer(tags.sequence, encodeOid(0x55, 0x1d, id), encodeDer(tags.octets, value));
  const body = encodeDer(
    tags.sequence,
    encodeDer(0xa0, encodeDer(tags.integer, Buffer.from([2]))),
    encodeDer(tags.integer, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    encodeDer(tags.sequence, time('200101000000Z'), time('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    encodeDer(0xa3, encodeDer(tags.sequence, extension(17, names), extension(19, authority))),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]);
  const certificate = encodeDer(
    tags.sequence,
    body,
    ecdsaWithSha256,
    encodeDer(tags.bits, signature),
  );
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}
