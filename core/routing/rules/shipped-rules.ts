import { RuleSet } from './rule-set.ts';

/**
 * The rule set of a new stage, until its lead puts another in force.
 *
 * Day-to-day requests go to the outsourced desk; what needs rights or judgement that a vendor does
 * not have goes to staff: security, outages, machine alerts, new accounts, external senders.
 */
export const shippedRules: RuleSet = RuleSet.parse({
  version: 0,
  rules: [
    // First, so that later rules about the matter itself override urgency in general.
    {
      id: 'urgent-words',
      when: { text: ['至急', '緊急', '大至急', 'urgent', 'asap'] },
      set: { priority: 'high' },
    },
    {
      id: 'vip',
      when: { vip: true },
      set: { priority: 'high', tags: ['vip'] },
    },
    {
      id: 'account-form',
      when: { form: ['account-request'] },
      set: { desk: 'staff', category: 'account' },
    },
    {
      id: 'security-incident',
      when: {
        text: [
          'ウイルス',
          'マルウェア',
          'ランサムウェア',
          '不正アクセス',
          '情報漏えい',
          '情報漏洩',
          'フィッシング',
          '不審なメール',
          '紛失',
          '盗難',
          'malware',
          'ransomware',
          'phishing',
          'data breach',
          'hacked',
          'stolen laptop',
          'lost laptop',
        ],
      },
      set: { desk: 'staff', priority: 'critical', category: 'security', tags: ['security'] },
    },
    {
      id: 'outage',
      when: {
        text: [
          '全社で',
          '影響範囲: 全社',
          '全員使え',
          '障害',
          'システムダウン',
          'サーバーダウン',
          'outage',
          'is down for everyone',
          'service is down',
          'affected: the whole company',
        ],
      },
      set: { desk: 'staff', priority: 'high', category: 'outage' },
    },
    {
      id: 'machine-alert',
      when: { automated: true },
      set: { desk: 'staff', category: 'alert', tags: ['automated'] },
    },
    {
      id: 'external-sender',
      when: { external: true },
      set: { desk: 'staff', tags: ['external'] },
    },
    {
      id: 'password',
      when: {
        text: ['パスワード', 'ログインできない', 'ロックされ', 'password', 'locked out', 'log in'],
      },
      set: { category: 'password' },
    },
    {
      id: 'network',
      when: {
        text: ['vpn', 'wi-fi', 'wifi', '無線lan', 'ネットワーク', 'network', '接続できない'],
      },
      set: { category: 'network' },
    },
    {
      id: 'printer',
      when: { text: ['プリンタ', '印刷', '複合機', 'printer', 'printing'] },
      set: { category: 'printer' },
    },
    {
      id: 'mail',
      when: { text: ['メールが届かない', 'メールが送れない', 'outlook', 'mailbox'] },
      set: { category: 'mail' },
    },
    {
      id: 'device',
      when: { text: ['パソコン', 'ノートpc', 'モニタ', 'キーボード', 'laptop', 'monitor'] },
      set: { category: 'device' },
    },
  ],
  otherwise: { desk: 'bpo', priority: 'medium', category: 'general' },
});
