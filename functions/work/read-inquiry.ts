import * as z from 'zod';
import { recordRead } from '../../core/access/access-record.ts';
import { type InquiryAction, may } from '../../core/access/may.ts';
import { createRedactionBudget } from '../../core/access/redact.ts';
import { redactorFor } from '../../core/access/redactor.ts';
import { isInquiryStub, viewAttachment, viewMessage } from '../../core/access/view-inquiry.ts';
import type { RecordedEvent } from '../../core/inquiry/events/events.ts';
import type { InquiryIndex, InquiryLedger, LoadedInquiry } from '../../core/inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../core/inquiry/refusal.ts';
import { StageDesks, type TermsInForce } from '../../core/inquiry/terms/terms.ts';
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
  type HttpHandler,
  type HttpOptions,
  httpHandler,
  type PartsOf,
  route,
} from '../edge/http/http.ts';
import { pageCursor } from '../edge/http/page-cursor.ts';
import { idOfRef } from '../edge/http/resolve-inquiry-id.ts';
import type { ParamsOf } from '../edge/http/route-contract.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

export type ReadDeps = {
  readonly terms: TermsInForce;
  readonly ledger: InquiryLedger;
  readonly cursorKeys: SigningKeys;
};

type Deps = ReadDeps & {
  readonly index: Pick<InquiryIndex, 'page'>;
  readonly downloads: AttachmentDownloads;
} & Omit<HttpOptions, 'routes'>;

type Ref = ParamsOf<typeof contracts.readInquiry>['id'];

/** Makes the routes by which inquiries are read. */
export function makeHandler(deps: Deps): HttpHandler {
  return httpHandler({
    ...deps,
    routes: [
      listing(deps),
      route(contracts.readInquiry, reading(deps)),
      route(contracts.listMessages, readingThread(deps)),
      readingEvents(deps),
      readingAttachment(deps),
    ],
  });
}

function listing({ ledger, index, cursorKeys, terms: inForce }: Deps) {
  return route(contracts.listInquiries, async ({ actor, query, now }) => {
    const terms = await inForce.read();
    const { limit, cursor, ...wish } = query;
    if (wish.number !== undefined) {
      const loaded = await loadNumbered(ledger, wish.number);
      const view = loaded && (await showInquiry(ledger, loaded, actor, terms, now));
      if (loaded === undefined || view === undefined) {
        return { status: 200, body: { items: [], next: null }, seen: [] };
      }
      const seen = [recordRead(actor, loaded.inquiry)];
      return { status: 200, body: { items: [view], next: null }, seen };
    }
    const list = chooseInquiryList(wish, actor, terms);
    if (isRefusal(list)) return list;
    const pages = pageCursor(cursorKeys, actor.sub, contracts.listInquiries, wish);
    const after = await pages.open(cursor);
    if (isRefusal(after)) return after;
    const page = await readInquiryList(index, list, wish.status, limit, after.position);
    const items = await showInquiryList(ledger, page.inquiries, actor, terms, now);
    const seen = recordListedReads(page.inquiries, items, actor);
    return { status: 200, body: { items, next: await pages.seal(page.next) }, seen };
  });
}

export function reading({ ledger, terms }: ReadDeps) {
  return async ({ actor, params, now }: PartsOf<typeof contracts.readInquiry>) => {
    const loaded = await loadFor(ledger, params.id, actor, 'read');
    if (isRefusal(loaded)) return loaded;
    const view = await showInquiry(ledger, loaded, actor, await terms.read(), now);
    if (view === undefined) return refuse('access.not-found', 'There is no such inquiry.');
    const seen = [recordRead(actor, loaded.inquiry)];
    const etag = isInquiryStub(view) ? {} : { etag: view.version };
    return { status: 200 as const, body: view, ...etag, seen };
  };
}

