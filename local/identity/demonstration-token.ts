import { issueAccessToken, issuerOf } from './access-token.ts';
import { demonstrationPeople, nickname } from './demonstration-people.ts';
import type { SigningKeys } from './token-signing-keys.ts';

const TOKEN_SECONDS = 8 * 3600;

/** Nobody of that name is in the demonstration world. */
export class UnknownPerson extends Error {
  override readonly name = 'UnknownPerson';
}

/** An access token of a demonstration person, by a name such as `employee-1`, good for 8 hours. */
export function issueDemonstrationToken(
  keys: SigningKeys,
  publicUrl: string,
  name: string,
  at: Date,
): string {
  const people = demonstrationPeople();
  const person = people.find((one) => nickname(one) === name);
  if (person === undefined) {
    throw new UnknownPerson(
      `There is no demonstration person "${name}". There are ${people.map(nickname).join(', ')}.`,
    );
  }
  return issueAccessToken(
    keys,
    issuerOf(publicUrl),
    { sub: person.sub, username: name },
    { at, seconds: TOKEN_SECONDS },
  );
}
