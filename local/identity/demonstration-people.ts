import { readFileSync } from 'node:fs';

/** A person of the demonstration world; further fields are the registry's own. */
export interface DemonstrationPerson {
  readonly sub: string;
  readonly address: string;
  readonly name: string;
  readonly role: string;
}

export function readDemonstrationPeople(): readonly DemonstrationPerson[] {
  return JSON.parse(readFileSync(new URL('../demonstration-people.json', import.meta.url), 'utf8'));
}

/** What a person is called on the command line and at sign-in: `employee-1`. */
export function readNickname({ sub }: DemonstrationPerson): string {
  return sub.replace(/^demo-/, '');
}
