import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { shippedPolicies } from '../../../../core/inquiry/terms/shipped-service-levels.ts';
import { Instant } from '../../../../core/inquiry/values/ids.ts';
import type { Language } from '../../../../core/inquiry/values/vocabulary.ts';
import { buildMonthReport } from '../../../../core/sla/report/month-report.ts';
import { formatReportCsv, makeReportFileName } from '../../../../core/sla/report/report-csv.ts';
import { formatCsvCell } from '../../../../core/wording/format-csv.ts';
import {
  makeMetRecord,
  makeMissedRecord,
  makeReviewAt,
  makeRunningRecord,
  reportTuesday,
} from './report-records.ts';
import { reportDesks, reportServiceLevels } from './report-service-levels.ts';

const asOf = Instant.parse('2026-12-02T00:00:00.000Z');
const report = buildMonthReport({
  month: '2026-11',
  asOf,
  serviceLevels: reportServiceLevels,
  records: [
    makeMetRecord(1, 90_061),
    makeMetRecord(2, 90_061),
    makeMissedRecord(3, 3_661, { reviews: [makeReviewAt(reportTuesday, 'vendor-late')] }),
    makeRunningRecord(4),
    makeMissedRecord(5, 60, {
      desk: 'far',
      clock: 'pickup',
      reviews: [makeReviewAt(reportTuesday, '=1+1')],
    }),
    makeMetRecord(6, 60, { desk: 'gone', priority: 'low' }),
  ],
});

const csvIn = (language: Language) =>
  formatReportCsv(report, { language, desks: reportDesks, causes: shippedPolicies.body.causes });

/** The rows by their headings, as a spreadsheet reads them. */
function rowsIn(language: Language): Record<string, string>[] {
  return parse(Buffer.from(csvIn(language)), { bom: true, columns: true });
}

describe('a report as CSV', () => {
  it('begins with the byte order mark of UTF-8, and ends every line with CRLF', () => {
    const bytes = Buffer.from(csvIn('ja'));
    expect([...bytes.subarray(0, 6)]).toEqual([0xef, 0xbb, 0xbf, ...Buffer.from('対')]);
    expect(csvIn('ja').endsWith('\r\n')).toBe(true);
    expect(csvIn('ja').replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('has a row for each group and each total, under Japanese or English headings', () => {
    const japanese = rowsIn('ja');
    expect(japanese.map((row) => [row['区分'], row['窓口'], row['指標'], row['優先度']])).toEqual([
      ['優先度別', '委託先A窓口', '解決', '高'],
      ['優先度別', "'=海外窓口", '着手', '高'],
      ['優先度別', 'gone', '解決', '低'],
      ['窓口・指標計', '委託先A窓口', '解決', ''],
      ['窓口・指標計', "'=海外窓口", '着手', ''],
      ['窓口・指標計', 'gone', '解決', ''],
      ['窓口計', '委託先A窓口', '', ''],
      ['窓口計', "'=海外窓口", '', ''],
      ['窓口計', 'gone', '', ''],
      ['指標計', '', '解決', ''],
      ['指標計', '', '着手', ''],
      ['総計', '', '', ''],
    ]);
    expect(rowsIn('en')[0]).toMatchObject({
      ...{ Month: '2026-11', 'As of': asOf, Row: 'Priority', 'Desk ID': 'bpo', Desk: 'bpo' },
      ...{ 'Time zone': 'Asia/Tokyo', Clock: 'Resolution', Priority: 'high' },
    });
  });

  it('gives the figures of each row, durations as spreadsheets compute with them', () => {
    const [first] = rowsIn('ja');
    expect(first).toMatchObject({
      ...{ 件数: '4', 達成: '2', 未達: '2', 移管: '0', 取消: '0', '達成率(%)': '50.0' },
      ...{ 未達のまま継続中: '1', 原因未確認: '1', 未達の原因: '委託先の遅れ (委託先): 1' },
      '所要時間 中央値(時:分:秒)': '25:01:01',
      '所要時間 90パーセンタイル(時:分:秒)': '25:01:01',
      遅れの大きい件: expect.stringMatching(/^HD-\S+ 解決 1:01:01$/),
      継続中の古い件: expect.stringMatching(/^HD-\S+ 解決 2026-11-10T08:00:00\.000Z$/),
    });
  });

  it("says what a desk's contract demands, in the row that it is about", () => {
    const judged = rowsIn('en').filter((row) => row['Demanded (%)'] !== '');
    expect(
      judged.map((row) => [row['Desk ID'], row['Priority'], row['Demanded (%)'], row['Reached']]),
    ).toEqual([['far', 'high', '99.9', 'no']]);
  });

  it('is named for its month and desk', () => {
    expect(makeReportFileName({ month: '2026-11' })).toBe('sla-2026-11.csv');
    expect(
      makeReportFileName({
        month: '2026-11',
        desk: reportDesks[1]?.id ?? (reportDesks[0]?.id as never),
      }),
    ).toBe('sla-2026-11-bpo.csv');
  });
});

describe('a cell', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '\nx', '＝1', '＋1', '－1', '＠x'])(
    'that a spreadsheet may take for a formula, %j, begins with an apostrophe',
    (text) => {
      const [[cell]] = parse(`${formatCsvCell(text)}\r\n`) as [[string]];
      expect(cell).toBe(`'${text}`);
    },
  );

  it.each(['plain', 'a,b', 'say "hi"', 'two\r\nlines', '', '日本語、「引用」', 'a=b', '12.5'])(
    'is read back as %j',
    (text) => {
      const [[cell]] = parse(`${formatCsvCell(text)},x\r\n`) as [[string]];
      expect(cell).toBe(text);
    },
  );
});
