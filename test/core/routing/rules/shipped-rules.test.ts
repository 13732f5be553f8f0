import { describe, expect, it } from 'vitest';
import { describeSubmission as describeForm } from '../../../../core/intake/form/forms.ts';
import { shippedForms } from '../../../../core/intake/form/shipped-forms.ts';
import { compileRules } from '../../../../core/routing/rules/compile/compile-rules.ts';
import { normalizeText } from '../../../../core/routing/rules/normalize-text.ts';
import type { RoutingFacts } from '../../../../core/routing/rules/routing-facts.ts';
import { shippedRules } from '../../../../core/routing/rules/shipped-rules.ts';
import { plainFacts } from '../../../support/routing-facts.ts';

const rules = compileRules(shippedRules);
const route = (text: string, facts: Partial<RoutingFacts> = {}) =>
  rules.route({ ...plainFacts, ...facts, text: normalizeText(text) });

describe('the shipped rules', () => {
  it.each<[string, 'staff' | 'bpo', string, string]>([
    ['パスワードを忘れました', 'bpo', 'medium', 'password'],
    ['ﾊﾟｽﾜｰﾄﾞの期限切れ', 'bpo', 'medium', 'password'],
    ['ぱすわーどがわかりません', 'bpo', 'medium', 'password'],
    ['アカウントがロックされました', 'bpo', 'medium', 'password'],
    ['I forgot my password', 'bpo', 'medium', 'password'],
    ['My account is locked out', 'bpo', 'medium', 'password'],
    ['自宅からＶＰＮにつながりません', 'bpo', 'medium', 'network'],
    ['会議室の Wi-Fi が遅い', 'bpo', 'medium', 'network'],
    ['The network drive is gone', 'bpo', 'medium', 'network'],
    ['プリンターから印刷できない', 'bpo', 'medium', 'printer'],
    ['複合機の紙詰まり', 'bpo', 'medium', 'printer'],
    ['Printing in colour', 'bpo', 'medium', 'printer'],
    ['取引先からのメールが届かない', 'bpo', 'medium', 'mail'],
    ['Outlook が起動しない', 'bpo', 'medium', 'mail'],
    ['ノートＰＣの貸出について', 'bpo', 'medium', 'device'],
    ['A second monitor, please', 'bpo', 'medium', 'device'],
    ['座席表の更新について', 'bpo', 'medium', 'general'],
    ['Where do I find the manual?', 'bpo', 'medium', 'general'],
    ['【至急】プリンタが動きません', 'bpo', 'high', 'printer'],
    ['URGENT: cannot print, printer on fire', 'bpo', 'high', 'printer'],
    ['ウイルスに感染したかもしれません', 'staff', 'critical', 'security'],
    ['至急！ランサムウェアの画面が出ています', 'staff', 'critical', 'security'],
    ['業務用のスマートフォンを紛失しました', 'staff', 'critical', 'security'],
    ['不審なメールのリンクを開いてしまいました', 'staff', 'critical', 'security'],
    ['Someone sent me a phishing mail', 'staff', 'critical', 'security'],
    ['urgent: my machine was hacked', 'staff', 'critical', 'security'],
    ['勤怠システムに障害が出ています', 'staff', 'high', 'outage'],
    ['全社でメールが使えません', 'staff', 'high', 'outage'],
    ['The intranet is down for everyone', 'staff', 'high', 'outage'],
    ['全社会議の会議室を予約したい', 'bpo', 'medium', 'general'],
  ])('send %j to %s, %s, %s', (text, desk, priority, category) => {
    expect(route(text)).toMatchObject({ desk, priority, category, rules: 0 });
  });

  it('send accounts, alerts and people from outside to staff', () => {
    expect(route('勤怠', { form: 'account-request', channel: 'form' })).toMatchObject({
      desk: 'staff',
      category: 'account',
    });
    expect(route('[CRITICAL] web-1: disk 98%', { automated: true })).toMatchObject({
      desk: 'staff',
      category: 'alert',
      tags: ['automated'],
    });
    expect(route('納品データが開けません', { external: true })).toMatchObject({
      desk: 'staff',
      tags: ['external'],
    });
  });

  it('take a form on which the whole company is affected for an outage, in either language', () => {
    const [general] = shippedForms;
    if (general === undefined) throw new TypeError('there is no form');
    for (const language of ['ja', 'en'] as const) {
      const textOf = (affected: string) =>
        describeForm(general, { subject: 'x', description: 'y', affected }, language).text;
      expect(route(textOf('company'))).toMatchObject({ desk: 'staff', category: 'outage' });
      expect(route(textOf('team'))).toMatchObject({ desk: 'bpo', category: 'general' });
    }
  });

  it('serve a VIP first, and a security incident of theirs no later than anybody’s', () => {
    expect(route('印刷', { vip: true })).toMatchObject({ priority: 'high', tags: ['vip'] });
    expect(route('ウイルス', { vip: true })).toMatchObject({
      priority: 'critical',
      tags: ['vip', 'security'],
    });
  });

  it('lower nothing that a person has called critical on the phone', () => {
    expect(route('至急', { channel: 'phone', priority: 'critical' }).priority).toBe('critical');
  });
});
