import * as z from 'zod';
import type { CommandDependencies } from '../../core/inquiry/decide-and-append.ts';
import { isRefusal, type Refusal } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import { readStatusToken } from '../../core/inquiry/tokens/status-token.ts';
import type { MacFunction } from '../../core/inquiry/tokens/token.ts';
import type { InquiryId, Instant } from '../../core/inquiry/values/ids.ts';
import type { Language } from '../../core/inquiry/values/vocabulary.ts';
import { reopenInquiryByLink } from '../../core/notice/page/reopen-inquiry-by-link.ts';
import {
  buildStatusPageView,
  findPublicAttachment,
  renderInvalidLinkPage,
  renderStatusPage,
} from '../../core/notice/page/status-page.ts';
import type { AttachmentLinks } from '../../core/notice/ports.ts';
import { findPreferredLanguage } from '../../core/wording/find-preferred-language.ts';
import { publicPageStyle } from '../../core/wording/render-page.ts';
import * as contracts from '../contract/docs.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpRequest,
  makeHttpHandler,
} from '../edge/http/http.ts';
import type { RouteResult } from '../edge/http/route-contract.ts';
import { buildPageSecurityPolicy } from '../edge/http/security-headers.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';
import { type Log, logStep, type Meter } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

/** Longer threads show only their beginning; usually there are some ten events. */
const eventLimit = 500;

const pageHeaders = {
  'content-security-policy': buildPageSecurityPolicy([publicPageStyle], "'self'"),
  'x-robots-tag': 'noindex, nofollow',
  // The language depends on it.
  vary: 'accept-language',
};

const announcements = { reopened: 'reopened', 'too-late': 'tooLate' } as const;

type ShowStatusContract = typeof contracts.showStatusPage;
type ReopenContract = typeof contracts.reopenInquiryByLink;

/**
 * Makes the status page, whose link gives the right to see one inquiry's public thread for 30 days,
 * and to reopen the inquiry.
 *
 * Every invalid link gets the same page, whatever is wrong with it.
 */
export function makeHandler(
  deps: CommandDependencies & {
    readonly terms: TermsInForce;
    readonly links: AttachmentLinks;
    readonly keys: SigningKeys;
    readonly mac: MacFunction;
    readonly logger: Log;
    readonly meter: Meter;
    readonly now: () => Instant;
    readonly newTraceId: () => string;
  },
): HttpHandler {
  const { ledger, links, keys, mac, terms, logger } = deps;

  async function readInquiryId(token: string, now: Instant): Promise<InquiryId | undefined> {
    return readStatusToken({ keys: await keys.of('status'), mac }, token, now)?.inquiryId;
  }

  async function show(
    { params, query, now }: HttpRequest<ShowStatusContract>,
    preferred: Language | undefined,
  ): Promise<RouteResult<ShowStatusContract>> {
    const id = await readInquiryId(params.token, now);
    if (id === undefined) return invalidLinkPage(preferred);
    const [loaded, events] = await Promise.all([ledger.load(id), ledger.events(id, 0, eventLimit)]);
    if (loaded === undefined) return invalidLinkPage(preferred);
    const view = buildStatusPageView(loaded.inquiry, events, now);
    const language = preferred ?? loaded.inquiry.language;
    const action = `${encodeURIComponent(params.token)}/reopen`;
    if (query.attachment !== undefined) {
      const attachment = findPublicAttachment(view, query.attachment);
      if (attachment === undefined) return invalidLinkPage(preferred);
      const link = await links.link(id, attachment, now);
      if (link !== undefined) return { status: 302, location: link.url };
      const page = renderStatusPage(view, language, action, 'fileGone');
      return { status: 404, headers: pageHeaders, body: page };
    }
    const body = renderStatusPage(view, language, action, query.said && announcements[query.said]);
    return { status: 200, headers: pageHeaders, body };
  }

  async function reopen(
    { params, now }: HttpRequest<ReopenContract>,
    preferred: Language | undefined,
  ): Promise<RouteResult<ReopenContract> | Refusal> {
    const id = await readInquiryId(params.token, now);
    if (id === undefined) return invalidLinkPage(preferred);
    const result = await reopenInquiryByLink(deps, id, await terms.read(), now);
    // Relative, so that it leads back to the page under any base path.
    const page = `../${encodeURIComponent(params.token)}`;
    if (isRefusal(result)) {
      switch (result.refused) {
        case 'access.not-found':
          return invalidLinkPage(preferred);
        case 'work.too-late':
          return { status: 303, location: `${page}?said=too-late` };
        case 'inquiry.merged':
          // The page shows the merge anyway.
          return { status: 303, location: page };
        default:
          return result;
      }
    }
    if (result.events.length > 0) {
      const { number } = result.inquiry;
      logStep(logger, { step: 'notice.reopened', inquiryId: id, number });
    }
    return { status: 303, location: `${page}?said=reopened` };
  }

  // The edge's request has no headers, so the language is read here, for each event.
  return (event, context) => {
    const preferred = findPreferredLanguage(event.headers['accept-language']);
    const routes = [
      defineRoute(contracts.showStatusPage, (request) => show(request, preferred)),
      defineRoute(contracts.reopenInquiryByLink, (request) => reopen(request, preferred)),
    ];
    return makeHttpHandler({ routes, ...deps })(event, context);
  };
}

function invalidLinkPage(preferred: Language | undefined) {
  return {
    status: 404,
    headers: pageHeaders,
    body: renderInvalidLinkPage(preferred ?? 'ja'),
  } as const;
}
