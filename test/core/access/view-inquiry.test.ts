import { describe, expect, it } from 'vitest';
import { redactorFor } from '../../../core/access/redactor.ts';
import {
  type InquiryViewContext,
  isInquiryStub,
  viewAttachment,
  viewInquiry,
  viewMessage,
} from '../../../core/access/view-inquiry.ts';
import { Inquiry } from '../../../core/inquiry/snapshot.ts';
import { DeskSettings, shippedDeskSettings } from '../../../core/inquiry/terms/desk-settings.ts';
import type { UnmaskingRequest } from '../../../core/inquiry/unmasking.ts';
import type { EventActor } from '../../../core/inquiry/values/actor.ts';
import { Attachment, type Message } from '../../../core/inquiry/values/message.ts';
import {
  type ActorName,
  deskListTerms,
  helpDeskActors,
  secondsAfterStart,
  staffDesk,
} from '../help-desk.ts';
import { given } from '../inquiry-specification.ts';

const base = given('claimed by a1').inquiry;
const particulars: Inquiry = Inquiry.parse({
  ...base,
  subject: 'カード 4111 1111 1111 1111 の件',
  requester: {
    address: 'sato@toritsugi.example',
    sub: 'requester',
    name: '佐藤',
    phone: '090-1234-5678',
    department: '総務部',
  },
  call: {
    startedAt: secondsAfterStart(0),
    endedAt: secondsAfterStart(1),
    callbackNumber: '内線 4321',
    outcome: 'open',
  },
  undeliverable: ['sato@toritsugi.example'],
  links: ['019a0000-0000-7000-8000-000000000009'],
});

type Vendors = Readonly<Record<string, { masking: object }>>;
const settingsOf = (vendors: Vendors): InquiryViewContext['settings'] => ({
  ...shippedDeskSettings,
  body: DeskSettings.parse({ vendors }),
});

const seen = (inquiry: Inquiry, name: ActorName, settings = deskListTerms.settings) =>
  viewInquiry(inquiry, helpDeskActors[name], {
    commands: [],
    serviceLevels: deskListTerms.serviceLevels,
    afterAlarms: inquiry,
    settings,
  });

function whole(inquiry: Inquiry, name: ActorName, settings = deskListTerms.settings) {
  const view = seen(inquiry, name, settings);
  if (view === undefined || isInquiryStub(view)) throw new TypeError('there is nothing to see');
  return view;
}

const granted = (of: string, kinds: UnmaskingRequest['kinds'], vendor = 'vendor-a'): Inquiry => ({
  ...particulars,
  unmaskings: [
    {
      ...{ id: 'u1', of, kinds, reason: '…', askedAt: secondsAfterStart(1), state: 'granted' },
      ...{ vendor: vendor as UnmaskingRequest['vendor'], asker: helpDeskActors.a1.sub },
    },
  ],
});

describe('what a vendor sees of an inquiry at its desk', () => {
  it('has marks for secrets and particulars, each named with its place', () => {
    const { subject, requester, call, undeliverable, masked } = whole(particulars, 'a1');
    expect(subject).toBe('カード ⟦card⟧ の件');
    expect(requester).toEqual({
      address: '⟦mail⟧',
      phone: '⟦phone⟧',
      name: '佐藤',
      department: '総務部',
    });
    expect(call).toMatchObject({ callbackNumber: '⟦phone⟧', outcome: 'open' });
    expect(undeliverable).toEqual(['⟦mail⟧']);
    expect(masked).toContainEqual({ field: 'subject', start: 4, end: 10, kind: 'card' });
    expect(masked?.map(({ field }) => field).sort()).toEqual([
      ...['call.callbackNumber', 'requester.address', 'requester.phone', 'subject'],
      'undeliverable.0',
    ]);
  });

  it('says that nothing is masked where nothing is', () => {
    const { address: _a, phone: _p, ...requester } = particulars.requester;
    const { call: _c, ...plain } = particulars;
    const nothing = { ...plain, requester, subject: 'VPN', undeliverable: [] };
    expect(whole(nothing, 'a1').masked).toEqual([]);
  });

  it('is what its policy shows, and never a card', () => {
    const requester = { address: 'show', phone: 'show', name: 'mask' };
    const settings = settingsOf({
      'vendor-a': { masking: { mail: false, phone: false, requester } },
    });
    const view = whole(particulars, 'a1', settings);
    expect(view.subject).toBe('カード ⟦card⟧ の件');
    expect(view.requester).toMatchObject({
      address: 'sato@toritsugi.example',
      phone: '090-1234-5678',
      name: '⟦name⟧',
    });
    expect(view.call).toMatchObject({ callbackNumber: '内線 4321' });
  });

  it('follows the policy of its own vendor', () => {
    const requester = { address: 'show', phone: 'show', name: 'show' };
    const settings = settingsOf({
      'vendor-b': { masking: { mail: false, phone: false, requester } },
    });
    expect(whole(particulars, 'a1', settings).requester.phone).toBe('⟦phone⟧');
  });

  it('leaves out other inquiries and escalations', () => {
    const view = whole(particulars, 'a1');
    for (const field of ['links', 'escalations']) expect(view).not.toHaveProperty(field);
  });

  it('is unmasked for what was granted of the requester, and nothing else', () => {
    const view = whole(granted('requester', ['phone']), 'a1');
    expect(view.requester).toMatchObject({ phone: '090-1234-5678', address: '⟦mail⟧' });
    expect(view.call?.callbackNumber).toBe('内線 4321');
    expect(view.subject).toBe('カード ⟦card⟧ の件');
    expect(view.unmaskings).toMatchObject([{ of: 'requester', state: 'granted' }]);
    const ofOthers = whole(granted('requester', ['phone'], 'vendor-b'), 'a1');
    expect(ofOthers.requester.phone).toBe('⟦phone⟧');
  });
});

