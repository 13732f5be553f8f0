import { ScanCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoAuditLog } from '../../../../adapters/dynamo/audit/dynamo-audit-log.ts';
import { nodeRandomness } from '../../../../adapters/random/node-randomness.ts';
import { AuditEntry } from '../../../../core/access/audit-entry.ts';
import { auditPlaceOf } from '../../../../core/audit/ports.ts';
import { type AuditFilter, readAudit } from '../../../../core/audit/read-audit.ts';
import { InquiryId, type Instant, instantOf } from '../../../../core/inquiry/values/ids.ts';
import { type StartedDynamo, startDynamo } from '../../../support/start-dynamo.ts';
import { runs } from '../../../support/volumes.ts';

const start = Date.UTC(2026, 10, 20);
const days = 4;
const ids = Array.from({ length: 5 }, () => nodeRandomness.inquiryId(instantOf(start)));
const refusedNumber = 'HD-7K3M-9QX5';
const people = [
  { sub: 'operator-a1', name: '鈴木', role: 'operator', vendor: 'vendor-a' },
  { sub: 'operator-b1', name: '佐藤', role: 'operator', vendor: 'vendor-b' },
  { sub: 'lead-1', name: '田中', role: 'lead' },
];
const actions = ['read', 'claim', 'list-inquiries', 'read-config'] as const;
const statuses = [200, 404, 500];

let engine: StartedDynamo;
let log: DynamoAuditLog;
let entries: AuditEntry[];

/** The entry at a place of a made-up list that has every kind of entry. */
function entryAt(place: number): AuditEntry {
  const one = (at: number) => ({ id: ids[at % ids.length], right: ['desk'] });
  const about = [
    [],
    [one(place)],
    [one(place), one(place + 1), one(place + 3)],
    [{ number: refusedNumber, right: [] }],
  ];
  const at = instantOf(start + ((place * 7_919_000) % (days * 86_400_000)));
  return AuditEntry.parse({
    id: nodeRandomness.id(at),
    at,
    actor: people[place % people.length],
    action: actions[(place >> 1) % actions.length],
    inquiries: about[(place * 5 + (place >> 3)) % about.length],
    route: 'GET /v1/inquiries',
    outcome: { status: statuses[(place >> 2) % statuses.length] },
    traceId: `trace-${place}`,
  });
}

beforeAll(async () => {
  engine = await startDynamo();
  log = new DynamoAuditLog(engine.table, nodeRandomness);
  entries = Array.from({ length: 300 }, (_, place) => entryAt(place));
  await log.append(entries);
});
afterAll(() => engine.stop());

/** Reads all pages of a filter. */
async function readAll(filter: AuditFilter, limit: number): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  let after: string | undefined;
  do {
    const page = await readAudit(log, filter, limit, after);
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    found.push(...page.entries);
    after = page.next;
  } while (after !== undefined);
  return found;
}

function isFound(entry: AuditEntry, filter: AuditFilter): boolean {
  const { status } = entry.outcome;
  const outcome = status === 200 ? 'granted' : status === 404 ? 'refused' : 'failed';
  const names = entry.inquiries.flatMap(({ id, number }) => [id, number]);
  return (
    entry.at >= filter.from &&
    entry.at <= filter.to &&
    (filter.actor ?? entry.actor.sub) === entry.actor.sub &&
    (filter.action ?? entry.action) === entry.action &&
    (filter.role ?? entry.actor.role) === entry.actor.role &&
    (filter.vendor ?? entry.actor.vendor) === entry.actor.vendor &&
    (filter.outcome ?? outcome) === outcome &&
    (filter.inquiry?.some((name) => (names as unknown[]).includes(name)) ?? true)
  );
}

const instants = fc
  .integer({ min: -3_600_000, max: days * 86_400_000 + 3_600_000 })
  .map((after) => instantOf(start + after));
const maybe = <Value>(...values: readonly Value[]) =>
  fc.option(fc.constantFrom(...values), { nil: undefined });
const filters = fc
  .record({
    ends: fc.tuple(instants, instants),
    actor: maybe('operator-a1', 'operator-b1', 'lead-1', 'nobody'),
    inquiry: maybe<readonly string[]>(
      [ids[0] as string],
      [ids[3] as string, refusedNumber],
      [refusedNumber],
      [nodeRandomness.id(instantOf(0))],
    ),
    action: maybe(...actions),
    outcome: maybe('granted', 'refused', 'failed'),
    role: maybe('operator', 'lead'),
    vendor: maybe('vendor-a', 'vendor-b'),
  })
  .map(({ ends, ...filter }) => {
    const [from, to] = [...ends].sort() as [Instant, Instant];
    return { from, to, ...filter } as AuditFilter;
  });

