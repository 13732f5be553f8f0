import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EscalationId } from '../../../../core/inquiry/clock/escalation.ts';
import {
  type LinkAddressee,
  makeEscalationLink,
  makeEscalationToken,
  readEscalationToken,
} from '../../../../core/inquiry/tokens/escalation-token.ts';
import { makeStatusToken, readStatusToken } from '../../../../core/inquiry/tokens/status-token.ts';
import { addSeconds, Instant } from '../../../../core/inquiry/values/ids.ts';
import { generatedInquiryId, generateFromSchema } from '../../../support/generated-values.ts';
import { makeTestSigning } from '../../../support/test-signing-keys.ts';
import { runs } from '../../../support/volumes.ts';

const ours = await makeTestSigning('escalation', 'the secret of this stage');
const now = Instant.parse('2026-12-01T01:00:00.000Z');
const escalation = generateFromSchema(EscalationId);
const addressee: fc.Arbitrary<LinkAddressee> = fc.oneof(
  fc.record({
    to: fc.constant('person'),
    sub: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  }),
  fc.constantFrom(
    { to: 'address', address: '夜勤@toritsugi.example' },
    { to: 'webhook', webhook: 'ops' },
  ),
) as fc.Arbitrary<LinkAddressee>;
const content = fc.record({ inquiryId: generatedInquiryId, escalation, to: addressee });

it('is good for one escalation and its addressee until it expires, in any case of letters', () => {
  fc.assert(
    fc.property(content, fc.integer({ min: 1, max: 1_000_000_000 }), (given, seconds) => {
      const token = { ...given, expiresAt: addSeconds(now, seconds) };
      const written = makeEscalationToken(ours, token);
      expect(written).toMatch(/^[a-z0-9]+$/);
      expect(readEscalationToken(ours, written.toUpperCase(), now)).toEqual(token);
      expect(readEscalationToken(ours, written, token.expiresAt)).toBeUndefined();
    }),
  );
});

it('is refused when one symbol was changed, or it was cut or lengthened', () => {
  const symbol = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567');
  fc.assert(
    fc.property(content, fc.nat(), symbol, (given, at, changed) => {
      const token = makeEscalationToken(ours, { ...given, expiresAt: addSeconds(now, 60) });
      const place = at % token.length;
      fc.pre(token.charAt(place) !== changed);
      const forged = `${token.slice(0, place)}${changed}${token.slice(place + 1)}`;
      for (const bad of [forged, token.slice(0, place), token + changed, changed + token]) {
        expect(readEscalationToken(ours, bad, now)).toBeUndefined();
      }
    }),
    runs(200),
  );
});

it('is of its own purpose: a status link acknowledges nothing, and none of these shows a status', () => {
  fc.assert(
    fc.property(content, (given) => {
      const token = { ...given, expiresAt: addSeconds(now, 60) };
      expect(readStatusToken(ours, makeEscalationToken(ours, token), now)).toBeUndefined();
      expect(readEscalationToken(ours, makeStatusToken(ours, token), now)).toBeUndefined();
    }),
  );
});

it('makes links that are good for 14 days', () => {
  fc.assert(
    fc.property(content, (given) => {
      const link = makeEscalationLink(ours, 'https://desk.example', given, now);
      const token = link.replace('https://desk.example/escalations/', '');
      expect(readEscalationToken(ours, token, addSeconds(now, 14 * 86_400 - 1))).toBeDefined();
      expect(readEscalationToken(ours, token, addSeconds(now, 14 * 86_400))).toBeUndefined();
    }),
  );
});
