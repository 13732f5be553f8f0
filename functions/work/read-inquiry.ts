import * as z from 'zod';
import { recordRead } from '../../core/access/access-record.ts';
import { type InquiryAction, may } from '../../core/access/may.ts';
import { createRedactionBudget } from '../../core/access/redact.ts';
import { redactorFor } from '../../core/access/redactor.ts';
import { isInquiryStub, viewAttachment, viewMessage } from '../../core/access/view-inquiry.ts';
import type { RecordedEvent } from '../../core/inquiry/events/events.ts';
import type { InquiryIndex, InquiryLedger, LoadedInquiry } from '../../core/inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import { readInquiryNumber } from '../../core/inquiry/values/inquiry-number.ts';
import type { Message } from '../../core/inquiry/values/message.ts';
import type { Actor } from '../../core/work/actor.ts';
import type { AttachmentDownloads } from '../../core/work/ports.ts';
import { chooseInquiryList, readInquiryList } from '../../core/work/read/choose-inquiry-list.ts';
import { findAttachment, readThread } from '../../core/work/read/read-thread.ts';
import {
  recordListedReads,
  showInquiry,
  showInquiryList,
} from '../../core/work/read/show-inquiry.ts';
import * as contracts from '../contract/inquiries.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
  type RequestParts,
} from '../edge/http/http.ts';
import { makePageCursor } from '../edge/http/page-cursor.ts';
import { resolveInquiryId } from '../edge/http/resolve-inquiry-id.ts';
import type { RequestParams } from '../edge/http/route-contract.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

export type ReadInquiryDependencies = {
  readonly terms: TermsInForce;
  readonly ledger: InquiryLedger;
  readonly cursorKeys: SigningKeys;
};

type Deps = ReadInquiryDependencies & {
  readonly index: Pick<InquiryIndex, 'page'>;
  readonly downloads: AttachmentDownloads;
} & Omit<HttpOptions, 'routes'>;

type Ref = RequestParams<typeof contracts.readInquiry>['id'];

/** Makes the routes that read inquiries. */
export function makeHandler(deps: Deps): HttpHandler {
  return makeHttpHandler({
    ...deps,
    routes: [
      makeListInquiriesRoute(deps),
      defineRoute(contracts.readInquiry, makeReadInquiryHandler(deps)),
      defineRoute(contracts.listMessages, makeListMessagesHandler(deps)),
      makeListEventsRoute(deps),
      makeReadAttachmentRoute(deps),
    ],
  });
}

function makeListInquiriesRoute({ ledger, index, cursorKeys, terms: inForce }: Deps) {
  return defineRoute(contracts.listInquiries, async ({ actor, query, now }) => {
    const terms = await inForce.read();
    const { limit, cursor, ...filter } = query;
    if (filter.number !== undefined) {
      const loaded = await loadByNumber(ledger, filter.number);
      const view = loaded && (await showInquiry(ledger, loaded, actor, terms, now));
      if (loaded === undefined || view === undefined) {
        return { status: 200, body: { items: [], next: null }, seen: [] };
      }
      const seen = [recordRead(actor, loaded.inquiry)];
      return { status: 200, body: { items: [view], next: null }, seen };
    }
    const list = chooseInquiryList(filter, actor, terms);
    if (isRefusal(list)) return list;
    const pages = makePageCursor(cursorKeys, actor.sub, contracts.listInquiries, filter);
    const after = await pages.open(cursor);
    if (isRefusal(after)) return after;
    const page = await readInquiryList(index, list, filter.status, limit, after.position);
    const items = await showInquiryList(ledger, page.inquiries, actor, terms, now);
    const seen = recordListedReads(page.inquiries, items, actor);
    return { status: 200, body: { items, next: await pages.seal(page.next) }, seen };
  });
}

export function makeReadInquiryHandler({ ledger, terms }: ReadInquiryDependencies) {
  return async ({ actor, params, now }: RequestParts<typeof contracts.readInquiry>) => {
    const loaded = await loadPermitted(ledger, params.id, actor, 'read');
    if (isRefusal(loaded)) return loaded;
    const view = await showInquiry(ledger, loaded, actor, await terms.read(), now);
    if (view === undefined) return refuse('access.not-found', 'There is no such inquiry.');
    const seen = [recordRead(actor, loaded.inquiry)];
    const etag = isInquiryStub(view) ? {} : { etag: view.version };
    return { status: 200 as const, body: view, ...etag, seen };
  };
}

