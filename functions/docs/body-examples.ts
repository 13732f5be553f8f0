function weekdayHours(intervals: readonly string[]) {
  return { mon: intervals, tue: intervals, wed: intervals, thu: intervals, fri: intervals };
}

/** One body for each operation that takes JSON with fields; each is parsed in a test. */
export const bodyExamples: Readonly<Record<string, unknown>> = {
  submitForm: {
    form: 'general',
    fields: { subject: 'VPN に接続できない', description: '今朝から VPN に接続できません。' },
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
  discardQuarantinedInquiry: { note: 'Advertising.' },
  postMessage: { kind: 'public', text: '証明書を更新しました。再度お試しください。', fence: 3 },
  sendHeartbeat: { fence: 3 },
  releaseInquiry: { fence: 3, note: 'Needs somebody with access to the mail server.' },
  declineInquiry: { note: 'On leave from noon.' },
  transferInquiry: { fence: 3, desk: 'staff', note: 'A change of the network is needed.' },
  waitForRequester: { fence: 3, message: '端末の型番をお知らせください。', remindAfter: 'P2D' },
  resumeInquiry: { fence: 3 },
  resolveInquiry: { fence: 3, message: '解決しました。ご確認ください。' },
  markNoReplyNeeded: { fence: 3 },
  reopenInquiry: { reason: 'It happens again.' },
  withdrawInquiry: { reason: 'It works again.' },
  mergeInquiry: { into: 'HD-7K3M-9QX5' },
  requestUnmasking: { of: 'requester', kinds: ['phone'], reason: '折り返しの電話のため' },
  decideUnmasking: { outcome: 'granted' },
  rateInquiry: { score: 5, comment: '助かりました。' },
  amendInquiry: { priority: 'high', tags: ['vpn'] },
  postMessageAsSystem: { kind: 'public', text: '再起動しました。', fence: 3 },
  sendHeartbeatAsSystem: { fence: 3 },
  releaseInquiryAsSystem: { fence: 3, note: 'Not ours.' },
  transferInquiryAsSystem: { fence: 3, desk: 'staff', note: 'The network has to be changed.' },
  waitForRequesterAsSystem: { fence: 3, message: '端末の型番をお知らせください。' },
  resumeInquiryAsSystem: { fence: 3 },
  resolveInquiryAsSystem: { fence: 3, message: '解決しました。' },
  replaceAbsences: {
    absences: [
      {
        from: '2026-12-24T00:00:00.000Z',
        until: '2026-12-26T00:00:00.000Z',
        standIn: 'staff-2@toritsugi.example',
        categories: ['network'],
      },
    ],
  },
  offboardAgent: { successor: 'staff-2@toritsugi.example', note: '11月末で異動' },
  erasePerson: { mode: 'erase', dryRun: true, reference: 'privacy-2026-014' },
  reviewBreach: { cause: 'vendor-late', party: 'vendor', note: '折り返しの電話がなかった。' },
  putCalendars: {
    document: {
      calendars: {
        'tokyo-office': {
          zone: 'Asia/Tokyo',
          week: weekdayHours(['09:00-12:00', '13:00-17:00']),
          holidays: { feed: 'jp', add: [{ date: '2026-12-30', name: '年末休業' }] },
          overrides: [{ date: '2026-11-24', intervals: ['09:00-12:00'], note: '台風' }],
        },
        'bpo-weekdays': {
          zone: 'Asia/Tokyo',
          week: weekdayHours(['08:00-20:00']),
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
  putRoutingRules: {
    document: {
      rules: [
        {
          id: 'vpn',
          name: { ja: 'VPN の問い合わせ', en: 'VPN' },
          when: { any: [{ words: ['vpn'] }, { text: ['リモート接続'] }] },
          set: { category: 'network', impact: 'medium', urgency: 'high', desk: 'bpo' },
        },
      ],
      otherwise: { desk: 'staff', priority: 'medium', category: 'other' },
    },
    note: 'VPN は外部窓口へ',
  },
  restoreRoutingRules: { version: 3, note: '元に戻す' },
  putDeskSettings: {
    document: {
      desks: {
        bpo: {
          contract: {
            categories: ['network', 'password'],
            otherwise: 'staff',
            outsideCoverage: 'hold',
            monthlyVolume: { inquiries: 600 },
          },
          overflow: { to: 'staff', enter: { depth: 40 }, leave: { depth: 20 } },
        },
        staff: { assignment: { policy: 'sticky', capacity: 30 } },
      },
      vendors: { 'vendor-a': { masking: { phone: false } } },
    },
  },
  restoreDeskSettings: { version: 1 },
  simulateRouting: {
    document: {
      rules: [{ id: 'vpn', when: { text: ['vpn'] }, set: { desk: 'staff', category: 'network' } }],
      otherwise: { desk: 'bpo', priority: 'medium', category: 'general' },
    },
    from: '2026-10-01T00:00:00+09:00',
    until: '2026-11-01T00:00:00+09:00',
  },
  putPerson: { name: '佐藤 次郎', role: 'operator', vendor: 'vendor-a', desks: ['bpo'] },
  setPresence: { presence: 'present' },
  restateServiceLevels: { month: '2026-11', policies: 0 },
};
