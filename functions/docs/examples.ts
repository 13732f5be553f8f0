function weekdays(intervals: readonly string[]) {
  return { mon: intervals, tue: intervals, wed: intervals, thu: intervals, fri: intervals };
}

/** One body for each operation that takes JSON with fields; each is parsed in a test. */
export const bodyExamples: Readonly<Record<string, unknown>> = {
  submitForm: {
    form: 'general',
    fields: { subject: 'VPN に接続できない', text: '今朝から VPN に接続できません。' },
  },
  requestUpload: { name: 'screenshot.png', type: 'image/png', size: 48213 },
  logCall: {
    caller: { name: '山田 花子', phone: '+81-3-0000-0000' },
    callbackNumber: '+81-3-0000-0000',
    startedAt: '2026-11-20T10:02:00+09:00',
    endedAt: '2026-11-20T10:09:00+09:00',
    summary: 'パスワードを忘れたとのこと。',
    outcome: 'open',
    language: 'ja',
  },
  discardQuarantined: { note: 'Advertising.' },
  postMessage: { kind: 'public', text: '証明書を更新しました。再度お試しください。', fence: 3 },
  heartbeat: { fence: 3 },
  releaseInquiry: { fence: 3, note: 'Needs somebody with access to the mail server.' },
  declineInquiry: { note: 'On leave from noon.' },
  transferInquiry: { fence: 3, desk: 'staff', note: 'A change of the network is needed.' },
  waitForRequester: { fence: 3, message: '端末の型番をお知らせください。', remindAfter: 'P2D' },
  resumeInquiry: { fence: 3 },
  resolveInquiry: { fence: 3, message: '解決しました。ご確認ください。' },
  settleMessage: { fence: 3 },
  reopenInquiry: { reason: 'It happens again.' },
  withdrawInquiry: { reason: 'It works again.' },
  mergeInquiry: { into: 'HD-7K3M-9QX5' },
  rateInquiry: { score: 5, comment: '助かりました。' },
  amendInquiry: { priority: 'high', tags: ['vpn'] },
  reviewBreach: { cause: 'vendor-late', party: 'vendor', note: '折り返しの電話がなかった。' },
  putCalendars: {
    document: {
      calendars: {
        'tokyo-office': {
          zone: 'Asia/Tokyo',
          week: weekdays(['09:00-12:00', '13:00-17:00']),
          holidays: { feed: 'jp', add: [{ date: '2026-12-30', name: '年末休業' }] },
          overrides: [{ date: '2026-11-24', intervals: ['09:00-12:00'], note: '台風' }],
        },
        'bpo-weekdays': {
          zone: 'Asia/Tokyo',
          week: weekdays(['08:00-20:00']),
          holidays: { feed: 'jp' },
        },
      },
    },
    note: '台風のため午後休業',
  },
  putPolicies: {
    document: {
      policies: {
        standard: {
          name: { ja: '標準', en: 'Standard' },
          clocks: {
            resolution: {
              calendar: 'tokyo-office',
              targets: { critical: 'PT4H', high: 'PT8H', medium: 'PT21H', low: 'PT35H' },
              warnAt: [50, 75],
            },
          },
        },
      },
      otherwise: 'standard',
      causes: [{ id: 'capacity', label: { ja: '人手不足', en: 'Too few people' } }],
    },
    note: '目標時間の見直し',
  },
  putPerson: { name: '佐藤 次郎', role: 'operator', vendor: 'vendor-a', desks: ['bpo'] },
  setPresence: { presence: 'present' },
  restateLevels: { month: '2026-11', policies: 0 },
};
