import type { AuditEntry } from '../access/audit-entry.ts';
import type { Language } from '../inquiry/values/vocabulary.ts';
import { formatCsvTable } from '../wording/format-csv.ts';

const columns = {
  at: { ja: '日時', en: 'At' },
  id: { ja: '記録ID', en: 'Entry' },
  sub: { ja: '利用者ID', en: 'Person' },
  name: { ja: '氏名', en: 'Name' },
  role: { ja: '役割', en: 'Role' },
  vendor: { ja: '委託先', en: 'Vendor' },
  key: { ja: '署名鍵', en: 'Key' },
  action: { ja: '操作', en: 'Action' },
  object: { ja: '対象', en: 'Object' },
  number: { ja: '問い合わせ番号', en: 'Inquiry' },
  inquiryId: { ja: '問い合わせID', en: 'Inquiry id' },
  right: { ja: '権限の根拠', en: 'Right' },
  route: { ja: '経路', en: 'Route' },
  status: { ja: '結果', en: 'Status' },
  code: { ja: '拒否コード', en: 'Refusal' },
  repeated: { ja: '再送', en: 'Repeated' },
  traceId: { ja: '追跡ID', en: 'Trace' },
} as const;
type Column = keyof typeof columns;

/** Writes entries as CSV for a spreadsheet: a row per inquiry, or one for an entry without any. */
export function formatAuditCsv(entries: readonly AuditEntry[], language: Language): string {
  return formatCsvTable(columns, language, entries.flatMap(buildRows));
}

function buildRows(entry: AuditEntry): Record<Column, string | number>[] {
  const { at, id, actor, action, object, inquiries, route, outcome, repeated, traceId } = entry;
  const { sub, name, role, vendor, key } = actor;
  const rowInquiries: readonly Partial<AuditEntry['inquiries'][number]>[] =
    inquiries.length === 0 ? [{}] : inquiries;
  return rowInquiries.map((inquiry) => ({
    ...{ at, id, sub, name, role, action, route, traceId },
    vendor: vendor ?? '',
    key: key ?? '',
    object: object ?? '',
    number: inquiry.number ?? '',
    inquiryId: inquiry.id ?? '',
    // Without an inquiry, the role alone is the right.
    right: (inquiry.right ?? ['role']).join(' '),
    status: outcome.status,
    code: outcome.code ?? '',
    repeated: repeated === undefined ? '' : 1,
  }));
}
