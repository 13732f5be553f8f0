import * as z from 'zod';
import type { Instant } from '../../core/inquiry/ids.ts';
import type { InquiryLedger } from '../../core/inquiry/ports.ts';
import { readStatusToken } from '../../core/inquiry/status-token.ts';
import type { Mac } from '../../core/inquiry/token.ts';
import type { Language } from '../../core/inquiry/vocabulary.ts';
import type { AttachmentLinks } from '../../core/notice/ports.ts';
import { preferredLanguage } from '../../core/notice/preferred-language.ts';
import {
  publicAttachment,
  renderGonePage,
  renderStatusPage,
  statusPageStyle,
  statusViewOf,
} from '../../core/notice/status-page.ts';
import * as contracts from '../contract/docs.ts';
import type { ResultOf } from '../edge/contract.ts';
import { type HttpHandler, type HttpRequest, httpHandler, route } from '../edge/http.ts';
import { pagePolicyWith } from '../edge/security-headers.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';
import type { Log, Meter } from '../edge/telemetry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
});
export type Env = z.infer<typeof Env>;

/** Longer threads show their beginning; a help desk's have some ten events. */
const eventLimit = 500;

const pageHeaders = {
  'content-security-policy': pagePolicyWith([statusPageStyle]),
  'x-robots-tag': 'noindex, nofollow',
  // The language depends on it.
  vary: 'accept-language',
};

type Contract = typeof contracts.showStatus;

/**
 * Makes the status page, whose link is the right to see one inquiry's public thread for 30 days.
 *
 * Whatever is wrong with a link, the answer is the same page.
 */
export function makeHandler(deps: {
  readonly ledger: Pick<InquiryLedger, 'load' | 'events'>;
  readonly links: AttachmentLinks;
  readonly keys: SigningKeys;
  readonly mac: Mac;
  readonly logger: Log;
  readonly meter: Meter;
  readonly now: () => Instant;
  readonly newTraceId: () => string;
}): HttpHandler {
  const { ledger, links, keys, mac, ...edge } = deps;

  async function show(
    { params, query, now }: HttpRequest<Contract>,
    wanted: Language | undefined,
  ): Promise<ResultOf<Contract>> {
    const gone = {
      status: 404,
      headers: pageHeaders,
      body: renderGonePage(wanted ?? 'ja'),
    } as const;
    const signing = { keys: await keys.of('status'), mac };
    const token = readStatusToken(signing, params.token, now);
    if (token === undefined) return gone;
    const [loaded, events] = await Promise.all([
      ledger.load(token.inquiryId),
      ledger.events(token.inquiryId, 0, eventLimit),
    ]);
    if (loaded === undefined) return gone;
    const view = statusViewOf(loaded.inquiry, events);
    if (query.attachment !== undefined) {
      const attachment = publicAttachment(view, query.attachment);
      if (attachment === undefined) return gone;
      const { url } = await links.link(token.inquiryId, attachment, now);
      return { status: 302, location: url };
    }
    const body = renderStatusPage(view, wanted ?? loaded.inquiry.language);
    return { status: 200, headers: pageHeaders, body };
  }

  // The edge's request has no headers, so the language is found here and the stack made around it.
  return (event, context) => {
    const wanted = preferredLanguage(event.headers['accept-language']);
    const routes = [route(contracts.showStatus, (request) => show(request, wanted))];
    return httpHandler({ routes, ...edge })(event, context);
  };
}