export function readingThread({ ledger, cursorKeys, terms }: ReadDeps) {
  return async ({ actor, params, query }: PartsOf<typeof contracts.listMessages>) => {
    const loaded = await loadFor(ledger, params.id, actor, 'read-messages');
    if (isRefusal(loaded)) return loaded;
    const { inquiry } = loaded;
    const pages = pageCursor(cursorKeys, actor.sub, contracts.listMessages, inquiry.id);
    const after = await pages.open(query.cursor);
    if (isRefusal(after)) return after;
    const isVisible = visibleTo(actor, loaded);
    const from = Number(after.position ?? 0);
    const page = await readThread(ledger, inquiry.id, from, query.limit, isVisible);
    const { settings } = await terms.read();
    const facts = { inquiry, settings, redactionBudget: createRedactionBudget() };
    const items = page.messages
      .map(({ message, at, by }) => viewMessage(message, actor, { at, by, ...facts }))
      .filter((view) => view !== undefined);
    const next = await pages.seal(page.next?.toString());
    return { status: 200 as const, body: { items, next }, seen: [recordRead(actor, inquiry)] };
  };
}

function readingEvents({ ledger, cursorKeys }: Deps) {
  return route(contracts.listEvents, async ({ actor, params, query }) => {
    const loaded = await loadFor(ledger, params.id, actor, 'read-events');
    if (isRefusal(loaded)) return loaded;
    const { id, version } = loaded.inquiry;
    const pages = pageCursor(cursorKeys, actor.sub, contracts.listEvents, id);
    const after = await pages.open(query.cursor);
    if (isRefusal(after)) return after;
    const events = await ledger.events(id, Number(after.position ?? 0), query.limit);
    const last = events.at(-1)?.seq ?? version;
    const next = last < version ? await pages.seal(String(last)) : null;
    const seen = [recordRead(actor, loaded.inquiry)];
    return { status: 200, body: { items: events.map(viewEvent), next }, seen };
  });
}

function readingAttachment({ ledger, downloads, terms }: Deps) {
  return route(contracts.readAttachment, async ({ actor, params, now }) => {
    const loaded = await loadFor(ledger, params.id, actor, 'read-messages');
    if (isRefusal(loaded)) return loaded;
    const { inquiry } = loaded;
    const { id } = inquiry;
    const isVisible = visibleTo(actor, loaded);
    const found = await findAttachment(ledger, id, params.attachment, isVisible);
    if (found === undefined) return refuse('access.not-found', 'There is no such attachment.');
    const veil = redactorFor(actor, inquiry, await terms.read());
    const shown = viewAttachment(found.attachment, actor, found.by, veil);
    if ('withheld' in shown) {
      return refuse('access.forbidden', 'Attachments of this type are withheld from you.');
    }
    if (shown.held !== undefined) {
      return refuse('invalid.attachment', `It is held back: ${shown.held}.`);
    }
    const { name, type, size } = shown;
    // The link carries the name.
    const link = await downloads.link(id, shown, now);
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { ...link, name, type, size },
      seen: [recordRead(actor, loaded.inquiry)],
    };
  });
}

async function loadFor(
  ledger: InquiryLedger,
  ref: Ref,
  actor: Actor,
  action: InquiryAction,
): Promise<LoadedInquiry | Refusal> {
  const id = await idOfRef(ledger, ref);
  if (isRefusal(id)) return id;
  const loaded = await ledger.load(id);
  const permission = loaded === undefined ? 'hidden' : may(actor, action, loaded.inquiry);
  if (loaded === undefined || permission === 'hidden') {
    return refuse('access.not-found', 'There is no such inquiry.');
  }
  return permission === 'allowed' ? loaded : refuse('access.forbidden', 'This is not for you.');
}

async function loadNumbered(
  ledger: InquiryLedger,
  written: string,
): Promise<LoadedInquiry | undefined> {
  const number = readInquiryNumber(written);
  const id = number === undefined ? undefined : await ledger.idOf(number);
  return id === undefined ? undefined : ledger.load(id);
}

function visibleTo(actor: Actor, { inquiry }: LoadedInquiry): (message: Message) => boolean {
  const seesNotes = may(actor, 'read-notes', inquiry) === 'allowed';
  return ({ kind }) => seesNotes || kind !== 'note';
}

function viewEvent({ seq, event }: RecordedEvent) {
  const { type, v, at, by, ...data } = event;
  // What was parsed from JSON is JSON.
  return { seq, at, type, v, by, data: data as Record<string, z.core.util.JSONType> };
}
