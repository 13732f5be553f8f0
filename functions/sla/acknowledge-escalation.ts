import * as z from 'zod';
import { recordByRole } from '../../core/access/access-record.ts';
import { isOutsider, type Person } from '../../core/access/person.ts';
import type { PersonRegistry } from '../../core/access/ports.ts';
import { isRefusal, type Refusal } from '../../core/inquiry/refusal.ts';
import type { Inquiry } from '../../core/inquiry/snapshot.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import {
  type EscalationToken,
  readEscalationToken,
} from '../../core/inquiry/tokens/escalation-token.ts';
import type { MacFunction } from '../../core/inquiry/tokens/token.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import type { Language } from '../../core/inquiry/values/vocabulary.ts';
import {
  type AcknowledgedEscalation,
  type Acknowledger,
  acknowledgeEscalation,
  makeAnonymousAcknowledger,
  makeLinkAcknowledger,
  makeSignedInAcknowledger,
} from '../../core/sla/escalation/acknowledge-escalation.ts';
import {
  buildEscalationPageView,
  renderEscalationPage,
  renderUnknownEscalationPage,
} from '../../core/sla/escalation/escalation-page.ts';
import { findPreferredLanguage } from '../../core/wording/find-preferred-language.ts';
import { publicPageStyle } from '../../core/wording/render-page.ts';
import * as contracts from '../contract/sla/escalations.ts';
import {
  buildAnswerRecord,
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  type HttpRequest,
  makeHttpHandler,
} from '../edge/http/http.ts';
import type { RouteResult } from '../edge/http/route-contract.ts';
import { buildPageSecurityPolicy } from '../edge/http/security-headers.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';
import { logStep } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

type Deps = Parameters<typeof acknowledgeEscalation>[0] & {
  readonly terms: TermsInForce;
  readonly people: PersonRegistry;
  readonly keys: SigningKeys;
  readonly mac: MacFunction;
} & Omit<HttpOptions, 'routes'>;

type ShowPageContract = typeof contracts.showEscalationPage;
type AcknowledgeByLinkContract = typeof contracts.acknowledgeEscalationByLink;

const pageHeaders = {
  'content-security-policy': buildPageSecurityPolicy([publicPageStyle], "'self'"),
  'x-robots-tag': 'noindex, nofollow',
  // The language depends on it.
  vary: 'accept-language',
};

/** Makes the routes by which somebody who was notified of an escalation acknowledges it. */
export function makeHandler(deps: Deps): HttpHandler {
  // The edge's request has no headers, so the language is read here, for each event.
  return (event, context) => {
    const preferred = findPreferredLanguage(event.headers['accept-language']);
    const routes = [
      makeAcknowledgeRoute(deps),
      defineRoute(contracts.showEscalationPage, (request) => showPage(deps, request, preferred)),
      defineRoute(contracts.acknowledgeEscalationByLink, (request) =>
        acknowledgeFromPage(deps, request, preferred),
      ),
    ];
    return makeHttpHandler({ ...deps, routes })(event, context);
  };
}

function makeAcknowledgeRoute(deps: Deps) {
  return defineRoute(contracts.acknowledgeEscalation, async ({ actor, params, now, answerKey }) => {
    const answer = (acknowledged: AcknowledgedEscalation) => ({
      status: 200 as const,
      body: viewAcknowledged(acknowledged, actor),
      seen: [recordByRole({ id: acknowledged.inquiryId, number: acknowledged.number })],
    });
    const terms = await deps.terms.read();
    const acknowledged = await acknowledgeEscalation(
      deps,
      params.id,
      makeSignedInAcknowledger(actor),
      { terms, now },
      (done) => buildAnswerRecord(answerKey, answer(done)),
    );
    if (isRefusal(acknowledged)) return acknowledged;
    logAcknowledged(deps, acknowledged);
    const isStored = answerKey !== undefined && !acknowledged.isRepeated;
    return { ...answer(acknowledged), ...(isStored ? { stored: true as const } : {}) };
  });
}

async function showPage(
  deps: Deps,
  { params, now }: HttpRequest<ShowPageContract>,
  preferred: Language | undefined,
): Promise<RouteResult<ShowPageContract>> {
  const link = await followLink(deps, params.token, now);
  if (link === undefined) return invalidLinkPage(preferred);
  const { inquiry, token, language, colleague } = link;
  const { serviceLevels } = await deps.terms.read();
  const view = buildEscalationPageView(inquiry, token.escalation, serviceLevels, colleague);
  return buildPage(200, renderEscalationPage(view, preferred ?? language));
}