export function makeListMessagesHandler({ ledger, cursorKeys, terms }: ReadInquiryDependencies) {
  return async ({ actor, params, query }: RequestParts<typeof contracts.listMessages>) => {
    const loaded = await loadPermitted(ledger, params.id, actor, 'read-messages');
    if (isRefusal(loaded)) return loaded;
    const { inquiry } = loaded;
    const pages = makePageCursor(cursorKeys, actor.sub, contracts.listMessages, inquiry.id);
    const after = await pages.open(query.cursor);
    if (isRefusal(after)) return after;
    const isVisible = makeVisibilityCheck(actor, loaded);
    const from = Number(after.position ?? 0);
    const page = await readThread(ledger, inquiry.id, from, query.limit, isVisible);
    const { settings } = await terms.read();
    const viewContext = { inquiry, settings, redactionBudget: createRedactionBudget() };
    const items = page.messages
      .map(({ message, at, by }) => viewMessage(message, actor, { at, by, ...viewContext }))
      .filter((view) => view !== undefined);
    const next = await pages.seal(page.next?.toString());
    return { status: 200 as const, body: { items, next }, seen: [recordRead(actor, inquiry)] };
  };
}

function makeListEventsRoute({ ledger, cursorKeys }: Deps) {
  return defineRoute(contracts.listEvents, async ({ actor, params, query }) => {
    const loaded = await loadPermitted(ledger, params.id, actor, 'read-events');
    if (isRefusal(loaded)) return loaded;
    const { id, version } = loaded.inquiry;
    const pages = makePageCursor(cursorKeys, actor.sub, contracts.listEvents, id);
    const after = await pages.open(query.cursor);
    if (isRefusal(after)) return after;
    const events = await ledger.events(id, Number(after.position ?? 0), query.limit);
    const last = events.at(-1)?.seq ?? version;
    const next = last < version ? await pages.seal(String(last)) : null;
    const seen = [recordRead(actor, loaded.inquiry)];
    return { status: 200, body: { items: events.map(viewEvent), next }, seen };
  });
}

function makeReadAttachmentRoute({ ledger, downloads, terms }: Deps) {
  return defineRoute(contracts.readAttachment, async ({ actor, params, now }) => {
    const loaded = await loadPermitted(ledger, params.id, actor, 'read-messages');
    if (isRefusal(loaded)) return loaded;
    const { inquiry } = loaded;
    const { id } = inquiry;
    const isVisible = makeVisibilityCheck(actor, loaded);
    const match = await findAttachment(ledger, id, params.attachment, isVisible);
    if (match === undefined) return refuse('access.not-found', 'There is no such attachment.');
    const redactor = redactorFor(actor, inquiry, await terms.read());
    const view = viewAttachment(match.attachment, actor, match.by, redactor);
    if ('withheld' in view) {
      return refuse('access.forbidden', 'Attachments of this type are withheld from you.');
    }
    if (view.held !== undefined) {
      return refuse('invalid.attachment', `It is held back: ${view.held}.`);
    }
    const { name, type, size } = view;
    // Saved under the name that the caller sees, so the link is made from the redacted attachment.
    const link = await downloads.link(id, view, now);
    if (link === undefined) {
      return refuse('inquiry.attachment-gone', 'The file of this attachment is no longer kept.');
    }
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { ...link, name, type, size },
      seen: [recordRead(actor, loaded.inquiry)],
    };
  });
}

async function loadPermitted(
  ledger: InquiryLedger,
  ref: Ref,
  actor: Actor,
  action: InquiryAction,
): Promise<LoadedInquiry | Refusal> {
  const id = await resolveInquiryId(ledger, ref);
  if (isRefusal(id)) return id;
  const loaded = await ledger.load(id);
  const permission = loaded === undefined ? 'hidden' : may(actor, action, loaded.inquiry);
  if (loaded === undefined || permission === 'hidden') {
    return refuse('access.not-found', 'There is no such inquiry.');
  }
  return permission === 'allowed' ? loaded : refuse('access.forbidden', 'This is not for you.');
}

async function loadByNumber(
  ledger: InquiryLedger,
  numberText: string,
): Promise<LoadedInquiry | undefined> {
  const number = readInquiryNumber(numberText);
  const id = number === undefined ? undefined : await ledger.idOf(number);
  return id === undefined ? undefined : ledger.load(id);
}

function makeVisibilityCheck(
  actor: Actor,
  { inquiry }: LoadedInquiry,
): (message: Message) => boolean {
  const seesNotes = may(actor, 'read-notes', inquiry) === 'allowed';
  return ({ kind }) => seesNotes || kind !== 'note';
}

function viewEvent({ seq, event }: RecordedEvent) {
  const { type, v, at, by, ...data } = event;
  // What was parsed from JSON is JSON.
  return { seq, at, type, v, by, data: data as Record<string, z.core.util.JSONType> };
}
