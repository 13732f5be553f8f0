import { describe, expect, it } from 'vitest';
import { InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import { foldEvents } from '../../../../core/inquiry/evolve.ts';
import { computeOwedNotices, type Notice } from '../../../../core/inquiry/outbox/notice.ts';
import { EmailAddress } from '../../../../core/inquiry/values/ids.ts';
import {
  makePseudonym,
  pseudonymAddressOf,
  pseudonymBytes,
} from '../../../../core/inquiry/values/pseudonym.ts';
import {
  eraseFromEvent,
  eraseFromNotice,
  eraseFromSnapshot,
  type InquiryErasure,
  isOwnInquiry,
} from '../../../../core/people/erasure/erase-inquiry.ts';
import { erasedText } from '../../../../core/people/erasure/erase-texts.ts';
import { IdentityReplacer } from '../../../../core/people/erasure/identity-replacer.ts';
import { eventTypes, readSpecimen, specimenInquiryId } from '../../../support/specimens.ts';

const pseudonym = makePseudonym(new Uint8Array(pseudonymBytes).fill(7));
const taro = EmailAddress.parse('taro@toritsugi.example');
const replacer = new IdentityReplacer({
  address: taro,
  ...{ subs: ['taro-sub'], names: ['山田 太郎'], phones: [], pseudonym },
});
const own = (mode: InquiryErasure['mode']): InquiryErasure => ({ replacer, mode, isOwn: true });

const specimens = eventTypes.map((type) => [type, readSpecimen(type) as InquiryEvent] as const);

/** Every text that somebody wrote, of any event. */
const written = /"(text|fullText|subject|note|comment|diagnostic|detail|reason)":"([^"]+)"/g;
const codes =
  /^(offboarded|requester-replied|resumed|no-answer|declined|unanswered|absent|full|unskilled|warning|breach|emergency|virus|spam|spoofed|unauthenticated|unlisted-sender|unreadable|over-limit|poison|loop)$/;

describe('each event of an inquiry that the person brought', () => {
  it.each(specimens)('%s keeps no text, and parses', (_, event) => {
    const erased = InquiryEvent.parse(eraseFromEvent(event, own('erase')));
    const texts = [...JSON.stringify(erased).matchAll(written)].map(([, , text = '']) => text);
    expect(texts.filter((text) => text !== erasedText && !codes.test(text))).toEqual([]);
    expect(erased.at).toBe(event.at);
    expect(erased.clocks).toEqual(event.clocks);
    expect(eraseFromEvent(erased, own('erase'))).toEqual(erased);
  });

  it.each(specimens)('%s keeps its texts when it is anonymized, and parses', (_, event) => {
    const anonymized = InquiryEvent.parse(eraseFromEvent(event, own('anonymize')));
    const texts = (one: InquiryEvent) =>
      [...JSON.stringify(one).matchAll(written)].map(([all]) => all);
    expect(texts(anonymized)).toEqual(texts(event));
  });
});

describe('an inquiry', () => {
  const requester = { address: taro, sub: 'taro-sub', name: '山田 太郎', phone: '03-0000-0000' };
  const received = readSpecimen('InquiryReceived');
  const opening: InquiryEvent = { ...received, received: { ...received.received, requester } };
  const events: InquiryEvent[] = [
    opening,
    readSpecimen('InquiryRouted'),
    readSpecimen('InquiryRated'),
  ];
  const inquiry = foldEvents(specimenInquiryId, events);
  if (inquiry === undefined) throw new Error('it opens nothing');

  it.each(['erase', 'anonymize'] as const)('folds to its snapshot after: %s', (mode) => {
    expect(isOwnInquiry(inquiry, replacer)).toBe(true);
    const erased = eraseFromSnapshot(inquiry, own(mode));
    const folded = foldEvents(
      specimenInquiryId,
      events.map((event) => eraseFromEvent(event, own(mode))),
    );
    expect(erased).toEqual(folded);
    expect(erased.requester).toMatchObject({
      ...{ address: pseudonymAddressOf(pseudonym), sub: pseudonym, name: pseudonym },
    });
    expect(erased.requester.phone).toBeUndefined();
    expect(isOwnInquiry(erased, replacer)).toBe(true);
    // Whoever answers it later writes to nobody.
    const reply = readSpecimen('ReplyPosted');
    expect(computeOwedNotices(erased, reply, erased)).not.toContainEqual(
      expect.objectContaining({ recipient: { to: 'address', address: erased.requester.address } }),
    );
  });

  it('owes the person nothing any more', () => {
    const notice: Notice = {
      ...{ inquiryId: specimenInquiryId, seq: 1, kind: 'reply', state: 'pending', attempts: 0 },
      ...{ recipient: { to: 'address', address: taro }, owedAt: opening.at },
    };
    expect(eraseFromNotice(notice, own('erase'))).toMatchObject({
      ...{
        state: 'withheld',
        recipient: { to: 'address', address: pseudonymAddressOf(pseudonym) },
      },
    });
    const others = { ...notice, recipient: { to: 'leads' } as const };
    expect(eraseFromNotice(others, own('erase'))).toEqual(others);
  });
});
