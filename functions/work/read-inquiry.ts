import * as z from 'zod';
import { type InquiryAction, may } from '../../core/access/may.ts';
import { isStub, viewMessage } from '../../core/access/view.ts';
import type { RecordedEvent } from '../../core/inquiry/events.ts';
import type { Message } from '../../core/inquiry/message.ts';
import { readInquiryNumber } from '../../core/inquiry/number.ts';
import type { InquiryIndex, InquiryLedger, Loaded } from '../../core/inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../core/inquiry/refusal.ts';
import { Desks, type TermsInForce } from '../../core/inquiry/terms.ts';
import type { Actor } from '../../core/work/actor.ts';
import { chooseList, readList } from '../../core/work/choose-list.ts';
import type { Downloads } from '../../core/work/ports.ts';
import { findAttachment, readThread } from '../../core/work/read-thread.ts';
import { showInquiry, showListed } from '../../core/work/show-inquiry.ts';
import * as contracts from '../contract/inquiries.ts';
import type { ParamsOf } from '../edge/contract.ts';
import { type HttpHandler, type HttpOptions, httpHandler, route } from '../edge/http.ts';
import { idOfRef } from '../edge/inquiry-ref.ts';
import { pageCursor } from '../edge/page-cursor.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  DESKS: Desks,
});
export type Env = z.infer<typeof Env>;

type Deps = {
  readonly terms: TermsInForce;
  readonly ledger: InquiryLedger;
  readonly index: Pick<InquiryIndex, 'page'>;
  readonly downloads: Downloads;
  readonly cursorKeys: SigningKeys;
} & Omit<HttpOptions, 'routes'>;

type Ref = ParamsOf<typeof contracts.readInquiry>['id'];

/** Makes the routes by which inquiries are read. */
export function makeHandler(deps: Deps): HttpHandler {
  return httpHandler({
    ...deps,
    routes: [
      listing(deps),
      reading(deps),
      readingThread(deps),
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
      return { status: 200, body: { items: view === undefined ? [] : [view], next: null } };
    }
    const list = chooseList(wish, actor, terms);
    if (isRefusal(list)) return list;
    const pages = pageCursor(cursorKeys, actor.sub, contracts.listInquiries, wish);
    const after = await pages.open(cursor);
    if (isRefusal(after)) return after;
    const page = await readList(index, list, wish.status, limit, after.position);
    const items = await showListed(ledger, page.inquiries, actor, terms, now);
    return { status: 200, body: { items, next: await pages.seal(page.next) } };
  });
}

function reading({ ledger, terms }: Deps) {
  return route(contracts.readInquiry, async ({ actor, params, now }) => {
    const loaded = await loadFor(ledger, params.id, actor, 'read');
    if (isRefusal(loaded)) return loaded;
    const view = await showInquiry(ledger, loaded, actor, await terms.read(), now);
    if (view === undefined) return refuse('access.not-found', 'There is no such inquiry.');
    return { status: 200, body: view, ...(isStub(view) ? {} : { etag: view.version }) };
  });
}

function readingThread({ ledger, cursorKeys }: Deps) {
  return route(contracts.listMessages, async ({ actor, params, query }) => {
    const loaded = await loadFor(ledger, params.id, actor, 'read-messages');
    if (isRefusal(loaded)) return loaded;
    const { inquiry } = loaded;
    const pages = pageCursor(cursorKeys, actor.sub, contracts.listMessages, inquiry.id);
    const after = await pages.open(query.cursor);
    if (isRefusal(after)) return after;
    const isVisible = visibleTo(actor, loaded);
    const from = Number(after.position ?? 0);
    const page = await readThread(ledger, inquiry.id, from, query.limit, isVisible);
    const items = page.messages
      .map(({ message, at }) => viewMessage(message, at, inquiry, actor))
      .filter((view) => view !== undefined);
    return { status: 200, body: { items, next: await pages.seal(page.next?.toString()) } };
  });
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
    return { status: 200, body: { items: events.map(viewEvent), next } };
  });
}

function readingAttachment({ ledger, downloads }: Deps) {
  return route(contracts.readAttachment, async ({ actor, params, now }) => {
    const loaded = await loadFor(ledger, params.id, actor, 'read-messages');
    if (isRefusal(loaded)) return loaded;
    const { id } = loaded.inquiry;
    const isVisible = visibleTo(actor, loaded);
    const attachment = await findAttachment(ledger, id, params.attachment, isVisible);
    if (attachment === undefined) return refuse('access.not-found', 'There is no such attachment.');
    if (attachment.held !== undefined) {
      return refuse('invalid.attachment', `It is held back: ${attachment.held}.`);
    }
    const link = await downloads.link(id, attachment, now);
    const { name, type, size } = attachment;
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { ...link, name, type, size },
    };
  });
}

async function loadFor(
  ledger: InquiryLedger,
  ref: Ref,
  actor: Actor,
  action: InquiryAction,
): Promise<Loaded | Refusal> {
  const id = await idOfRef(ledger, ref);
  if (isRefusal(id)) return id;
  const loaded = await ledger.load(id);
  const permission = loaded === undefined ? 'hidden' : may(actor, action, loaded.inquiry);
  if (loaded === undefined || permission === 'hidden') {
    return refuse('access.not-found', 'There is no such inquiry.');
  }
  return permission === 'allowed' ? loaded : refuse('access.forbidden', 'This is not for you.');
}

async function loadNumbered(ledger: InquiryLedger, written: string): Promise<Loaded | undefined> {
  const number = readInquiryNumber(written);
  const id = number === undefined ? undefined : await ledger.idOf(number);
  return id === undefined ? undefined : ledger.load(id);
}

function visibleTo(actor: Actor, { inquiry }: Loaded): (message: Message) => boolean {
  const seesNotes = may(actor, 'read-notes', inquiry) === 'allowed';
  return ({ kind }) => seesNotes || kind !== 'note';
}

function viewEvent({ seq, event }: RecordedEvent) {
  const { type, v, at, by, ...data } = event;
  // What was parsed from JSON is JSON.
  return { seq, at, type, v, by, data: data as Record<string, z.core.util.JSONType> };
}
