import { issueAccessToken, issuerOf } from './access-token.ts';
import { readDemonstrationPeople, readNickname } from './demonstration-people.ts';
import type { TokenSigningKeys } from './token-signing-keys.ts';

const TOKEN_SECONDS = 8 * 3600;

/** Nobody of that name is in the demonstration world. */
export class UnknownPersonError extends Error {
  override readonly name = 'UnknownPersonError';
}

/** An access token of a demonstration person, by a name such as `employee-1`, good for 8 hours. */
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