it('everybody else sees what was written, without marks', () => {
  for (const name of ['staff1', 'lead', 'requester'] as const) {
    const view = whole(particulars, name);
    expect(view).toMatchObject({ subject: particulars.subject, call: particulars.call });
    expect(view.requester).toMatchObject({ phone: '090-1234-5678' });
    expect(view).not.toHaveProperty('masked');
  }
});

describe('what a vendor sees of an inquiry that it once had', () => {
  const left = given('claimed by a1').when(
    'a1',
    { command: 'transfer', fence: 1, desk: staffDesk },
    secondsAfterStart(8),
  );

  it('is its number and what has become of it, and not how it goes elsewhere', () => {
    const { id, number } = left.inquiry;
    expect(seen(left.inquiry, 'a1')).toEqual({ id, number, stub: true, status: 'open' });
    const waiting: Inquiry = { ...left.inquiry, status: 'waiting' };
    expect(seen(waiting, 'a1')).toEqual(seen(left.inquiry, 'a1'));
    left.when('lead', { command: 'resolve' }, secondsAfterStart(9));
    expect(seen(left.inquiry, 'a1')).toEqual({
      id,
      number,
      stub: true,
      status: 'resolved',
      resolvedAt: secondsAfterStart(9),
    });
  });

  it('tells of a withdrawal', () => {
    const scenario = given('claimed by a1').when(
      'requester',
      { command: 'withdraw', reason: '4111 1111 1111 1111' },
      secondsAfterStart(8),
    );
    const { id, number } = scenario.inquiry;
    expect(seen(scenario.inquiry, 'a1')).toEqual({
      ...{
        id,
        number,
        stub: true,
        status: 'closed',
        outcome: 'withdrawn',
        closedAt: secondsAfterStart(8),
      },
    });
  });
});

const file = (name: string, type: string) =>
  Attachment.parse({ id: name, name, type, size: 1, sha256: '0'.repeat(64) });

const message: Message = {
  id: 'm1',
  kind: 'requester',
  from: {
    address: helpDeskActors.requester.address,
    sub: helpDeskActors.requester.sub,
    name: '佐藤',
  },
  subject: 'Re: 090-1234-5678',
  text: '電話は 090-1234-5678、カードは 4111 1111 1111 1111 です。',
  attachments: [file('090-1234-5678.png', 'image/png'), file('memo.pdf', 'application/pdf')],
};
const bySato: EventActor = { kind: 'requester' };

function shown(name: ActorName, given: Partial<Message> = {}, inquiry = particulars, by = bySato) {
  const { settings } = deskListTerms;
  const facts = { at: secondsAfterStart(2), inquiry, by, settings };
  const view = viewMessage({ ...message, ...given }, helpDeskActors[name], facts);
  if (view === undefined) throw new TypeError('there is nothing to see');
  return view;
}

