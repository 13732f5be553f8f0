import type { AccessRecord } from '../../../core/access/access-record.ts';
import type { AuditAction, AuditEntry, AuditLog } from '../../../core/access/audit-entry.ts';
import { InquiryId, type Instant } from '../../../core/inquiry/values/ids.ts';
import { InquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import { type Exchange, Refused, type Route, type SignedInPerson } from '../http/exchange.ts';
import { type Audit, routeKeyOf } from '../http/route-contract.ts';

/** An item of the ledger holds 400 KB, and an inquiry takes some 120 bytes of it. */
const inquiriesAtOnce = 1_000;

/**
 * What a handler says that its answer shows.
 *
 * @throws TypeError where the contract says that it shows inquiries and it names none: nothing is
 * shown that is not recorded
 */
export function seenIn(
  { contract }: Route,
  status: number,
  seen: readonly AccessRecord[] | undefined,
): readonly AccessRecord[] {
  const { audit } = contract;
  if (audit === undefined || audit.quiet?.statuses.includes(status)) return seen ?? [];
  const isTold = audit.what === 'inquiry' ? (seen ?? []).length > 0 : seen !== undefined;
  if (audit.what !== 'none' && !isTold) {
    throw new TypeError(`${routeKeyOf(contract)} has not said whose inquiry its answer shows`);
  }
  return seen ?? [];
}

/** Records a request as it is being answered; refuses `transient.audit` where that fails. */
export async function recordRequest(
  audit: AuditLog | undefined,
  exchange: Exchange,
  status: number,
  at: Instant,
): Promise<void> {
  const entries = entriesOf(exchange, status, at);
  if (entries.length === 0) return;
  try {
    if (audit === undefined) throw new TypeError('there is no audit log');
    await audit.append(entries);
  } catch (cause) {
    const detail = 'The request could not be recorded; ask again.';
    throw new Refused('transient.audit', detail, undefined, { cause });
  }
}

function entriesOf(exchange: Exchange, status: number, at: Instant): Omit<AuditEntry, 'id'>[] {
  const { actor, route, traceId, code, repeated, signed } = exchange;
  const audit = route?.contract.audit;
  if (actor === undefined || route === undefined || audit === undefined) return [];
  if (!isRecorded(actor, route, audit, status)) return [];
  const object = objectOf(audit, exchange);
  const entry = {
    at,
    actor: { ...actorOf(actor), ...(signed === undefined ? {} : { key: signed.key }) },
    action: actionOf(audit, exchange),
    ...(object === undefined ? {} : { object }),
    route: routeKeyOf(route.contract),
    outcome: { status, ...(code === undefined ? {} : { code }) },
    ...(repeated === undefined ? {} : { repeated }),
    traceId,
  };
  const inquiries = exchange.seen ?? aimedAt(audit, exchange);
  const parts = chunked(inquiries);
  if (parts.length < 2) return [{ ...entry, inquiries: [...inquiries] }];
  return parts.map((part, place) => ({
    ...entry,
    inquiries: part,
    part: { at: place + 1, of: parts.length },
  }));
}

/**
 * Requesters may always read what is theirs, so of their reading only what they may not read is
 * recorded; of all others everything is, except answers that show and change nothing.
 */
function isRecorded(
  { role }: SignedInPerson,
  { contract }: Route,
  audit: Audit,
  status: number,
): boolean {
  if (role === 'requester' && contract.method === 'GET') return status === 403 || status === 404;
  return audit.quiet === undefined || !audit.quiet.statuses.includes(status);
}

function actorOf({ sub, name, role, vendor }: SignedInPerson): AuditEntry['actor'] {
  return { sub, name, role, ...(vendor === undefined ? {} : { vendor }) };
}

function actionOf({ action }: Audit, { body }: Exchange): AuditAction {
  if (typeof action === 'string') return action;
  return action.of[String(fieldOf(body, action.field))] ?? action.otherwise;
}

function objectOf({ object }: Audit, exchange: Exchange): string | undefined {
  if (object === undefined) return undefined;
  const parts = { path: exchange.params, query: exchange.query, body: exchange.body };
  const values = [object.field]
    .flat()
    .map((field) => fieldOf(parts[object.in], field))
    .filter((value) => value !== undefined && value !== null);
  return values.length === 0 ? undefined : values.join(' ').slice(0, 200);
}

/** The inquiry that the path names, where nothing of it was seen. */
function aimedAt({ what }: Audit, { params }: Exchange): AuditEntry['inquiries'] {
  if (what !== 'inquiry') return [];
  const ref = fieldOf(params, 'id');
  const id = InquiryId.safeParse(fieldOf(ref, 'inquiryId') ?? ref);
  if (id.success) return [{ id: id.data, right: [] }];
  const number = InquiryNumber.safeParse(ref);
  return number.success ? [{ number: number.data, right: [] }] : [];
}

function fieldOf(part: unknown, field: string): unknown {
  return typeof part === 'object' && part !== null
    ? (part as Readonly<Record<string, unknown>>)[field]
    : undefined;
}

function chunked(inquiries: Readonly<AuditEntry['inquiries']>): AuditEntry['inquiries'][] {
  const count = Math.ceil(inquiries.length / inquiriesAtOnce);
  return Array.from({ length: count }, (_, place) =>
    inquiries.slice(place * inquiriesAtOnce, (place + 1) * inquiriesAtOnce),
  );
}
