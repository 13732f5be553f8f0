import { Refused } from './api-client.ts';
import {
  type Case,
  type Inquiry,
  nicknameOf,
  type Page,
  readCase,
  type Stage,
  untilStatus,
} from './demo-context.ts';

/** An inquiry under a lease. */
export type Claim = Inquiry & { readonly lease: { readonly fence: number } };

/** The outsourced desk, at which most of the play's inquiries wait. */
export const BPO = 'bpo';

const ATTEMPTS = 10;

/**
 * Claims an inquiry and confirms the claim.
 *
 * Takes the desk's next one where it is that; otherwise, as when inquiries of others wait at the
 * desk too, it is claimed by name. A claim that lapsed while the host was away is made again.
 */
export async function takeUp(stage: Stage, agent: string, one: Case): Promise<Claim> {
  await untilStatus(stage, one, ['queued']);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const claim = await claimOnTop(stage, agent, one);
    if (claim !== undefined && (await confirmed(stage, agent, claim))) return claim;
  }
  throw new Error(`${agent} could not claim ${one.number}.`);
}

async function claimOnTop(stage: Stage, agent: string, one: Case): Promise<Claim | undefined> {
  const [top] = await readWorklist(stage, agent);
  if (top?.id !== one.id) {
    const claim = await stage.door.ask<Claim>(agent, 'POST', `/v1/inquiries/${one.id}/claim`, {});
    stage.tell(agent, `claims ${one.number} by its number: ${one.subject}`);
    return claim;
  }
  const next = await claimNext(stage, agent, 0);
  if (next === undefined || (await givenBack(stage, agent, next, one))) return undefined;
  stage.tell(agent, `claims the next at ${BPO} and gets the top of the list`);
  stage.outcome(`${next.number} under fence ${next.lease.fence}: ${next.subject}`);
  return next;
}

async function confirmed({ door, outcome }: Stage, agent: string, claim: Claim): Promise<boolean> {
  const { fence } = claim.lease;
  try {
    await door.ask(agent, 'POST', `/v1/inquiries/${claim.id}/heartbeat`, { fence });
    return true;
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 'work.lease-lost') throw error;
    outcome(`${claim.number}: the claim has lapsed meanwhile; it is made again`);
    return false;
  }
}

/** Asks for the desk's next inquiry; undefined when none comes within some seconds. */
export function claimNext(stage: Stage, agent: string, wait: number): Promise<Claim | undefined> {
  return stage.door.ask(agent, 'POST', `/v1/desks/${BPO}/claims?wait=${wait}`, {});
}

/** Gives back an inquiry that is not the one of the play. */
export async function givenBack(
  stage: Stage,
  agent: string,
  claim: Claim,
  one: Case,
): Promise<boolean> {
  if (claim.id === one.id) return false;
  const { fence } = claim.lease;
  await stage.door.ask(agent, 'POST', `/v1/inquiries/${claim.id}/release`, { fence });
  stage.outcome(`${claim.number} is not of this play, and is given back`);
  return true;
}

/** What waits at the desk, most urgent first. */
export async function readWorklist({ door }: Stage, agent: string): Promise<readonly Inquiry[]> {
  const page = await door.ask<Page<Inquiry>>(agent, 'GET', `/v1/desks/${BPO}/worklist?limit=20`);
  return page.items;
}

/** Performs a command on an inquiry. */
export function command(
  { door }: Stage,
  who: string,
  { id }: Pick<Case, 'id'>,
  name: string,
  body: object,
): Promise<Inquiry> {
  return door.ask(who, 'POST', `/v1/inquiries/${id}/${name}`, body);
}

/** Waits until an inquiry is assigned, and has its agent accept it; a lead acts for strangers. */
export async function accepted(stage: Stage, one: Case): Promise<string> {
  const { agent } = await untilStatus(stage, one, ['in_progress']);
  const who = nicknameOf(agent?.sub) ?? 'lead-1';
  stage.outcome(
    `${one.number} assigned to ${who}, ${agent?.name}, of those present the least busy`,
  );
  await stage.door.ask(who, 'POST', `/v1/inquiries/${one.id}/heartbeat`, {});
  stage.tell(who, `accepts ${one.number}`);
  return who;
}

/** Resolves an inquiry with an answer, and says so. */
export async function resolve(
  stage: Stage,
  agent: string,
  one: Case,
  answer: { readonly fence?: number; readonly message?: string; readonly silent?: boolean },
): Promise<void> {
  await command(stage, agent, one, 'resolve', answer);
  const how = answer.silent ? 'without a further mail' : 'and answers';
  stage.tell(agent, `resolves ${one.number} ${how}`);
  const { status } = await readCase(stage, one);
  stage.outcome(`${one.number} ${status}`);
}
