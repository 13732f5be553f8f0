import { expect, it } from 'vitest';
import { AuditEntry } from '../../../core/access/audit-entry.ts';
import { formatAuditCsv } from '../../../core/audit/audit-csv.ts';

it('names the vendor, and the key by which its system signed', () => {
  const entry = AuditEntry.parse({
    ...{ id: '019a0000-0000-7000-8000-00000000000a', at: '2026-11-22T01:00:00.000Z' },
    actor: { sub: 'vendor:vendor-s', name: '委託', role: 'system', vendor: 'vendor-s', key: 'k1' },
    ...{ action: 'claim', inquiries: [], route: 'POST /v1/x', traceId: 't' },
    outcome: { status: 200 },
  });
  const [head, row] = formatAuditCsv([entry], 'en').replace('\uFEFF', '').split('\r\n');
  expect(head).toContain('Role,Vendor,Key,Action');
  expect(row).toContain(',system,vendor-s,k1,claim,');
});
