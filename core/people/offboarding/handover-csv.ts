import type { Language } from '../../inquiry/values/vocabulary.ts';
import { formatCsv } from '../../wording/format-csv.ts';
import type { HandoverReport } from './read-handover.ts';

const columns = {
  ja: [
    '担当者',
    '開始',
    '終了',
    'カテゴリ',
    'サービス',
    '件数',
    '最終対応日時',
    '問い合わせ番号(最新5件まで)',
    'ほかの対応者数',
    '本人のみ',
  ],
  en: [
    'Agent',
    'From',
    'Until',
    'Category',
    'Service',
    'Inquiries',
    'Last handled at',
    'Numbers (latest five)',
    'Others who handled such',
    'Alone',
  ],
} as const satisfies Record<Language, readonly string[]>;

const aloneWords = { ja: ['はい', 'いいえ'], en: ['yes', 'no'] } as const;

/** Writes a handover as CSV for a spreadsheet, a row for each category and service. */
export function formatHandoverCsv(
  { agent, from, until, groups }: HandoverReport,
  language: Language,
): string {
  const [yes, no] = aloneWords[language];
  return formatCsv([
    columns[language],
    ...groups.map(({ category, service, count, lastAt, inquiries, others }) => [
      ...[agent.name, from, until],
      ...[category ?? '', service ?? '', count, lastAt],
      inquiries.map(({ number }) => number).join('; '),
      ...[others, others === 0 ? yes : no],
    ]),
  ]);
}

/** The file's name, in characters that every system accepts. */
export function makeHandoverFileName({ until }: Pick<HandoverReport, 'until'>): string {
  return `handover-${until.slice(0, 10)}.csv`;
}
