import type { ResponsibleParty } from '../../inquiry/terms/sla-policies.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';

/** The columns of a report as CSV, in their order. */
export const reportColumns = [
  'month',
  'asOf',
  'row',
  'desk',
  'deskName',
  'zone',
  'clock',
  'priority',
  'cycles',
  'met',
  'missed',
  'moved',
  'cancelled',
  'attainment',
  'demanded',
  'reached',
  'running',
  'median',
  'p90',
  'unreviewed',
  'causes',
  'worst',
  'oldest',
] as const;
export type ReportColumn = (typeof reportColumns)[number];

export type ReportWords = {
  readonly columns: Readonly<Record<ReportColumn, string>>;
  readonly rows: Readonly<Record<'group' | 'deskClock' | 'desk' | 'clock' | 'all', string>>;
  readonly noDesk: string;
  readonly reached: { readonly yes: string; readonly no: string };
  readonly parties: Readonly<Record<ResponsibleParty, string>>;
};

export const reportWords: Readonly<Record<Language, ReportWords>> = {
  ja: {
    columns: {
      month: '対象月',
      asOf: '集計時点',
      row: '区分',
      desk: '窓口ID',
      deskName: '窓口',
      zone: 'タイムゾーン',
      clock: '指標',
      priority: '優先度',
      cycles: '件数',
      met: '達成',
      missed: '未達',
      moved: '移管',
      cancelled: '取消',
      attainment: '達成率(%)',
      demanded: '基準(%)',
      reached: '判定',
      running: '未達のまま継続中',
      median: '所要時間 中央値(時:分:秒)',
      p90: '所要時間 90パーセンタイル(時:分:秒)',
      unreviewed: '原因未確認',
      causes: '未達の原因',
      worst: '遅れの大きい件',
      oldest: '継続中の古い件',
    },
    rows: {
      group: '優先度別',
      deskClock: '窓口・指標計',
      desk: '窓口計',
      clock: '指標計',
      all: '総計',
    },
    noDesk: '(窓口なし)',
    reached: { yes: '達成', no: '未達' },
    parties: { us: '当社', vendor: '委託先', requester: '依頼者' },
  },
  en: {
    columns: {
      month: 'Month',
      asOf: 'As of',
      row: 'Row',
      desk: 'Desk ID',
      deskName: 'Desk',
      zone: 'Time zone',
      clock: 'Clock',
      priority: 'Priority',
      cycles: 'Cycles',
      met: 'Met',
      missed: 'Missed',
      moved: 'Moved',
      cancelled: 'Cancelled',
      attainment: 'Attainment (%)',
      demanded: 'Demanded (%)',
      reached: 'Reached',
      running: 'Missed and running',
      median: 'Elapsed, median (h:mm:ss)',
      p90: 'Elapsed, 90th percentile (h:mm:ss)',
      unreviewed: 'Unreviewed misses',
      causes: 'Causes of misses',
      worst: 'Latest cases',
      oldest: 'Oldest running cases',
    },
    rows: {
      group: 'Priority',
      deskClock: 'Desk and clock',
      desk: 'Desk',
      clock: 'Clock',
      all: 'Total',
    },
    noDesk: '(no desk)',
    reached: { yes: 'yes', no: 'no' },
    parties: { us: 'us', vendor: 'vendor', requester: 'requester' },
  },
};
