import type { JobNoticeKind } from '../../inquiry/outbox/job-notice.ts';

/** The fixed texts of mails about jobs in one language. */
type JobWording = {
  readonly titles: Readonly<Record<JobNoticeKind, string>>;
  readonly openings: Readonly<Record<JobNoticeKind, string>>;
  readonly factNames: Readonly<
    Record<'job' | 'startedAt' | 'done' | 'setAside' | 'failures' | 'nextRunAt' | 'reason', string>
  >;
  readonly whereToSee: (url: string) => string;
  /** By kind of job; one without a name here is called by its kind. */
  readonly jobNames: Readonly<Partial<Record<string, string>>>;
};

export const englishJobWording: JobWording = {
  titles: {
    stuck: 'A job does not get on',
    refused: 'A job was not done',
    'set-aside': 'A job is done, except for some rows',
  },
  openings: {
    stuck:
      'A job has failed several times in a row, or cannot come to its end. It goes on trying by itself, and nothing that it has done is lost. Please have the cause looked for: the runbook says how, under job-failing.',
    refused:
      'A job that you started has ended without being done. Please correct what the reason names and start it again.',
    'set-aside':
      'A job is done, but some rows or inquiries failed again and again and were left out. Please look at them and do by hand, or start again, what is missing.',
  },
  factNames: {
    job: 'Job',
    startedAt: 'Started',
    done: 'Done so far',
    setAside: 'Left out',
    failures: 'Failures in a row',
    nextRunAt: 'Next try',
    reason: 'Reason',
  },
  whereToSee: (url) => `Where it stands is shown, to who started it and to leads, by GET ${url}`,
  jobNames: {
    'people-import': 'import of people',
    'phone-log-import': 'import of phone logs',
    'sla-restatement': 'restatement of a month',
    'sla-recomputation': 'recomputation of deadlines',
    offboarding: 'offboarding',
    'person-erasure': 'erasure of a person',
    'routing-simulation': 'simulation of routing',
  },
};

export const japaneseJobWording: JobWording = {
  titles: {
    stuck: '処理が進んでいません',
    refused: '処理は行われませんでした',
    'set-aside': '処理は一部を除いて完了しました',
  },
  openings: {
    stuck:
      '処理が続けて失敗しているか、終わりに至りません。自動で再試行を続けます。処理済みの分は失われません。原因の確認をお願いします。手順は運用手引きの job-failing にあります。',
    refused:
      '開始された処理は、行われずに終了しました。理由の内容を直して、もう一度開始してください。',
    'set-aside':
      '処理は完了しましたが、何度も失敗した行または問い合わせを除外しています。内容を確認し、手作業で行うか、もう一度開始してください。',
  },
  factNames: {
    job: '処理',
    startedAt: '開始日時',
    done: '処理済み',
    setAside: '除外',
    failures: '連続した失敗',
    nextRunAt: '次の再試行',
    reason: '理由',
  },
  whereToSee: (url) => `状況は、開始した方とリーダーが GET ${url} で確認できます。`,
  jobNames: {
    'people-import': '利用者の取り込み',
    'phone-log-import': '電話記録の取り込み',
    'sla-restatement': '月次報告の再計算',
    'sla-recomputation': '期限の再計算',
    offboarding: '担当者の退任処理',
    'person-erasure': '個人情報の消去',
    'routing-simulation': '振り分けの模擬実行',
  },
};
