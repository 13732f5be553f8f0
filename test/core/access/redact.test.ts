import { describe, expect, it } from 'vitest';
import { createRedactionBudget, redact } from '../../../core/access/redact.ts';
import { defaultMaskingPolicy } from '../../../core/masking/masking-policy.ts';

const look = (text: string, allowance = createRedactionBudget()) =>
  redact(text, defaultMaskingPolicy, new Set(), allowance);
const card = '4111 1111 1111 1111';
const filled = (to: number) => 'あ い う え お\n'.repeat(Math.ceil(to / 10)).slice(0, to);

describe('a text shown to a vendor', () => {
  it('is shown to its end up to the limit', () => {
    const text = filled(50_000);
    expect(look(text)).toEqual({ text, spans: [], isCut: false });
  });

  it('ends early beyond it, and says so', () => {
    const { text, isCut } = look(filled(50_001));
    expect(isCut).toBe(true);
    expect(text.length).toBeGreaterThan(49_700);
    expect(text.length).toBeLessThan(50_000);
  });

  it('shows no half of a secret where it ends, wherever that is', () => {
    for (let before = 780; before <= 1_010; before += 1) {
      const long = `${filled(before)}${card} と ${filled(200)}`;
      const { text, spans } = look(long, { remainingCharacters: 1_000 });
      expect(text).not.toContain('4111');
      for (const { start, end } of spans) expect(text.slice(start, end)).toBe('⟦card⟧');
    }
  });

  it('shows no part of a token that goes past the end', () => {
    const token = `eyJhbGciOiJIUzI1NiJ9.eyJ${'QmFzZTY0'.repeat(300)}.c2lnbmF0dXJl`;
    expect(look(`${filled(48_000)} ${token}${filled(5_000)}`).text).not.toContain('QmFzZTY0');
  });

  it('never ends within a character', () => {
    for (const before of [49_700, 49_701]) {
      const { text } = look(`${'a'.repeat(before)}${'𠮷'.repeat(1_000)}`);
      expect(text.isWellFormed()).toBe(true);
    }
  });

  it('is nothing once an answer has shown as much as it may', () => {
    const allowance = { remainingCharacters: 2_000 };
    for (const text of [filled(1_500), filled(500)]) {
      expect(look(text, allowance)).toMatchObject({ text, isCut: false });
    }
    expect(look('まだ', allowance)).toEqual({ text: '', spans: [], isCut: true });
    expect(allowance.remainingCharacters).toBe(0);
  });
});
