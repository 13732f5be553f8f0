import { existsSync, writeFileSync } from 'node:fs';
import type { Deployment } from './deployment/deployment.ts';
import { readDemonstrationPeople } from './identity/demonstration-people.ts';
import type { FunctionRuntime } from './lambda/function-runtime.ts';

/** The file that says so in a data directory. */
export const PEOPLE_ADMITTED = 'people-admitted';

const ADMIT_PEOPLE = 'functions/people/admit-people.lambda.ts';

/**
 * Admits the demonstration people to the registry, once per data directory: afterwards the registry
 * is left alone, so that people who have left stay away.
 */
export async function seedPeople(options: {
  readonly deployment: Deployment;
  readonly runtime: FunctionRuntime;
  readonly marker: string;
}): Promise<void> {
  if (existsSync(options.marker)) return;
  const admit = options.deployment.functions.find(({ entry }) => entry === ADMIT_PEOPLE);
  if (admit === undefined) throw new Error(`The template has no function of ${ADMIT_PEOPLE}.`);
  await options.runtime.invoke(admit.name, { people: readDemonstrationPeople() });
  writeFileSync(options.marker, '');
}
