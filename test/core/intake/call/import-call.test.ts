import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../../../core/inquiry/refusal.ts';
import { readCallRow, readCallTime } from '../../../../core/intake/call/import-call.ts';
import { naturalKeyOf, type PhoneLog } from '../../../../core/intake/call/phone-log.ts';

const cells = {
  started_at: '2026/11/22 10:15',
  ended_at: '2026-11-22 10:20:30',
  caller_name: '山田 花子',
  caller_address: 'Hanako@Toritsugi.example',
  caller_phone: '03-1234-5678',
  callback_number: '',
  subject: '',
  summary: 'VPN につながらない',
  outcome: 'OPEN',
  answer: '',
  priority: 'High',
  language: '',
};

function callOf(changed: Partial<typeof cells> = {}): PhoneLog {
  const call = readCallRow({ ...cells, ...changed });
  if (isRefusal(call)) throw new Error(call.detail);
  return call;
}

describe('reading a time', () => {
  it.each([
    ['2026-11-22T10:15:00+09:00', '2026-11-22T01:15:00.000Z'],
    ['2026-11-22T01:15:00Z', '2026-11-22T01:15:00.000Z'],
    ['2026-11-22t01:15:00.25z', '2026-11-22T01:15:00.250Z'],
    ['2026-11-21T20:15:00-05:00', '2026-11-22T01:15:00.000Z'],
    ['2026-11-22 10:15', '2026-11-22T01:15:00.000Z'],
    ['2026-11-22T10:15', '2026-11-22T01:15:00.000Z'],
    ['2026-11-22 10:15:07', '2026-11-22T01:15:07.000Z'],
    ['2026/11/22 10:15', '2026-11-22T01:15:00.000Z'],
    ['2026/1/2 9:05', '2026-01-02T00:05:00.000Z'],
    ['2028/02/29 00:00', '2028-02-28T15:00:00.000Z'],
  ])('takes %j', (written, instant) => {
    expect(readCallTime(written)).toBe(instant);
  });

  it.each([
    '',
    '2026-02-30 10:15',
    '2026/02/29 10:15',
    '2026-02-30T10:15:00+09:00',
    '2026-11-22',
    '2026-11/22 10:15',
    '2026-11-22 25:15',
    '2026-11-22 10:75',
    '22/11/2026 10:15',
    '令和8年11月22日',
  ])('does not take %j', (written) => {
    expect(readCallTime(written)).toBeUndefined();
  });
});

describe('reading a row', () => {
  it('leaves out what is empty and takes words in any case', () => {
    expect(callOf()).toEqual({
      caller: {
        name: '山田 花子',
        address: 'hanako@toritsugi.example',
        phone: '03-1234-5678',
      },
      startedAt: '2026-11-22T01:15:00.000Z',
      endedAt: '2026-11-22T01:20:30.000Z',
      summary: 'VPN につながらない',
      outcome: 'open',
      priority: 'high',
    });
  });

  it.each([
    [{ started_at: 'soon' }, 'started_at: is no time'],
    [{ started_at: '', ended_at: '' }, 'ended_at: is no time'],
    [{ ended_at: '2026-11-22 10:14' }, 'ended_at: must not be before startedAt'],
    [{ summary: '' }, 'summary: '],
    [{ outcome: 'lost' }, 'outcome: '],
    [{ caller_address: 'hanako' }, 'caller_address: '],
    [{ callback_number: 'x'.repeat(41) }, 'callback_number: '],
    [{ priority: 'urgent' }, 'priority: '],
  ])('refuses %j naming the column', (changed, detail) => {
    const call = readCallRow({ ...cells, ...changed });
    expect(call).toMatchObject({
      refused: 'invalid.body',
      detail: expect.stringContaining(detail),
    });
  });
});

describe('the natural key of a call', () => {
  it('is the same however spaces, widths and case are written', () => {
    const other = callOf({ summary: ' ＶＰＮ　に つながらない ' });
    expect(naturalKeyOf(other)).toBe(naturalKeyOf(callOf({ summary: 'vpn に つながらない' })));
  });

  it('is the same for a phone number in other writing, where there is no address', () => {
    const one = callOf({ caller_address: '' });
    const other = callOf({ caller_address: '', caller_phone: '０３（１２３４）５６７８' });
    expect(naturalKeyOf(other)).toBe(naturalKeyOf(one));
  });

  it.each([
    { caller_address: 'taro@toritsugi.example' },
    { started_at: '2026/11/22 10:16' },
    { summary: 'プリンター' },
  ])('differs for %j', (changed) => {
    expect(naturalKeyOf(callOf(changed))).not.toBe(naturalKeyOf(callOf()));
  });

  it('does not differ for what somebody may correct afterwards', () => {
    const changed = callOf({ outcome: 'resolved', ended_at: '2026-11-22 10:30', priority: '' });
    expect(naturalKeyOf(changed)).toBe(naturalKeyOf(callOf()));
  });
});
