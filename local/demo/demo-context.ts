import { readDemonstrationPeople, readNickname } from '../identity/demonstration-people.ts';
import type { ApiClient } from './api-client.ts';
import type { MailClient } from './mail-client.ts';
import type { SubmittedInput } from './reconcile-inputs.ts';
import type { WaitPolicy } from './wait-policy.ts';

/** What the demo reads of an inquiry. */
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

/** An inquiry of this run, by the name that the scenes call it. */
export interface DemoCase {
  readonly id: string;
  readonly number: string;
  readonly subject: string;
  /** The nickname of whose inquiry it is. */
  readonly requester: string;
  /** The Message-ID of the mail that opened it. */
  readonly messageId?: string;
  /** The status in which the morning is to leave it. */
  readonly ending: 'resolved' | 'closed';
}

/** What all scenes of a run share. */
export interface DemoContext {
  /** Marks this run's subjects and Message-IDs. */
  readonly run: string;
  readonly helpAddress: string;
  /** When the run began, and what time it is, by the host's clock. */
  readonly since: Date;
  readonly now: () => Date;
  readonly api: ApiClient;
  readonly mailClient: MailClient;
  readonly waitPolicy: WaitPolicy;
  readonly inputs: SubmittedInput[];
  readonly cases: Map<string, DemoCase>;
  /** Says who does what. */
  readonly tell: (who: string, what: string) => void;
  /** Says what came of it. */
  readonly outcome: (what: string) => void;
}

export interface CastMember {
  readonly sub: string;
  readonly name: string;
  readonly address: string;
  readonly language: string;
}

/** A demonstration person by nickname. */
export function findCastMember(who: string): CastMember {
  const person = readDemonstrationPeople().find((one) => readNickname(one) === who);
  if (person === undefined) throw new Error(`There is no demonstration person ${who}.`);
  return { language: 'ja', ...person };
}

/** The nickname of whom a subject identifier belongs to; undefined for people of no demonstration. */
export function findNickname(sub: string | undefined): string | undefined {
  return readDemonstrationPeople()
    .filter((person) => person.sub === sub)
    .map(readNickname)[0];
}

/** An inquiry of this run by its name in the play. */
export function findCase({ cases }: DemoContext, name: string): DemoCase {
  const found = cases.get(name);
  if (found === undefined) throw new Error(`"${name}" has not come in, so nobody can work it.`);
  return found;
}

/** An inquiry as the lead sees it. */
export function readCase({ api }: DemoContext, { id }: Pick<DemoCase, 'id'>): Promise<DemoInquiry> {
  return api.request<DemoInquiry>('lead-1', 'GET', `/v1/inquiries/${id}`);
}

/** Waits until an inquiry is in one of some statuses. */
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

/** The line that says where an inquiry has gone. */
export function describeWhereabouts({
  number,
  status,
  desk,
  priority,
  category,
}: DemoInquiry): string {
  const facts = [priority, category].filter((fact) => fact !== undefined);
  const said = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  return `${number} ${status}${desk === undefined ? '' : ` at ${desk}`}${said}`;
}
