import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { encodeMail, encodeText } from '../../local/demo/encode-mail.ts';
import { formatSpokenDuration, formatTokyoTime } from '../../local/demo/format-time.ts';
import { playDemo } from '../../local/demo/play-demo.ts';
import { playServiceLevels, SERVICE_LEVELS_BEGIN } from '../../local/demo/play-service-levels.ts';
import {
  type IntakeReceipt,
  reconcileInputs,
  type SubmittedInput,
} from '../../local/demo/reconcile-inputs.ts';
import { startHost } from '../../local/host.ts';

const mailInput: SubmittedInput = {
  label: 'letter',
  channel: 'mail',
  key: '1@demo',
  fate: 'opened',
  deliveries: 1,
  unconfirmed: 0,
};

function receipt(...fates: IntakeReceipt['fates'][number]['fate'][]): IntakeReceipt {
  return {
    id: crypto.randomUUID(),
    channel: 'mail',
    messageId: '1@demo',
    fates: fates.map((fate) => ({ fate })),
  };
}

describe('the account of a run', () => {
  test.each([
    ['an input with its fate', mailInput, [receipt('opened')]],
    [
      'a second delivery',
      { ...mailInput, deliveries: 2 },
      [receipt('opened'), receipt('duplicate')],
    ],
    [
      'a lost answer that made a duplicate',
      { ...mailInput, unconfirmed: 1 },
      [receipt('duplicate'), receipt('opened')],
    ],
    ['a lost answer that made none', { ...mailInput, unconfirmed: 1 }, [receipt('opened')]],
    [
      'a released one',
      { ...mailInput, fate: 'quarantined', secondFate: 'opened' } as const,
      [receipt('quarantined', 'opened')],
    ],
  ])('finds no fault in %s', (_, input, receipts) => {
    expect(reconcileInputs([input], receipts).faults).toEqual([]);
  });

  test.each([
    ['without a receipt', mailInput, [], 'letter: unaccounted for'],
    [
      'opened twice',
      mailInput,
      [receipt('opened'), receipt('opened')],
      'letter: doubled (opened; opened)',
    ],
    ['of another fate', mailInput, [receipt('recorded')], 'letter: recorded, expected opened'],
    [
      'with a duplicate that nobody delivered',
      mailInput,
      [receipt('opened'), receipt('duplicate')],
      'letter: 1 duplicates of 1 deliveries',
    ],
    [
      'of which a delivery is missing',
      { ...mailInput, deliveries: 2 },
      [receipt('opened')],
      'letter: delivered 2 times, and 1 are known',
    ],
    [
      'that was not released',
      { ...mailInput, fate: 'quarantined', secondFate: 'opened' } as const,
      [receipt('quarantined')],
      'letter: quarantined, expected quarantined, then opened',
    ],
  ])('tells of an input %s', (_, input, receipts, fault) => {
    expect(reconcileInputs([input], receipts).faults).toEqual([fault]);
  });

  test('leaves out what others handed in', () => {
    const other = { ...receipt('opened'), messageId: '2@elsewhere' };
    expect(reconcileInputs([mailInput], [receipt('opened'), other]).total.found).toBe(1);
  });
});

describe('a mail of the demo', () => {
  test('is written in its charset, encoded words included', () => {
    const raw = encodeMail({
      from: { name: '佐藤 花子', address: 'employee-1@toritsugi.example' },
      to: 'help@toritsugi.example',
      messageId: '1@demo',
      date: new Date('2026-11-22T01:00:00Z'),
      subject: '㈱髙橋の件①',
      text: '髙橋です。',
      charset: 'Shift_JIS',
    });
    const word = encodeText('㈱髙橋の件①', 'Shift_JIS').toString('base64');
    expect(raw.toString('latin1')).toContain(`Subject: =?Shift_JIS?B?${word}?=`);
    expect(new TextDecoder('shift_jis').decode(raw)).toContain('髙橋です。');
  });
});

describe('the demo', () => {
  test('accounts for every input and leaves nothing undone', async () => {
    // The project's own stack, with claims that lapse within seconds.
    const app = fileURLToPath(new URL('./demo-app/app.ts', import.meta.url));
    const host = await startHost({ port: 0, smtpPort: 0, quiet: true, app });
    const lines: string[] = [];
    try {
      const faults = await playDemo({
        url: host.url,
        smtpPort: host.smtpPort,
        token: host.token,
        print: (line) => lines.push(line),
      });
      expect(faults, lines.join('\n')).toEqual([]);
    } finally {
      await host.stop();
    }
    const play = lines.join('\n');
    expect(play).toMatch(/was taken from operator-a2 and offered again: fence 2/);
    expect(play).toMatch(/refused: 409 work\.lease-lost/);
    expect(play).toMatch(/inputs in all +14 +14/);
  });

  test('shows service levels on a clock that is set ahead', async () => {
    const clock = { at: SERVICE_LEVELS_BEGIN };
    const host = await startHost({ port: 0, smtpPort: 0, quiet: true, clock });
    const lines: string[] = [];
    try {
      const faults = await playServiceLevels({ ...host, print: (line) => lines.push(line) });
      expect(faults, lines.join('\n')).toEqual([]);
    } finally {
      await host.stop();
    }
    const play = lines.join('\n');
    expect(play).toMatch(/pickup missed at Fri 11-20 09:3\d:\d\d, noticed at Fri 11-20 09:3/);
    expect(play).toMatch(/mailed to lead-1: .*期限超過/);
    expect(play).toMatch(/acknowledged by \S/);
    expect(play).toMatch(/warned by mail at 75 %: .*期限間近/);
    expect(play).toMatch(/resolution was due Thu 11-26 09:4\d/);
    expect(play).toMatch(/Fri 11-20 13:5.* to Tue 11-24 10:00:0\d {2}paused/);
    expect(play).toMatch(/resolution is due Thu 11-26 14:\d\d/);
    expect(play).toMatch(/gives the cause: vendor-late, by the vendor/);
    expect(play).toMatch(/ {2}bpo +pickup +high +1 +0 +1 +0 %/);
    expect(play).toMatch(/bpo has agreed to 95 % of pickup: 0 %, not reached/);
  });
});

test('the play speaks of times in Tokyo, and of durations in words', () => {
  expect(formatTokyoTime('2026-11-20T00:05:09.000Z')).toBe('Fri 11-20 09:05:09');
  expect(formatTokyoTime('2026-11-23T15:00:00.000Z')).toBe('Tue 11-24 00:00:00');
  expect(['PT2H50M', 'PT21H', 'PT40M3S', 'PT0S', 'P1D'].map(formatSpokenDuration)).toEqual([
    ...['2 h 50 min', '21 h', '40 min 3 s', '0 s', 'P1D'],
  ]);
});
