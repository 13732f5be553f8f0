import { readFileSync } from 'node:fs';

/** A demonstration person; the other fields are for the registry only. */
export interface DemonstrationPerson {
  readonly sub: string;
  readonly address: string;
  readonly name: string;
  readonly role: string;
}

export function readDemonstrationPeople(): readonly DemonstrationPerson[] {
  return JSON.parse(readFileSync(new URL('../demonstration-people.json', import.meta.url), 'utf8'));
}

/** Reads what a person is called on the command line and at sign-in: `employee-1`. */
export function readNickname({ sub }: DemonstrationPerson): string {
  return sub.replace(/^demo-/, '');
}