async function acknowledgeFromPage(
  deps: Deps,
  { params, now }: HttpRequest<AcknowledgeByLinkContract>,
  preferred: Language | undefined,
): Promise<RouteResult<AcknowledgeByLinkContract> | Refusal> {
  const link = await followLink(deps, params.token, now);
  if (link === undefined) return invalidLinkPage(preferred);
  const { token, acknowledger, language, colleague } = link;
  const terms = await deps.terms.read();
  const acknowledged = await acknowledgeEscalation(deps, token, acknowledger, { terms, now });
  const isOver = isRefusal(acknowledged) && acknowledged.refused === 'sla.escalation-over';
  if (isRefusal(acknowledged) && !isOver) {
    return acknowledged.refused === 'transient.conflict'
      ? acknowledged
      : invalidLinkPage(preferred);
  }
  if (!isRefusal(acknowledged)) logAcknowledged(deps, acknowledged);
  const loaded = await deps.ledger.load(token.inquiryId);
  if (loaded === undefined) return invalidLinkPage(preferred);
  const view = buildEscalationPageView(
    loaded.inquiry,
    token.escalation,
    terms.serviceLevels,
    colleague,
  );
  const body = renderEscalationPage(view, preferred ?? language, isOver ? 'tooLate' : 'thanks');
  return buildPage(isOver ? 409 : 200, body);
}

type FollowedLink = {
  readonly token: EscalationToken;
  readonly inquiry: Inquiry;
  readonly acknowledger: Acknowledger;
  readonly language: Language;
  readonly colleague: boolean;
};

/** Reads a link; undefined for one that is not valid, or not any longer. */
async function followLink(
  deps: Deps,
  tokenText: string,
  now: Instant,
): Promise<FollowedLink | undefined> {
  const token = readEscalationToken(
    { keys: await deps.keys.of('escalation'), mac: deps.mac },
    tokenText,
    now,
  );
  const loaded = token && (await deps.ledger.load(token.inquiryId));
  if (token === undefined || loaded === undefined) return undefined;
  const person = await findAddressee(deps.people, token);
  // This also holds for an old entry, whose `sub` moved on when the person changed their address.
  if (person?.state === 'left') return undefined;
  if (person === undefined && token.to.to === 'person') return undefined;
  const acknowledger = findAcknowledger(token, person);
  const { inquiry } = loaded;
  if (acknowledger.refusal(inquiry, []) !== undefined) return undefined;
  const colleague = person?.role === 'staff' || person?.role === 'lead';
  return { token, inquiry, acknowledger, language: person?.language ?? 'ja', colleague };
}

async function findAddressee(
  people: PersonRegistry,
  { to }: EscalationToken,
): Promise<Person | undefined> {
  switch (to.to) {
    case 'person':
      return people.bySub(to.sub);
    case 'address':
      return people.byAddress(to.address);
    case 'webhook':
      return undefined;
    default:
      return to satisfies never;
  }
}

function findAcknowledger({ to }: EscalationToken, person: Person | undefined): Acknowledger {
  const sub = to.to === 'person' ? to.sub : person?.sub;
  if (person !== undefined && sub !== undefined) return makeLinkAcknowledger(person, sub);
  return makeAnonymousAcknowledger(to.to === 'address' ? to.address : undefined);
}

function invalidLinkPage(preferred: Language | undefined) {
  return buildPage(404, renderUnknownEscalationPage(preferred ?? 'ja'));
}

function buildPage<Status extends number>(status: Status, body: string) {
  return { status, headers: pageHeaders, body };
}

function viewAcknowledged(
  { inquiryId, number, escalation, isRepeated }: AcknowledgedEscalation,
  actor: Person,
): contracts.AcknowledgedEscalationView {
  const { id, reason, clock, cycle, startedAt, taken } = escalation;
  const { at, name } = escalation.acknowledged;
  // The person who acknowledged it before may be of another vendor.
  const acknowledged = { at, name: isRepeated && isOutsider(actor) ? '' : name };
  return {
    id: `${inquiryId}.${id}`,
    inquiry: { id: inquiryId, number },
    reason,
    ...(clock === undefined ? {} : { clock }),
    ...(cycle === undefined ? {} : { cycle }),
    startedAt,
    steps: taken,
    acknowledged,
  };
}

function logAcknowledged(
  { logger }: Deps,
  { isRepeated, inquiryId, number, escalation }: AcknowledgedEscalation,
): void {
  if (isRepeated) return;
  const { id } = escalation;
  logStep(logger, { step: 'sla.EscalationAcknowledged', inquiryId, number, escalation: id });
}
