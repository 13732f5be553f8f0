import type { AccessRecord } from '../../../core/access/access-record.ts';
import type { AuditAction, AuditEntry, AuditLog } from '../../../core/access/audit-entry.ts';
import { InquiryId, type Instant } from '../../../core/inquiry/values/ids.ts';
import { InquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import {
  type HttpExchange,
  type HttpRoute,
  RefusalError,
  type SignedInPerson,
} from '../http/exchange.ts';
import { type AuditRule, routeKeyOf } from '../http/route-contract.ts';

/** A DynamoDB item holds 400 KB, and an inquiry takes about 120 bytes of it. */
const inquiriesAtOnce = 1_000;

/**
 * Returns the access records of a handler's answer.
 *
 * @throws TypeError when the contract requires records and the handler gave none: nothing may be
 *   shown without a record
 */
export function requireAccessRecords(
  { contract }: HttpRoute,
  status: number,
  seen: readonly AccessRecord[] | undefined,
): readonly AccessRecord[] {
  const { audit } = contract;
  if (audit === undefined || audit.quiet?.statuses.includes(status)) return seen ?? [];
  const hasRecords = audit.what === 'inquiry' ? (seen ?? []).length > 0 : seen !== undefined;
  if (audit.what !== 'none' && !hasRecords) {
    throw new TypeError(`${routeKeyOf(contract)} has not said whose inquiry its answer shows`);
  }
  return seen ?? [];
}

/** Records a request before it is answered; refuses `transient.audit` if that fails. */
export async function auditRequest(
  audit: AuditLog | undefined,
  exchange: HttpExchange,
  status: number,
  at: Instant,
): Promise<void> {
  const entries = buildAuditEntries(exchange, status, at);
  if (entries.length === 0) return;
  try {
    if (audit === undefined) throw new TypeError('there is no audit log');
    await audit.append(entries);
  } catch (cause) {
    const detail = 'The request could not be recorded; ask again.';
    throw new RefusalError('transient.audit', detail, undefined, { cause });
  }
}

function buildAuditEntries(
  exchange: HttpExchange,
  status: number,
  at: Instant,
): Omit<AuditEntry, 'id'>[] {
  const { actor, route, traceId, code, repeated, signed } = exchange;
  const audit = route?.contract.audit;
  if (actor === undefined || route === undefined || audit === undefined) return [];
  if (!isRecorded(actor, route, audit, status)) return [];
  const object = findAuditObject(audit, exchange);
  const entry = {
    at,
    actor: { ...auditActorOf(actor), ...(signed === undefined ? {} : { key: signed.key }) },
    action: findAuditAction(audit, exchange),
    ...(object === undefined ? {} : { object }),
    route: routeKeyOf(route.contract),
    outcome: { status, ...(code === undefined ? {} : { code }) },
    ...(repeated === undefined ? {} : { repeated }),
    traceId,
  };
  const inquiries = exchange.seen ?? findRequestedInquiry(audit, exchange);
  const parts = splitIntoChunks(inquiries);
  if (parts.length < 2) return [{ ...entry, inquiries: [...inquiries] }];
  return parts.map((part, place) => ({
    ...entry,
    inquiries: part,
    part: { at: place + 1, of: parts.length },
  }));
}

/**
 * Requesters may always read what is theirs, so only their refused reads are recorded. Of all
 * others everything is recorded, except answers that show and change nothing.
 */
function isRecorded(
  { role }: SignedInPerson,
  { contract }: HttpRoute,
  audit: AuditRule,
  status: number,
): boolean {
  if (role === 'requester' && contract.method === 'GET') return status === 403 || status === 404;
  return audit.quiet === undefined || !audit.quiet.statuses.includes(status);
}

function auditActorOf({ sub, name, role, vendor }: SignedInPerson): AuditEntry['actor'] {
  return { sub, name, role, ...(vendor === undefined ? {} : { vendor }) };
}

function findAuditAction({ action }: AuditRule, { body }: HttpExchange): AuditAction {
  if (typeof action === 'string') return action;
  return action.of[String(fieldOf(body, action.field))] ?? action.otherwise;
}

function findAuditObject({ object }: AuditRule, exchange: HttpExchange): string | undefined {
  if (object === undefined) return undefined;
  const parts = { path: exchange.params, query: exchange.query, body: exchange.body };
  const values = [object.field]
    .flat()
    .map((field) => fieldOf(parts[object.in], field))
    .filter((value) => value !== undefined && value !== null);
  return values.length === 0 ? undefined : values.join(' ').slice(0, 200);
}

/** The inquiry that the path names, for an answer that has disclosed none. */
function findRequestedInquiry(
  { what }: AuditRule,
  { params }: HttpExchange,
): AuditEntry['inquiries'] {
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

function splitIntoChunks(inquiries: Readonly<AuditEntry['inquiries']>): AuditEntry['inquiries'][] {
  const count = Math.ceil(inquiries.length / inquiriesAtOnce);
  return Array.from({ length: count }, (_, place) =>
    inquiries.slice(place * inquiriesAtOnce, (place + 1) * inquiriesAtOnce),
  );
}
