import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { accountFor, type Input, type Receipt } from '../../local/demo/account.ts';
import { playDemo } from '../../local/demo/play-demo.ts';
import { encoded, writeLetter } from '../../local/demo/write-letter.ts';
import { startHost } from '../../local/host.ts';

const letter: Input = {
  label: 'letter',
  channel: 'mail',
  key: '1@demo',
  fate: 'opened',
  deliveries: 1,
  unheard: 0,
};

function receipt(...fates: Receipt['fates'][number]['fate'][]): Receipt {
  return {
    id: crypto.randomUUID(),
    channel: 'mail',
    messageId: '1@demo',
    fates: fates.map((fate) => ({ fate })),
  };
}

describe('the account of a run', () => {
  test.each([
    ['an input with its fate', letter, [receipt('opened')]],
    ['a second delivery', { ...letter, deliveries: 2 }, [receipt('opened'), receipt('duplicate')]],
    [
      'a lost answer that made a duplicate',
      { ...letter, unheard: 1 },
      [receipt('duplicate'), receipt('opened')],
    ],
    ['a lost answer that made none', { ...letter, unheard: 1 }, [receipt('opened')]],
    [
      'a released one',
      { ...letter, fate: 'quarantined', second: 'opened' } as const,
      [receipt('quarantined', 'opened')],
    ],
  ])('finds no fault in %s', (_, input, receipts) => {
    expect(accountFor([input], receipts).faults).toEqual([]);
  });

  test.each([
    ['without a receipt', letter, [], 'letter: unaccounted for'],
    [
      'opened twice',
      letter,
      [receipt('opened'), receipt('opened')],
      'letter: doubled (opened; opened)',
    ],
    ['of another fate', letter, [receipt('recorded')], 'letter: recorded, expected opened'],
    [
      'with a duplicate that nobody delivered',
      letter,
      [receipt('opened'), receipt('duplicate')],
      'letter: 1 duplicates of 1 deliveries',
    ],
    [
      'of which a delivery is missing',
      { ...letter, deliveries: 2 },
      [receipt('opened')],
      'letter: delivered 2 times, and 1 are known',
    ],
    [
      'that was not released',
      { ...letter, fate: 'quarantined', second: 'opened' } as const,
      [receipt('quarantined')],
      'letter: quarantined, expected quarantined, then opened',
    ],
  ])('tells of an input %s', (_, input, receipts, fault) => {
    expect(accountFor([input], receipts).faults).toEqual([fault]);
  });

  test('leaves out what others handed in', () => {
    const other = { ...receipt('opened'), messageId: '2@elsewhere' };
    expect(accountFor([letter], [receipt('opened'), other]).total.found).toBe(1);
  });
});

describe('a letter of the play', () => {
  test('is written in its charset, encoded words included', () => {
    const raw = writeLetter({
      from: { name: '佐藤 花子', address: 'employee-1@toritsugi.example' },
      to: 'help@toritsugi.example',
      messageId: '1@demo',
      date: new Date('2026-11-22T01:00:00Z'),
      subject: '㈱髙橋の件①',
      text: '髙橋です。',
      charset: 'Shift_JIS',
    });
    const word = encoded('㈱髙橋の件①', 'Shift_JIS').toString('base64');
    expect(raw.toString('latin1')).toContain(`Subject: =?Shift_JIS?B?${word}?=`);
    expect(new TextDecoder('shift_jis').decode(raw)).toContain('髙橋です。');
  });
});

describe('the demo', () => {
  test('accounts for every input and leaves nothing undone', { timeout: 90_000 }, async () => {
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
});
