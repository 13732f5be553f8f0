import { readDemonstrationPeople, readNickname } from '../identity/demonstration-people.ts';
import type { ApiClient } from './api-client.ts';
import type { MailClient } from './mail-client.ts';
import type { SubmittedInput } from './reconcile-inputs.ts';
import type { WaitPolicy } from './wait-policy.ts';

/** The fields of an inquiry that the demo reads. */
export interface DemoInquiry {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly subject: string;
  readonly desk?: string;
  readonly agent?: { readonly sub?: string; readonly name: string };
  readonly priority?: string;
  readonly category?: string;
  readonly receivedAt: string;
  readonly stub?: boolean;
}

/** A page of a list. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** An inquiry of this run, under the name that the scenes use. */
export interface DemoCase {
  readonly id: string;
  readonly number: string;
  readonly subject: string;
  /** The nickname of its requester. */
  readonly requester: string;
  /** The Message-ID of the mail that opened it. */
  readonly messageId?: string;
  /** The status it should have at the end of the morning. */
  readonly ending: 'resolved' | 'closed';
}

/** What all scenes of a run share. */
export interface DemoContext {
  /** Marks this run's subjects and Message-IDs. */
  readonly run: string;
  readonly helpAddress: string;
  /** When the run began, and the current time, both by the host's clock. */
  readonly since: Date;
  readonly now: () => Date;
  readonly api: ApiClient;
  readonly mailClient: MailClient;
  readonly waitPolicy: WaitPolicy;
  readonly inputs: SubmittedInput[];
  readonly cases: Map<string, DemoCase>;
  /** Prints who does what. */
  readonly tell: (who: string, what: string) => void;
  /** Prints the outcome. */
  readonly outcome: (what: string) => void;
}

export interface CastMember {
  readonly sub: string;
  readonly name: string;
  readonly address: string;
  readonly language: string;
}

/** Finds a demonstration person by nickname. */
export function findCastMember(who: string): CastMember {
  const person = readDemonstrationPeople().find((one) => readNickname(one) === who);
  if (person === undefined) throw new Error(`There is no demonstration person ${who}.`);
  return { language: 'ja', ...person };
}

/** Finds the nickname of a subject identifier; undefined for people outside the demonstration. */
export function findNickname(sub: string | undefined): string | undefined {
  return readDemonstrationPeople()
    .filter((person) => person.sub === sub)
    .map(readNickname)[0];
}

/** Finds an inquiry of this run by its name in the scenes. */
export function findCase({ cases }: DemoContext, name: string): DemoCase {
  const demoCase = cases.get(name);
  if (demoCase === undefined) throw new Error(`"${name}" has not come in, so nobody can work it.`);
  return demoCase;
}

/** Reads an inquiry as the lead sees it. */
export function readCase({ api }: DemoContext, { id }: Pick<DemoCase, 'id'>): Promise<DemoInquiry> {
  return api.request<DemoInquiry>('lead-1', 'GET', `/v1/inquiries/${id}`);
}

/** Waits until an inquiry has one of some statuses. */
export function waitForStatus(
  context: DemoContext,
  one: Pick<DemoCase, 'id' | 'number'>,
  statuses: readonly string[],
): Promise<DemoInquiry> {
  return context.waitPolicy.waitUntil(`${one.number} ${statuses.join(' or ')}`, async () => {
    const inquiry = await readCase(context, one);
    return statuses.includes(inquiry.status) ? inquiry : undefined;
  });
}

/** Describes where an inquiry is now, in one line. */
export function describeWhereabouts({
  number,
  status,
  desk,
  priority,
  category,
}: DemoInquiry): string {
  const facts = [priority, category].filter((fact) => fact !== undefined);
  const details = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  return `${number} ${status}${desk === undefined ? '' : ` at ${desk}`}${details}`;
}
