import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  makeStatusLink,
  makeStatusToken,
  readStatusToken,
  statusLinkSeconds,
} from '../../../../core/inquiry/tokens/status-token.ts';
import { addSeconds, Instant } from '../../../../core/inquiry/values/ids.ts';
import { generatedInquiryId } from '../../../support/generated-values.ts';
import { makeTestSigning } from '../../../support/test-signing-keys.ts';
import { runs } from '../../../support/volumes.ts';

const ours = await makeTestSigning('status', 'the secret of this stage');
const now = Instant.parse('2026-11-22T01:15:00.000Z');
const aliveFor = fc.integer({ min: 1, max: 1_000_000_000 });

it('is good for one inquiry until it expires', () => {
  fc.assert(
    fc.property(generatedInquiryId, aliveFor, (inquiryId, seconds) => {
      const expiresAt = addSeconds(now, seconds);
      const token = makeStatusToken(ours, { inquiryId, expiresAt });
      expect(token).toMatch(/^[a-z0-9]+$/);
      expect(readStatusToken(ours, token, now)).toEqual({ inquiryId, expiresAt });
      expect(readStatusToken(ours, token, addSeconds(expiresAt, -0.001))).toBeDefined();
      expect(readStatusToken(ours, token, expiresAt)).toBeUndefined();
    }),
  );
});

it('is refused when one symbol was changed', () => {
  const symbol = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567');
  fc.assert(
    fc.property(generatedInquiryId, fc.nat(), symbol, (inquiryId, at, changed) => {
      const token = makeStatusToken(ours, { inquiryId, expiresAt: addSeconds(now, 60) });
      const place = at % token.length;
      fc.pre(token.charAt(place) !== changed);
      const forged = `${token.slice(0, place)}${changed}${token.slice(place + 1)}`;
      expect(readStatusToken(ours, forged, now)).toBeUndefined();
    }),
    runs(200),
  );
});

it('is refused when another stage or another purpose signed it', async () => {
  const theirs = await makeTestSigning('status', 'the secret of another stage');
  const reply = await makeTestSigning('reply', 'the secret of this stage');
  fc.assert(
    fc.property(generatedInquiryId, (inquiryId) => {
      const content = { inquiryId, expiresAt: addSeconds(now, 60) };
      expect(readStatusToken(ours, makeStatusToken(theirs, content), now)).toBeUndefined();
      expect(readStatusToken(ours, makeStatusToken(reply, content), now)).toBeUndefined();
    }),
  );
});

it('makes links that are good for 30 days', () => {
  fc.assert(
    fc.property(generatedInquiryId, (inquiryId) => {
      const link = makeStatusLink(ours, 'https://desk.example', inquiryId, now);
      const token = link.replace('https://desk.example/status/', '');
      expect(readStatusToken(ours, token, now)?.expiresAt).toBe(addSeconds(now, statusLinkSeconds));
    }),
  );
});