describe('the audit', () => {
  it('finds by any filter exactly what was recorded, newest first, in pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(filters, fc.integer({ min: 1, max: 400 }), async (filter, limit) => {
        const expected = entries
          .filter((entry) => isFound(entry, filter))
          .sort((one, other) => (auditPlaceOf(one) < auditPlaceOf(other) ? 1 : -1));
        expect(await readAll(filter, Math.max(limit, 5))).toEqual(expected);
      }),
      runs(40),
    );
  });

  it.each([1, 3, 7])('gives each entry once and in order in slices of %i', async (enough) => {
    const from = instantOf(start);
    const to = instantOf(start + days * 86_400_000);
    const found: AuditEntry[] = [];
    let before: string | undefined = `${to}~`;
    while (before !== undefined) {
      const slice = await log.readSlice({ from, to }, before, enough);
      found.push(...slice.entries);
      before = slice.next;
    }
    expect(found.map(auditPlaceOf)).toEqual(entries.map(auditPlaceOf).sort().reverse());
  });

  it('reads for one inquiry no entry of a list that names only others', async () => {
    const range = { from: instantOf(start), to: instantOf(start + days * 86_400_000) };
    const inquiry = [ids[0] as string];
    const found: AuditEntry[] = [];
    let before: string | undefined = `${range.to}~`;
    while (before !== undefined) {
      const slice = await log.readSlice({ ...range, inquiry }, before, 1_000);
      found.push(...slice.entries);
      before = slice.next;
    }
    const expected = entries.filter((entry) => isFound(entry, { ...range, inquiry }));
    expect(expected.some(({ inquiries }) => inquiries.length > 1)).toBe(true);
    expect(found.map(auditPlaceOf)).toEqual(expected.map(auditPlaceOf).sort().reverse());
  });

  it('ends a page that has cost enough, though nothing was found', async () => {
    const to = instantOf(start + days * 86_400_000);
    const from = instantOf(start - 60 * 86_400_000);
    const page = await readAudit(log, { from, to, inquiry: [nodeRandomness.id(to)] }, 10);
    expect(page.entries).toEqual([]);
    expect(page.next).toBeDefined();
  });

  it('keeps an entry as it was put first', async () => {
    const [first] = entries as [AuditEntry];
    await expect(log.append([{ ...first, traceId: 'another' } as AuditEntry])).rejects.toThrow(
      'conditional',
    );
    const found = await readAll({ from: first.at, to: first.at }, 10);
    expect(found.filter(({ id }) => id === first.id)).toEqual([first]);
  });

  it('takes the same entry again, as when its answer was lost and it is sent once more', async () => {
    const [, second] = entries as [AuditEntry, AuditEntry];
    await log.append([second]);
    const found = await readAll({ from: second.at, to: second.at }, 10);
    expect(found.filter(({ id }) => id === second.id)).toEqual([second]);
  });

  it('gives entries ids of their own, and lets them end after 400 days', async () => {
    const at = instantOf(start + 50 * 86_400_000);
    const { id: _, ...entry } = { ...entryAt(1), at };
    await log.append([entry, entry]);
    const found = await readAll({ from: at, to: at }, 10);
    expect(new Set(found.map(({ id }) => id)).size).toBe(2);
    for (const { id } of found) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/);
    expect(InquiryId.safeParse(found[0]?.inquiries[0]?.id).success).toBe(true);
    const items = await itemsOf(at);
    expect(items.map((item) => item['expiresAt']?.N)).toEqual(
      items.map(() => String((Date.parse(at) + 400 * 86_400_000) / 1000)),
    );
    expect(items.map((item) => item['kind']?.S)).toEqual(['audit', 'audit']);
  });
});

async function itemsOf(at: Instant) {
  const { Items = [] } = await engine.client.send(
    new ScanCommand({
      TableName: engine.table.name,
      FilterExpression: 'begins_with(sk, :at)',
      ExpressionAttributeValues: { ':at': { S: at } },
    }),
  );
  return Items;
}
