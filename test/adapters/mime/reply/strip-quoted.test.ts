import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripQuoted } from '../../../../adapters/mime/reply/strip-quoted.ts';
import { cpuTimeOf } from '../../../support/cpu-time.ts';
import { runs } from '../../../support/volumes.ts';

const reply = { reply: true, forward: false };
const first = { reply: false, forward: false };

describe('stripQuoted', () => {
  it.each<[string, string]>([
    ['Gmail in Japanese', '2026年11月22日(日) 10:00 山田 <x@y.example>:\n> 元'],
    ['Gmail in Japanese, folded', '2026年11月22日(日) 10:00 山田 太郎 <\nx@y.example>:\n\n> 元'],
    ['iPhone', '2026/11/22 10:00、山田 <x@y.example>のメール：\n\n> 元'],
    ['Thunderbird in Japanese', '(2026/11/22 10:00), 山田 wrote:\n> 元'],
    ['an attribution by name', '山田さんは書きました:\n> 元'],
    ['an attribution with the date behind', '山田 さんは書きました (2026/11/22 10:00):\n> 元'],
    ['a rule in Japanese', '-----元のメッセージ-----\n元'],
    ['a rule in full width', '－－－－－元のメッセージ－－－－－\n元'],
    ['a rule in English', '-----Original Message-----\nFrom: x\n元'],
    [
      'Outlook in Japanese',
      '差出人: x <x@y.example>\n送信日時: 2026年11月22日 10:00\n宛先: y\n件名: z\n\n元',
    ],
    ['Outlook in bold', '*差出人:* x\n*送信日時:* 2026/11/22\n*宛先:* y\n*件名:* z\n\n元'],
    ['Outlook in English', '________________\nFrom: x\nSent: Sunday\nTo: y\nSubject: z\n\n元'],
    ['Gmail in English', 'On Sun, 22 Nov 2026 at 10:00, X <x@y.example> wrote:\n\n> old'],
    ['Gmail in English, folded', 'On Sun, 22 Nov 2026 at 10:00, X <x@y.example>\nwrote:\n\n> old'],
    ['Gmail in German', 'Am So., 22. Nov. 2026 um 10:00 Uhr schrieb X <x@y.example>:\n\n> alt'],
    ['Gmail in French', 'Le dim. 22 nov. 2026 à 10:00, X <x@y.example> a écrit :\n\n> vieux'],
    ['Thunderbird with the date between', '山田 さんは 2026/11/22 10:00 に書きました:\n> 元'],
    ['the same without marks', '山田 さんは 2026年11月22日 10:00 に次のように書きました：\n元'],
    ['nothing but full-width marks', '＞元の一行\n　＞元の二行'],
    ['nothing but marks', '> 元の一行\n>\n> 元の二行'],
    ['a rule of quotation', '----- 引用元メッセージ -----\n元'],
    ['a rule of what was received', '＝＝＝＝ 受信メール ＝＝＝＝\n元'],
    ['a rule where quoting begins', '--- ここから引用 ---\n元'],
    ['Notes', '-----山田 <x@y.example> wrote: -----\nTo: y\nFrom: x\nDate: 2026/11/22\n\n元'],
    ['Notes in Japanese', '-----山田 さんは書きました: -----\n元'],
    ['a subject above the attribution', 'Subject: Re: z\nFrom: x@y.example さん wrote:\n> 元'],
    [
      'headers above the attribution',
      '件名: z\n日時: 2026/11/22\n差出人: 山田 さんは書きました:\n> 元',
    ],
    ['headers that begin with the subject', 'Subject: z\nDate: Sunday\nFrom: x\nTo: y\n\n元'],
    ['a line that answers go above', '===== この行より上に返信を入力してください =====\n元'],
    ['the same without a rule', 'この行より上に返信をご記入ください。\n元'],
    ['the same in marks', '> ##- この線の上に返信を書いてください -##\n> 元'],
    ['the same in English', '##- Please type your reply above this line -##\nold'],
  ])('cuts the history of %s', (_, history) => {
    expect(stripQuoted(`新しい文です。\n\n${history}`, reply).text).toBe('新しい文です。');
  });

  it.each([
    '2026年11月22日(日) 10:00 に山田さんへ電話しました:\n・不在\n・折り返し',
    'Date: 2026-11-22\nState: CRITICAL\nInfo: disk',
    '2026/11/22 に x@y.example へ送りました\n続きです。',
    '差出人: 銀行\n届いたメールです。',
    'From: 社内\n行き先: 東京',
    '件名: x\n宛先: y\n本文です。',
    'この行より上に何も書けません。',
    '画面に「この行より上に返信してください」と出ます。',
    '山田さんが申請書に書きました。\n確認してください。',
    '---- 引用について ----\n規則を教えてください。',
    '＞の記号が入力できません。\n直りますか。',
    '--- 手順書は誰が書きました ---\n教えてください。',
  ])('leaves text alone that only resembles a history: %s', (text) => {
    expect(stripQuoted(`はじめに。\n${text}`, reply).text).toBe(`はじめに。\n${text}`);
  });

  it('leaves quoted headers alone in a mail that answers none', () => {
    const text = '本物でしょうか。\n\n差出人: x\n送信日時: y\n宛先: z\n件名: 口座\n\n至急';
    expect(stripQuoted(text, first).text).toBe(text);
    expect(stripQuoted(text, reply).text).toBe('本物でしょうか。');
  });

  it('keeps an answer below the quotation and drops the quotation', () => {
    const text = '2026年11月22日(日) 10:00 x <x@y.example>:\n> 何階ですか。\n\n五階です。';
    expect(stripQuoted(text, reply).text).toBe('五階です。');
  });

  it('keeps everything where answers stand between quotations', () => {
    const text = '2026年11月22日(日) 10:00 x <x@y.example>:\n> 一\n\nはい\n\n> 二\n\nいいえ';
    expect(stripQuoted(text, reply).text).toBe(text);
  });

  it('gives all of the text where nothing else is left', () => {
    const text = '2026年11月22日(日) 10:00 x <x@y.example>:\n> 元';
    expect(stripQuoted(text, reply).text).toBe(text);
  });

  it.each([
    '---------- 転送されたメッセージ ---------\nFrom: x\n\n元',
    '---------- Forwarded message ---------\nFrom: x\n\n元',
    'Begin forwarded message:\n\nFrom: x\n\n元',
  ])('keeps what a forwarding is about: %s', (forwarded) => {
    const stripped = stripQuoted(`ご確認ください。\n\n${forwarded}`, reply);
    expect(stripped).toEqual({ text: `ご確認ください。\n\n${forwarded}`, forwardAt: 2 });
  });

  it.each([
    '-- \n山田\n内線 1234',
    '--\n山田',
    '━━━━━━━━━━\n株式会社取次\n山田\n━━━━━━━━━━',
    '======================\n山田 花子\nTEL: 03-1234-5678\n======================',
    'iPhoneから送信',
    'Gmail モバイルから送信',
    'スマートフォンより送信しました。',
    'Windows 版のメールから送信',
    'Outlook for Mac を入手',
    'Sent via Android',
    'Sent from my iPhone',
  ])('separates the signature %s', (signature) => {
    expect(stripQuoted(`本文です。\n\n${signature}`, first).text).toBe('本文です。');
  });

  it('does not take a rule between paragraphs for a signature', () => {
    const text = '前半です。\n==========\n後半です。';
    expect(stripQuoted(text, first).text).toBe(text);
  });

  it('leaves a last line alone that only speaks of sending', () => {
    for (const line of [
      '共有メールボックスから送信',
      '複合機から送信できません。',
      'アプリから送信できますか。',
    ]) {
      expect(stripQuoted(`本文です。\n\n${line}`, reply).text).toBe(`本文です。\n\n${line}`);
    }
  });

  it('cuts any attribution before any quotation, and leaves the same words in sentences', () => {
    const names = fc.constantFrom('山田', 'ITヘルプデスク', '山田 <x@y.example>', 'X Y');
    const dates = fc.constantFrom(
      '2026/11/22 10:00',
      '2026年11月22日(日) 10:00',
      '2026-11-22 9:30',
    );
    const attributions = fc
      .tuple(names, dates)
      .chain(([name, date]) =>
        fc.constantFrom(
          `${name} さんは ${date} に書きました:`,
          `${name}さんが${date}に次のように書きました：`,
          `${name} さんは書きました (${date}):`,
          `${date}、${name} さんは書きました:`,
          `${date}、${name} のメール:`,
          `${name} さん wrote:`,
          `-----${name} wrote: -----`,
          `Subject: Re: z\nFrom: ${name} wrote:`,
          '----- 引用元メッセージ -----',
          '-------- 元のメッセージ --------',
          '===== この行より上に返信してください =====',
        ),
      );
    const sentences = fc.array(
      fc.constantFrom(
        'ありがとうございます。',
        '山田さんが書きました。',
        '2026/11/22 10:00 に直りました。',
        '引用元メッセージは読めません。',
        'この行より上に文があります。',
      ),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(
        sentences,
        attributions,
        sentences,
        fc.constantFrom('> ', '＞', '>> ', ' > '),
        (own, attribution, old, mark) => {
          const answer = own.join('\n');
          const history = `${attribution}\n${old.map((line) => mark + line).join('\n')}`;
          expect(stripQuoted(`${answer}\n\n${history}`, reply).text).toBe(answer);
          expect(stripQuoted(answer, reply).text).toBe(answer);
        },
      ),
      runs(300),
    );
  });

  it('takes no thousand times as long for lines made to slow expressions down', async () => {
    const hostile = [
      `${' '.repeat(98)}x`.repeat(9),
      `${'-'.repeat(98)}x`,
      'On x, '.repeat(150),
      'On 2026, '.repeat(30),
      `${'_'.repeat(98)} Original`,
      '2026年1月1日 '.repeat(25),
      'From: '.repeat(50),
      'さん'.repeat(140),
      '＞'.repeat(290),
      `${'='.repeat(60)}上${'行'.repeat(230)}`,
      `--${'x- '.repeat(95)}--`,
      `${'スマホ'.repeat(90)}から送信`,
    ];
    const timeOf = (line: string) => {
      const text = `${line}\n`.repeat(880);
      return cpuTimeOf(() => stripQuoted(text, reply));
    };
    const ordinary = await timeOf('The printer on the third floor does not print. '.repeat(6));
    for (const line of hostile) {
      expect(await timeOf(line), line.slice(0, 20)).toBeLessThan(1_000 * ordinary);
    }
  });
});
