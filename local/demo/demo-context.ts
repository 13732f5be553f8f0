import { demonstrationPeople, nickname } from '../identity/demonstration-people.ts';
import type { FrontDoor } from './api-client.ts';
import type { PostOffice } from './mail-client.ts';
import type { Input } from './reconcile-inputs.ts';
import type { Patience } from './wait-policy.ts';

/** What the demo reads of an inquiry. */
export interface Inquiry {
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
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** An inquiry of this run, by the name that the scenes call it. */
export interface Case {
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
export interface Stage {
  /** Marks this run's subjects and Message-IDs. */
  readonly run: string;
  readonly helpAddress: string;
  /** When the run began, and what time it is, by the host's clock. */
  readonly since: Date;
  readonly now: () => Date;
  readonly door: FrontDoor;
  readonly post: PostOffice;
  readonly patience: Patience;
  readonly inputs: Input[];
  readonly cases: Map<string, Case>;
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
export function castMember(who: string): CastMember {
  const person = demonstrationPeople().find((one) => nickname(one) === who);
  if (person === undefined) throw new Error(`There is no demonstration person ${who}.`);
  return { language: 'ja', ...person };
}

/** The nickname of whom a subject identifier belongs to; undefined for people of no demonstration. */
export function nicknameOf(sub: string | undefined): string | undefined {
  return demonstrationPeople()
    .filter((person) => person.sub === sub)
    .map(nickname)[0];
}

/** An inquiry of this run by its name in the play. */
export function caseOf({ cases }: Stage, name: string): Case {
  const found = cases.get(name);
  if (found === undefined) throw new Error(`"${name}" has not come in, so nobody can work it.`);
  return found;
}

/** An inquiry as the lead sees it. */
export function readCase({ door }: Stage, { id }: Pick<Case, 'id'>): Promise<Inquiry> {
  return door.ask<Inquiry>('lead-1', 'GET', `/v1/inquiries/${id}`);
}

/** Waits until an inquiry is in one of some statuses. */
export function untilStatus(
  stage: Stage,
  one: Pick<Case, 'id' | 'number'>,
  statuses: readonly string[],
): Promise<Inquiry> {
  return stage.patience.until(`${one.number} ${statuses.join(' or ')}`, async () => {
    const inquiry = await readCase(stage, one);
    return statuses.includes(inquiry.status) ? inquiry : undefined;
  });
}

/** The line that says where an inquiry has gone. */
export function whereabouts({ number, status, desk, priority, category }: Inquiry): string {
  const facts = [priority, category].filter((fact) => fact !== undefined);
  const said = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  return `${number} ${status}${desk === undefined ? '' : ` at ${desk}`}${said}`;
}
