import { recordByRole, recordChange, recordRead } from '../../core/access/access-record.ts';
import { decideAndAppend } from '../../core/inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../core/inquiry/events/events.ts';
import { evolve } from '../../core/inquiry/evolve.ts';
import type { Receipt } from '../../core/inquiry/outbox/receipt.ts';
import type { InquiryIndex } from '../../core/inquiry/ports.ts';
import { isRefusal, refuse } from '../../core/inquiry/refusal.ts';
import type { Inquiry } from '../../core/inquiry/snapshot.ts';
import type { EventActor } from '../../core/inquiry/values/actor.ts';
import type { Fate } from '../../core/inquiry/values/vocabulary.ts';
import { releaseMail } from '../../core/intake/mail/release-mail.ts';
import type { MailIntakeDependencies } from '../../core/intake/ports.ts';
import * as contracts from '../contract/intake.ts';
import {
  buildAnswerRecord,
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
  type SignedInPerson,
} from '../edge/http/http.ts';
import { makePageCursor } from '../edge/http/page-cursor.ts';
import { resolveInquiryId } from '../edge/http/resolve-inquiry-id.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';
import { logStep } from '../edge/telemetry/telemetry.ts';
import { MailEnv } from './mail-env.ts';

export const Env = MailEnv;
export type Env = MailEnv;

type ReviewQuarantineDependencies = {
  readonly intakeNow: () => Promise<MailIntakeDependencies>;
  readonly index: Pick<InquiryIndex, 'page'>;
  readonly cursorKeys: SigningKeys;
} & Omit<HttpOptions, 'routes'>;

/** Makes the routes by which leads review the quarantine and read the intake ledger. */
export function makeHandler(deps: ReviewQuarantineDependencies): HttpHandler {
  return makeHttpHandler({
    ...deps,
    routes: [
      makeListQuarantineRoute(deps),
      makeReleaseRoute(deps),
      makeDiscardRoute(deps),
      makeListReceiptsRoute(deps),
    ],
  });
}

function makeListQuarantineRoute({ index, cursorKeys }: ReviewQuarantineDependencies) {
  return defineRoute(contracts.listQuarantine, async ({ actor, query }) => {
    const cursor = makePageCursor(cursorKeys, actor.sub, contracts.listQuarantine, {});
    const start = await cursor.open(query.cursor);
    if (isRefusal(start)) return start;
    const page = await index.page({ by: 'quarantine' }, query.limit, start.position);
    return {
      status: 200,
      body: {
        items: page.inquiries.flatMap(viewQuarantineEntry),
        next: await cursor.seal(page.next),
      },
      seen: page.inquiries.map((inquiry) => recordRead(actor, inquiry)),
    };
  });
}

function makeReleaseRoute(deps: ReviewQuarantineDependencies) {
  return defineRoute(
    contracts.releaseQuarantinedInquiry,
    async ({ actor, params, ifMatch, answerKey, now }) => {
      const intake = await deps.intakeNow();
      const id = await resolveInquiryId(intake.ledger, params.id);
      if (isRefusal(id)) return id;
      const released = await releaseMail(
        intake,
        id,
        {
          by: actorOf(actor),
          ...(ifMatch === undefined ? {} : { ifMatch }),
          idempotencyRecordFor: (inquiry, fate) =>
            buildAnswerRecord(answerKey, buildResult(actor, inquiry, fate)),
        },
        now,
      );
      if (isRefusal(released)) return released;
      const { inquiry, fate } = released;
      logStep(deps.logger, {
        step: 'intake.released',
        fate,
        number: inquiry.number,
        inquiryId: id,
      });
      return {
        ...buildResult(actor, inquiry, fate),
        ...(answerKey === undefined ? {} : { stored: true }),
      };
    },
  );
}

function makeDiscardRoute(deps: ReviewQuarantineDependencies) {
  return defineRoute(contracts.discardQuarantinedInquiry, async (request) => {
    const { actor, params, body, ifMatch, answerKey, now } = request;
    const intake = await deps.intakeNow();
    const id = await resolveInquiryId(intake.ledger, params.id);
    if (isRefusal(id)) return id;
    const result = await decideAndAppend(intake, id, intake.terms, now, ({ inquiry }) => {
      if (inquiry.status !== 'quarantined') {
        return refuse('intake.not-quarantined', 'It is not in quarantine.');
      }
      if (ifMatch !== undefined && ifMatch !== inquiry.version) {
        return refuse('inquiry.stale', 'It has changed since.');
      }
      const event: InquiryEvent = {
        v: 1,
        type: 'QuarantineDiscarded',
        at: now,
        by: actorOf(actor),
        ...(body.note === undefined ? {} : { note: body.note }),
      };
      const answerRecord = buildAnswerRecord(answerKey, buildResult(actor, evolve(inquiry, event)));
      return {
        events: [event],
        ...(answerRecord === undefined ? {} : { idempotencyRecords: [answerRecord] }),
      };
    });
    if (isRefusal(result)) return result;
    logStep(deps.logger, { step: 'intake.discarded', number: result.inquiry.number });
    return {
      ...buildResult(actor, result.inquiry),
      ...(answerKey === undefined ? {} : { stored: true }),
    };
  });
}

function makeListReceiptsRoute({ intakeNow, cursorKeys }: ReviewQuarantineDependencies) {
  return defineRoute(contracts.listReceipts, async ({ actor, query, now }) => {
    const date = query.date ?? now.slice(0, 10);
    const cursor = makePageCursor(cursorKeys, actor.sub, contracts.listReceipts, { date });
    const start = await cursor.open(query.cursor);
    if (isRefusal(start)) return start;
    const page = await (await intakeNow()).receipts.page(date, query.limit, start.position);
    return {
      status: 200,
      body: {
        items: page.receipts.map(viewReceipt),
        next: await cursor.seal(page.next),
      },
      seen: page.receipts
        .flatMap(({ fates }) => fates)
        .flatMap(({ inquiryId: id }) => (id === undefined ? [] : [recordByRole({ id })])),
    };
  });
}

function actorOf({ sub, name, role }: SignedInPerson): EventActor {
  return { kind: 'agent', sub, name, role };
}

function buildResult(actor: SignedInPerson, inquiry: Inquiry, fate?: Fate) {
  const { id, number, status, version } = inquiry;
  return {
    status: 200,
    body: { id, number, status, version, ...(fate === undefined ? {} : { fate }) },
    etag: version,
    seen: [recordChange(actor, inquiry)],
  } as const;
}

function viewQuarantineEntry(inquiry: Inquiry) {
  const { id, number, channel, quarantine, requester, subject, receivedAt, source } = inquiry;
  if (quarantine === undefined) return [];
  return [
    {
      ...{ id, number, channel, subject, receivedAt, version: inquiry.version },
      reason: quarantine.reason,
      detail: quarantine.detail,
      sender: {
        ...(requester.address === undefined ? {} : { address: requester.address }),
        ...(requester.name === undefined ? {} : { name: requester.name }),
      },
      ...(source.raw === undefined ? {} : { raw: source.raw }),
    },
  ];
}

function viewReceipt(receipt: Receipt) {
  const last = receipt.fates.at(-1);
  if (last === undefined) throw new TypeError('a receipt has a fate');
  const { at: _, ...fate } = last;
  return { ...receipt, ...fate };
}
