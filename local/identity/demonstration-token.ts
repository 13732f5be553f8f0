import { issueAccessToken, issuerOf } from './access-token.ts';
import { readDemonstrationPeople, readNickname } from './demonstration-people.ts';
import type { TokenSigningKeys } from './token-signing-keys.ts';

const TOKEN_SECONDS = 8 * 3600;

/** There is no demonstration person of that name. */
export class UnknownPersonError extends Error {
  override readonly name = 'UnknownPersonError';
}

/** Issues an access token, valid for 8 hours, of a demonstration person such as `employee-1`. */
export function issueDemonstrationToken(
  keys: TokenSigningKeys,
  publicUrl: string,
  name: string,
  at: Date,
): string {
  const people = readDemonstrationPeople();
  const person = people.find((one) => readNickname(one) === name);
  if (person === undefined) {
    throw new UnknownPersonError(
      `There is no demonstration person "${name}". There are ${people.map(readNickname).join(', ')}.`,
    );
  }
  return issueAccessToken(
    keys,
    issuerOf(publicUrl),
    { sub: person.sub, username: name },
    { at, seconds: TOKEN_SECONDS },
  );
}
