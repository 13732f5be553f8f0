import type { NoticeWording } from './wording.ts';

export const japaneseWording: NoticeWording = {
  sender: 'ITヘルプデスク',
  noSubject: '(件名なし)',
  automatic: 'このメールは自動で送信しています。',
  answerByReply:
    '追加のご連絡は、このメールにそのままご返信ください。お電話の際は受付番号をお伝えください。',
  noteByReply: 'このメールに返信すると、内部メモとして記録されます。問い合わせた方には届きません。',
  factNames: {
    number: '受付番号',
    subject: '件名',
    receivedAt: '受付日時',
    from: '差出人',
    to: '宛先',
    reason: '理由',
    desk: '窓口',
    priority: '優先度',
    holder: '担当者',
    clock: '対象',
    dueAt: '期限',
    left: '残り時間',
    late: '超過時間',
    step: '通知',
  },
  nobody: 'なし',
  statusLink: '対応状況(30日間ご覧いただけます)',
  acknowledged: 'お問い合わせを受け付けました。担当者が確認のうえ、ご連絡します。',
  quoteOf: (at) => `${at} のメッセージ:`,
  resolved: 'お問い合わせへの対応が完了しました。',
  reopenableUntil: (until) =>
    `解決していない場合は、${until} までにこのメールにご返信いただければ、対応を再開します。`,
  reopenableByLink: (until) =>
    `解決していない場合は、${until} までに、下の対応状況のページの「まだ解決していません」を押してください。このメールへのご返信だけでは、対応は再開しません。`,
  awaitingAnswer:
    'お問い合わせの対応を進めるため、ご返事をお待ちしています。このメールにそのままご返信ください。',
  leftOut: 'メールに添付できなかったファイルがあります。対応状況のページからダウンロードできます。',
  overLimit:
    'お送りいただいたメールは、大きさなどの上限を超えているため、そのままでは受け付けられませんでした。担当者が内容を確認します。お急ぎの場合は、添付ファイルを減らしてもう一度お送りください。',
  titles: {
    assigned: '割り当て',
    transferred: '転送',
    'lease-lost': '担当の解除',
    'message-arrived': '新着メッセージ',
    'delivery-failed': 'メール不達',
    quarantined: '隔離',
    'sla-warning': '期限間近',
    'sla-breach': '期限超過',
    emergency: '緊急',
    flagged: '要確認',
    'nobody-found': '担当できる人がいません',
    'unmasking-asked': '伏せ字の開示依頼',
    'unmasking-settled': '開示依頼への回答',
  },
  bracketed: (name) => `【${name}】`,
  assigned: (offeredUntil) =>
    offeredUntil === undefined
      ? 'お問い合わせが割り当てられました。'
      : `お問い合わせが割り当てられました。${offeredUntil} までに着手がない場合は、ほかの担当者に回ります。`,
  transferred: '担当していたお問い合わせが、別の窓口に移されました。',
  leaseLost:
    '一定の時間操作がなかったため、お問い合わせの担当が解除され、窓口の待ち行列に戻りました。',
  messageArrived: '担当しているお問い合わせに、新しいメッセージが届きました。',
  unverified: '注意: このお問い合わせに関わりのない差出人からのメッセージです。',
  flagged: '振り分けルールにより、確認が必要なお問い合わせです。',
  nobodyFound: {
    absent: '窓口の全員が不在のため、担当者が決まらないお問い合わせがあります。',
    full: '在席者全員が受け持ちの上限に達しているため、担当者が決まらないお問い合わせがあります。',
    unskilled: '必要なスキルを持つ在席者がいないため、担当者が決まらないお問い合わせがあります。',
  },
  unmaskingAsked:
    '外部窓口から、伏せ字の開示依頼がありました。お問い合わせの画面で、開示するかどうかをお答えください。依頼の理由:',
  unmaskingGranted: '依頼された伏せ字を開示しました。',
  unmaskingRefused: '依頼された伏せ字は開示されませんでした。',
  deliveryFailed: 'お問い合わせについて送ったメールが、相手に届きませんでした。',
  quarantined: '受信したメールを隔離しました。内容を確認し、受け付けるか破棄してください。',
  quarantineAged: '隔離したメールが、確認されないまま残っています。受け付けるか破棄してください。',
  slaWarning: 'お問い合わせへの対応の期限が近づいています。',
  slaBreach: 'お問い合わせへの対応が期限を過ぎました。',
  emergency: '緊急のお問い合わせがあります。',
  businessTime: (span) => `${span}(営業時間)`,
  stepOf: (step, steps) => (steps === undefined ? `${step}回目` : `${step}回目(全${steps}回)`),
  acknowledgeHint:
    '対応を始めるときは、下のページの「確認しました」を押してください。この通知の続きは止まります。',
  acknowledgeWarningHint:
    '対応を始めるときは、下のページの「確認しました」を押してください。期限を過ぎたときは、改めて通知します。',
  acknowledgeLink: '確認のページ',
  acknowledgedBy: (name) => (name === '' ? '確認済みです。' : `${name} さんが確認済みです。`),
  escalationOver: 'この件は、通知のあとで対応が済みました。',
  othersToo: (count) => `このほか、次の ${count} 件も知らせる必要があります。`,
  andMore: (count) => `ほか${count}件`,
  breachList: '期限を過ぎたものは、すべて期限超過の一覧にあります。',
  reasons: {
    virus: 'ウイルスの疑い',
    spam: '迷惑メールの疑い',
    spoofed: '差出人のなりすましの疑い',
    unauthenticated: '差出人を認証できない',
    'unlisted-sender': '許可されていない差出人',
    unreadable: '読み取れない',
    'over-limit': '上限の超過',
    poison: '処理の繰り返しの失敗',
    loop: '自動応答の繰り返し',
  },
};
