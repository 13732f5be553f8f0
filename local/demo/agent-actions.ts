import { ApiRefusedError } from './api-client.ts';
import {
  type DemoCase,
  type DemoContext,
  type DemoInquiry,
  findNickname,
  type ListPage,
  readCase,
  waitForStatus,
} from './demo-context.ts';

/** An inquiry under a lease. */
export type ClaimedInquiry = DemoInquiry & { readonly lease: { readonly fence: number } };

/** The outsourced desk, where most inquiries of the demo wait. */
export const OUTSOURCED_DESK = 'bpo';

const ATTEMPTS = 10;

/**
 * Claims an inquiry and confirms the claim.
 *
 * Claims the next one of the desk if that is it, otherwise claims it by number, as when inquiries
 * of others wait at the desk, too. A claim that lapsed while the host was away is made again.
 */
export async function claimAndConfirm(
  context: DemoContext,
  agent: string,
  one: DemoCase,
): Promise<ClaimedInquiry> {
  await waitForStatus(context, one, ['queued']);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const claim = await claimIfNext(context, agent, one);
    if (claim !== undefined && (await confirmClaim(context, agent, claim))) return claim;
  }
  throw new Error(`${agent} could not claim ${one.number}.`);
}

async function claimIfNext(
  context: DemoContext,
  agent: string,
  one: DemoCase,
): Promise<ClaimedInquiry | undefined> {
  const [top] = await readDeskWorklist(context, agent);
  if (top?.id !== one.id) {
    const claim = await context.api.request<ClaimedInquiry>(
      agent,
      'POST',
      `/v1/inquiries/${one.id}/claim`,
      {},
    );
    context.tell(agent, `claims ${one.number} by its number: ${one.subject}`);
    return claim;
  }
  const next = await requestNextInquiry(context, agent, 0);
  if (next === undefined || (await releaseUnlessWanted(context, agent, next, one)))
    return undefined;
  context.tell(agent, `claims the next at ${OUTSOURCED_DESK} and gets the top of the list`);
  context.outcome(`${next.number} under fence ${next.lease.fence}: ${next.subject}`);
  return next;
}

async function confirmClaim(
  { api, outcome }: DemoContext,
  agent: string,
  claim: ClaimedInquiry,
): Promise<boolean> {
  const { fence } = claim.lease;
  try {
    await api.request(agent, 'POST', `/v1/inquiries/${claim.id}/heartbeat`, { fence });
    return true;
  } catch (error) {
    if (!(error instanceof ApiRefusedError) || error.code !== 'work.lease-lost') throw error;
    outcome(`${claim.number}: the claim has lapsed meanwhile; it is made again`);
    return false;
  }
}

/** Claims the next inquiry of the desk; undefined when none comes within some seconds. */
export function requestNextInquiry(
  context: DemoContext,
  agent: string,
  wait: number,
): Promise<ClaimedInquiry | undefined> {
  return context.api.request(agent, 'POST', `/v1/desks/${OUTSOURCED_DESK}/claims?wait=${wait}`, {});
}

/** Releases a claimed inquiry if it is not the expected one. */
export async function releaseUnlessWanted(
  context: DemoContext,
  agent: string,
  claim: ClaimedInquiry,
  one: DemoCase,
): Promise<boolean> {
  if (claim.id === one.id) return false;
  const { fence } = claim.lease;
  await context.api.request(agent, 'POST', `/v1/inquiries/${claim.id}/release`, { fence });
  context.outcome(`${claim.number} is not of this play, and is given back`);
  return true;
}

/** Reads what waits at the desk, most urgent first. */
export async function readDeskWorklist(
  { api }: DemoContext,
  agent: string,
): Promise<readonly DemoInquiry[]> {
  const page = await api.request<ListPage<DemoInquiry>>(
    agent,
    'GET',
    `/v1/desks/${OUTSOURCED_DESK}/worklist?limit=20`,
  );
  return page.items;
}

export function sendCommand(
  { api }: DemoContext,
  who: string,
  { id }: Pick<DemoCase, 'id'>,
  name: string,
  body: object,
): Promise<DemoInquiry> {
  return api.request(who, 'POST', `/v1/inquiries/${id}/${name}`, body);
}

/** Waits until an inquiry is assigned, and has its agent accept it; the lead acts for strangers. */
export async function acceptOffer(context: DemoContext, one: DemoCase): Promise<string> {
  const { agent } = await waitForStatus(context, one, ['in_progress']);
  const who = findNickname(agent?.sub) ?? 'lead-1';
  context.outcome(
    `${one.number} assigned to ${who}, ${agent?.name}, of those present the least busy`,
  );
  await context.api.request(who, 'POST', `/v1/inquiries/${one.id}/heartbeat`, {});
  context.tell(who, `accepts ${one.number}`);
  return who;
}

/** Resolves an inquiry with an answer, and prints it. */
export async function resolveCase(
  context: DemoContext,
  agent: string,
  one: DemoCase,
  answer: { readonly fence?: number; readonly message?: string; readonly silent?: boolean },
): Promise<void> {
  await sendCommand(context, agent, one, 'resolve', answer);
  const how = answer.silent ? 'without a further mail' : 'and answers';
  context.tell(agent, `resolves ${one.number} ${how}`);
  const { status } = await readCase(context, one);
  context.outcome(`${one.number} ${status}`);
}
