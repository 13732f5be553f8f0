import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  makeReplyAddress,
  type ReplyToken,
  readReplyAddress,
} from '../../../../core/inquiry/tokens/reply-token.ts';
import { generatedInquiryId } from '../../../support/generated-values.ts';
import { makeTestSigning } from '../../../support/test-signing-keys.ts';
import { runs } from '../../../support/volumes.ts';

const help = 'help@toritsugi.example';
const ours = await makeTestSigning('reply', 'the secret of this stage');
const replyToken: fc.Arbitrary<ReplyToken> = fc.record({
  inquiryId: generatedInquiryId,
  audience: fc.constantFrom('requester', 'agent'),
});

it('reads back every address that it made, also when the local part was folded', () => {
  fc.assert(
    fc.property(replyToken, (token) => {
      const address = makeReplyAddress(ours, help, token);
      expect(address).toMatch(/^help\+[a-z2-7]+@toritsugi\.example$/);
      expect(address.indexOf('@')).toBeLessThanOrEqual(64);
      expect(readReplyAddress(ours, address)).toEqual(token);
      expect(readReplyAddress(ours, address.toUpperCase())).toEqual(token);
    }),
  );
});

it('refuses every address in which one symbol was changed', () => {
  const symbol = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567');
  fc.assert(
    fc.property(replyToken, fc.nat(), symbol, (token, at, changed) => {
      const address = makeReplyAddress(ours, help, token);
      const place = 'help+'.length + (at % (address.indexOf('@') - 'help+'.length));
      fc.pre(address.charAt(place) !== changed);
      const forged = `${address.slice(0, place)}${changed}${address.slice(place + 1)}`;
      expect(readReplyAddress(ours, forged)).toBeUndefined();
    }),
    runs(200),
  );
});

it('refuses what another stage or another purpose has signed', async () => {
  const theirs = await makeTestSigning('reply', 'the secret of another stage');
  const status = await makeTestSigning('status', 'the secret of this stage');
  fc.assert(
    fc.property(replyToken, (token) => {
      expect(readReplyAddress(ours, makeReplyAddress(theirs, help, token))).toBeUndefined();
      expect(readReplyAddress(ours, makeReplyAddress(status, help, token))).toBeUndefined();
    }),
  );
});

it('reads what an earlier secret signed for as long as it is accepted', async () => {
  const rotated = await makeTestSigning(
    'reply',
    'a new secret of this stage',
    'the secret of this stage',
  );
  const later = await makeTestSigning('reply', 'a new secret of this stage');
  fc.assert(
    fc.property(replyToken, (token) => {
      const address = makeReplyAddress(ours, help, token);
      expect(readReplyAddress(rotated, address)).toEqual(token);
      expect(readReplyAddress(later, address)).toBeUndefined();
    }),
  );
});

it('finds nothing in any other address', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (address) => {
      expect(readReplyAddress(ours, address)).toBeUndefined();
    }),
  );
  for (const address of ['', '@', '+@', 'help@toritsugi.example', 'help+@toritsugi.example']) {
    expect(readReplyAddress(ours, address)).toBeUndefined();
  }
});

it('does not make an address whose local part is over 64 octets', () => {
  const token: ReplyToken = {
    inquiryId: '01931a5c-0000-7000-8000-000000000001' as ReplyToken['inquiryId'],
    audience: 'requester',
  };
  expect(makeReplyAddress(ours, 'it-service-desk1@x.example', token).indexOf('@')).toBe(64);
  expect(() => makeReplyAddress(ours, 'it-service-desk12@x.example', token)).toThrow(TypeError);
});