describe('what a vendor sees of a message', () => {
  it('is masked in subject, text and the whole of it, each mark named', () => {
    const view = shown('a1', { fullText: `> 4111 1111 1111 1111\n${message.text}` });
    expect(view).toMatchObject({
      subject: 'Re: ⟦phone⟧',
      text: '電話は ⟦phone⟧、カードは ⟦card⟧ です。',
      fullText: '> ⟦card⟧\n電話は ⟦phone⟧、カードは ⟦card⟧ です。',
    });
    for (const { field, start, end, kind } of view.masked ?? []) {
      const text = { ...view, 'from.address': view.from.address }[field as 'text'];
      if (text !== undefined) expect(text.slice(start, end)).toBe(`⟦${kind}⟧`);
    }
    expect(view.masked?.filter(({ field }) => field === 'fullText')).toHaveLength(3);
  });

  it('names its marks in the whole of it where that is the same as the text', () => {
    const view = shown('a1');
    expect(view.fullText).toBe(view.text);
    expect(view.masked?.filter(({ field }) => field === 'fullText')).toHaveLength(2);
  });

  it('names a requester as the policy says, and by no other mark of who they are', () => {
    expect(shown('a1').from).toEqual({ address: '⟦mail⟧', name: '佐藤' });
  });

  it('names agents of the house and its own, and nobody of another vendor', () => {
    const { name, address, sub, vendor } = helpDeskActors.b1;
    const of = (by: EventActor) =>
      shown('a1', { kind: 'agent', from: { name, address, sub } }, particulars, by).from;
    const agent = { kind: 'agent', sub, name, role: 'operator' } as const;
    expect(of({ ...agent, ...(vendor === undefined ? {} : { vendor }) })).toEqual({});
    expect(of({ ...agent, role: 'staff' })).toEqual({ name });
  });

  it('lists attachments with masked names, and withholds those of types not named', () => {
    const { settings } = deskListTerms;
    expect(shown('a1').attachments).toEqual([
      { id: '090-1234-5678.png', name: '⟦phone⟧.png', type: 'image/png', withheld: true },
      { id: 'memo.pdf', name: 'memo.pdf', type: 'application/pdf', withheld: true },
    ]);
    const images = settingsOf({ 'vendor-a': { masking: { attachments: ['image/*'] } } });
    const of = (type: string) =>
      viewAttachment(
        file('memo', type),
        helpDeskActors.a1,
        bySato,
        redactorFor(helpDeskActors.a1, particulars, { settings: images }),
      );
    expect(of('image/png; name="090-1234-5678"')).toMatchObject({ type: 'image/png', size: 1 });
    expect(of('application/pdf')).toHaveProperty('withheld');
    expect(
      viewAttachment(
        file('memo', 'x/y'),
        helpDeskActors.lead,
        bySato,
        redactorFor(helpDeskActors.lead, particulars, { settings }),
      ),
    ).toEqual(file('memo', 'x/y'));
  });

  it('gets the attachments that its own people sent', () => {
    const by = { kind: 'agent', sub: helpDeskActors.a2.sub, name: 'a2', role: 'operator' } as const;
    const of = (vendor: typeof helpDeskActors.a2.vendor) =>
      shown('a1', { kind: 'note' }, particulars, {
        ...by,
        ...(vendor === undefined ? {} : { vendor }),
      }).attachments[1];
    expect(of(helpDeskActors.a2.vendor)).toMatchObject({ name: 'memo.pdf', size: 1 });
    expect(of(helpDeskActors.b1.vendor)).toHaveProperty('withheld');
    expect(of(undefined)).toHaveProperty('withheld');
  });

  it('is unmasked for what was granted of the requester, where the requester wrote it', () => {
    const ofRequester = granted('requester', ['mail']);
    const { address } = particulars.requester;
    expect(shown('a1', { from: { address } }, ofRequester).from.address).toBe(address);
    const from = { address: helpDeskActors.colleague.address };
    expect(shown('a1', { from }, ofRequester).from.address).toBe('⟦mail⟧');
    const undeliverable = [...particulars.undeliverable, helpDeskActors.colleague.address];
    expect(whole({ ...ofRequester, undeliverable }, 'a1').undeliverable).toEqual([
      ...[address, '⟦mail⟧'],
    ]);
  });

  it('is unmasked for what was granted of that message, but for My Number', () => {
    const ofThis = granted('m1', ['phone', 'my-number']);
    const text = '電話 090-1234-5678、マイナンバー 1234 5678 9018、カード 4111 1111 1111 1111';
    expect(shown('a1', { text }, ofThis).text).toBe(
      '電話 090-1234-5678、マイナンバー ⟦my-number⟧、カード ⟦card⟧',
    );
    expect(shown('a1', { text }, granted('m2', ['phone'])).text).toContain('⟦phone⟧');
  });
});
