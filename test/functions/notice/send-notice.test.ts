import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readReplyAddress } from '../../../core/inquiry/tokens/reply-token.ts';
import { readStatusToken } from '../../../core/inquiry/tokens/status-token.ts';
import { buildAttachmentKey } from '../../../core/inquiry/values/attachment-key.ts';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import { sendingSeconds } from '../../../core/notice/sending/begin-notice-attempt.ts';
import { bucketNames } from '../../support/start-engines.ts';
import { makeTestSigning } from '../../support/test-signing-keys.ts';
import {
  makeAssignment,
  makePublicReply,
  noticeStageSecret,
  routedToStaff,
  startNoticeFixture,
} from './notice-fixture.ts';

let fixture: Awaited<ReturnType<typeof startNoticeFixture>>;
beforeAll(async () => {
  fixture = await startNoticeFixture();
});
afterAll(() => fixture.stop());
beforeEach(() => {
  fixture.ses.sent.length = 0;
  fixture.ses.failures.length = 0;
  // Beyond the sending limits that earlier tests used up.
  fixture.later(2 * 86_400);
});

async function states(id: InquiryId): Promise<string[]> {
  return (await fixture.notices(id)).map(({ kind, state }) => `${kind} ${state}`);
}

function headers(parsed: Awaited<ReturnType<typeof fixture.lastMail>>['parsed']) {
  return Object.fromEntries(parsed.headers.map(({ key, value }) => [key, value]));
}

describe('an acknowledgement', () => {
  it('goes once, threaded on the mail, automatic by its headers, with number and links', async () => {
    const id = await fixture.open();
    expect(await fixture.deliverPending(id)).toBe(0);
    const [notice] = await fixture.notices(id);
    const { parsed, source, destinations, configurationSet, id: sesId } = await fixture.lastMail();
    const number = (await fixture.ledger.load(id))?.inquiry.number;
    expect(source).toBe('help@toritsugi.example');
    expect(destinations).toEqual(['yamada@toritsugi.example']);
    expect(configurationSet).toBe('sending');
    expect(parsed.subject).toBe(`Re: VPNに接続できません [${number}]`);
    expect(parsed.from).toEqual({ name: 'ITヘルプデスク', address: 'help@toritsugi.example' });
    expect(parsed.inReplyTo).toBe(`<first.${id}@mail.toritsugi.example>`);
    expect(parsed.references).toBe(`<first.${id}@mail.toritsugi.example>`);
    expect(headers(parsed)).toMatchObject({
      'auto-submitted': 'auto-replied',
      'x-auto-response-suppress': 'All',
      'x-toritsugi-loop': 'toritsugi.example',
    });
    expect(parsed.text).toContain(`受付番号: ${number}`);
    expect(parsed.text).toContain('2026年11月24日(火) 10:15 (日本時間)');
    expect(parsed.html).toContain(`>${number}<`);
    const replyTo = parsed.replyTo?.[0]?.address ?? '';
    expect(readReplyAddress(await makeTestSigning('reply', noticeStageSecret), replyTo)).toEqual({
      inquiryId: id,
      audience: 'requester',
    });
    const token = /https:\/\/desk\.toritsugi\.example\/status\/(\w+)/.exec(parsed.text ?? '')?.[1];
    expect(
      readStatusToken(
        await makeTestSigning('status', noticeStageSecret),
        token ?? '',
        fixture.clock.now,
      )?.inquiryId,
    ).toBe(id);
    const wireId = `${sesId}@ap-northeast-1.amazonses.com`;
    expect(notice).toMatchObject({ state: 'sent', wireId, attempts: 1 });
    expect(await fixture.noticeLedger.find(wireId)).toEqual({
      inquiryId: id,
      audience: 'requester',
    });
  });

  it('is sent once however often and by however many it is delivered', async () => {
    const id = await fixture.open();
    const [notice] = await fixture.notices(id);
    if (notice === undefined) throw new Error('no notice');
    await fixture.deliver(...Array.from({ length: 10 }, () => notice));
    await fixture.deliver(notice);
    expect(fixture.ses.sent).toHaveLength(1);
  });

  it('is in English for those who write in English', async () => {
    const id = await fixture.open({ language: 'en', subject: 'Re: VPN' });
    await fixture.deliverPending(id);
    const { parsed } = await fixture.lastMail();
    expect(parsed.from?.name).toBe('IT Help Desk');
    expect(parsed.subject).toMatch(/^Re: VPN \[HD-/);
    expect(parsed.text).toContain('We have received your inquiry.');
    expect(parsed.text).toContain('Received: ');
    expect(parsed.text).toContain('(Japan time)');
  });

  it('carries nothing of a subject into other headers or into markup', async () => {
    const id = await fixture.open({
      subject: 'x\r\nBcc: everybody@example.com\u202e <script>alert(1)</script>',
    });
    await fixture.deliverPending(id);
    const { parsed } = await fixture.lastMail();
    expect(headers(parsed)).not.toHaveProperty('bcc');
    expect(parsed.subject).toContain('x Bcc: everybody@example.com <script>');
    expect(parsed.html).not.toContain('<script>');
    expect(parsed.html).toContain('&lt;script&gt;');
  });

  it('is sent once more when nobody knows whether it was sent, and then never again', async () => {
    const id = await fixture.open();
    fixture.ses.failures.push('lost', 'lost');
    expect(await fixture.deliverPending(id)).toBe(0);
    expect(await states(id)).toEqual(['acknowledgement sending']);
    await fixture.deliver(...(await fixture.notices(id)));
    expect(fixture.ses.sent).toHaveLength(1);
    for (let senders = 0; senders < 3; senders += 1) {
      fixture.later(sendingSeconds);
      await fixture.deliver(...(await fixture.notices(id)));
    }
    const [notice] = await fixture.notices(id);
    expect(notice).toMatchObject({ state: 'failed', remark: 'no attempt was ever answered' });
    expect(fixture.ses.sent).toHaveLength(2);
  });

  it('is done by its second sending, which says that it may be one', async () => {
    const id = await fixture.open();
    fixture.ses.failures.push('lost');
    await fixture.deliverPending(id);
    fixture.later(sendingSeconds);
    await fixture.deliver(...(await fixture.notices(id)));
    const [notice] = await fixture.notices(id);
    expect(notice).toMatchObject({ state: 'sent', remark: expect.stringContaining('sent again') });
  });

  it('waits for a better time when SES is throttled, and is sent then', async () => {
    const id = await fixture.open();
    fixture.ses.failures.push({ status: 400, code: 'Throttling', message: 'Rate exceeded' });
    expect(await fixture.deliverPending(id)).toBe(1);
    expect(await states(id)).toEqual(['acknowledgement pending']);
    expect(await fixture.deliverPending(id)).toBe(0);
    expect(await states(id)).toEqual(['acknowledgement sent']);
  });

  it('has failed when SES will not have it', async () => {
    const id = await fixture.open();
    fixture.ses.failures.push({ status: 400, code: 'MessageRejected', message: 'Bad content' });
    expect(await fixture.deliverPending(id)).toBe(0);
    const [notice] = await fixture.notices(id);
    expect(notice).toMatchObject({ state: 'failed', remark: 'refused by SES: MessageRejected' });
  });

  it('is withheld after ten in ten minutes to one address about one inquiry', async () => {
    const id = await fixture.open({ acknowledge: false });
    const agent = await fixture.person({ address: 'limit@toritsugi.example', sub: 'sub-limit' });
    await fixture.append(id, routedToStaff, makeAssignment('sub-limit'));
    for (let count = 1; count <= 10; count += 1) {
      await fixture.append(id, {
        type: 'MessageReceived',
        by: { kind: 'requester' },
        message: { id: `n${count}`, kind: 'requester', from: {}, text: 'x' },
      });
    }
    const withheldBefore = fixture.telemetry.counts.NoticeWithheld ?? 0;
    // Deliveries that count mail to one address at the same moment may ask to come again.
    while ((await fixture.deliverPending(id)) > 0);
    const toAgent = fixture.ses.sent.filter(({ destinations }) =>
      destinations.includes(agent.address),
    );
    expect(toAgent).toHaveLength(10);
    const withheld = (await fixture.notices(id)).filter(({ state }) => state === 'withheld');
    expect(withheld.map(({ remark }) => remark)).toEqual([
      'limit on automatic mail: 10 in 600 s of one inquiry',
    ]);
    expect(fixture.telemetry.counts.NoticeWithheld).toBe(withheldBefore + 1);
  });
});

describe('a reply', () => {
  it('carries the text as it was written, a quotation, and no sign of automation', async () => {
    const id = await fixture.open();
    await fixture.deliverPending(id);
    const acknowledged = (await fixture.lastMail()).id;
    await fixture.append(
      id,
      routedToStaff,
      makePublicReply('設定を確認しました。\n\n  再起動してください。<b>&'),
    );
    await fixture.deliverPending(id);
    const { parsed } = await fixture.lastMail();
    expect(parsed.text).toContain('設定を確認しました。\n\n  再起動してください。<b>&');
    expect(parsed.text).toContain('> 今朝からVPNに接続できません。\n> 急ぎです。');
    expect(parsed.html).toContain('&lt;b&gt;&amp;');
    expect(headers(parsed)).not.toHaveProperty('auto-submitted');
    expect(headers(parsed)).not.toHaveProperty('x-auto-response-suppress');
    expect(headers(parsed)['x-toritsugi-loop']).toBe('toritsugi.example');
    expect(parsed.inReplyTo).toBe(`<first.${id}@mail.toritsugi.example>`);
    expect(parsed.references?.split(/\s+/)).toEqual([
      `<${acknowledged}@ap-northeast-1.amazonses.com>`,
      `<first.${id}@mail.toritsugi.example>`,
    ]);
  });

  it('continues our acknowledgement where the requester never wrote a mail', async () => {
    const message = { id: 'm', kind: 'requester', from: {}, text: 'x' } as const;
    const id = await fixture.open({ channel: 'form', message });
    await fixture.deliverPending(id);
    const acknowledged = (await fixture.lastMail()).id;
    await fixture.append(id, routedToStaff, makePublicReply('はい'));
    await fixture.deliverPending(id);
    const { parsed } = await fixture.lastMail();
    expect(parsed.inReplyTo).toBe(`<${acknowledged}@ap-northeast-1.amazonses.com>`);
  });

  it('brings its files along, with their names', async () => {
    const id = await fixture.open({ acknowledge: false });
    const bytes = Buffer.from('手順');
    await fixture.content.put(buildAttachmentKey(id, 'file-1'), bytes, 'application/octet-stream');
    const sha256 = '0'.repeat(64);
    const file = { id: 'file-1', name: '手順書.txt', type: 'text/plain', size: 6, sha256 };
    const held = { ...file, id: 'file-2', name: 'virus.exe', held: 'executable' };
    await fixture.append(id, routedToStaff, makePublicReply('添付します', [file, held]));
    await fixture.deliverPending(id);
    const { parsed } = await fixture.lastMail();
    expect(parsed.attachments.map(({ filename }) => filename)).toEqual(['手順書.txt']);
    const [attachment] = parsed.attachments;
    expect(Buffer.from(attachment?.content as ArrayBuffer).toString()).toBe('手順');
  });

  it('names files that are too large for a mail and links to the page that has them', async () => {
    const id = await fixture.open({ acknowledge: false });
    const sha256 = '0'.repeat(64);
    const size = 9 * 1024 * 1024;
    const file = { id: 'file-1', name: '動画.mp4', type: 'video/mp4', size, sha256 };
    await fixture.append(id, routedToStaff, makePublicReply('添付します', [file]));
    await fixture.deliverPending(id);
    const { parsed } = await fixture.lastMail();
    expect(parsed.attachments).toEqual([]);
    expect(parsed.text).toContain('- 動画.mp4');
    expect(parsed.text).toContain('/status/');
  });

  it('has all of a body that stands in the bucket', async () => {
    const id = await fixture.open({ acknowledge: false });
    const long = `${'長い説明。'.repeat(6000)}終わり`;
    await fixture.append(id, routedToStaff, makePublicReply(long));
    await fixture.deliverPending(id);
    const { parsed } = await fixture.lastMail();
    expect(parsed.text).toContain(long);
  });

  it('has the beginning of a body that is gone, and says so', async () => {
    const id = await fixture.open({ acknowledge: false });
    const long = `${'長い説明。'.repeat(6000)}終わり`;
    await fixture.append(id, routedToStaff, makePublicReply(long));
    const { s3 } = fixture.engines;
    const Bucket = bucketNames.content;
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `body/${id}/` }));
    for (const { Key } of Contents ?? []) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    expect(Contents).toHaveLength(1);
    await fixture.deliverPending(id);
    const { parsed } = await fixture.lastMail();
    expect(parsed.text).toContain(long.slice(0, 2000));
    expect(parsed.text).toContain('この本文の続きは残っていません');
  });

  it('is sent again and says so when nobody knows whether it was sent', async () => {
    const id = await fixture.open({ acknowledge: false });
    await fixture.append(id, routedToStaff, makePublicReply('はい'));
    fixture.ses.failures.push('lost');
    await fixture.deliverPending(id);
    fixture.later(sendingSeconds);
    const repeatedBefore = fixture.telemetry.counts.NoticeRepeated ?? 0;
    await fixture.deliver(...(await fixture.notices(id)));
    const [notice] = await fixture.notices(id);
    expect(notice).toMatchObject({ state: 'sent', attempts: 2 });
    expect(notice?.remark).toContain('sent again');
    expect(fixture.ses.sent).toHaveLength(2);
    expect(fixture.telemetry.counts.NoticeRepeated).toBe(repeatedBefore + 1);
  });

  it('tells with a resolution until when an answer reopens it', async () => {
    const id = await fixture.open({ acknowledge: false });
    await fixture.append(id, routedToStaff, {
      type: 'InquiryResolved',
      message: { id: 'm', kind: 'agent', from: {}, text: '直りました。' },
      closeAt: '2027-01-01T00:00:00.000Z',
      reopenUntil: '2027-01-08T00:00:00.000Z',
    });
    await fixture.deliverPending(id);
    const { parsed } = await fixture.lastMail();
    expect(parsed.text).toContain('直りました。');
    expect(parsed.text).toContain('2027年1月8日(金) 09:00 (日本時間)');
    expect(headers(parsed)).not.toHaveProperty('auto-submitted');
  });

  it('is withheld from an address at which mail has failed since', async () => {
    const id = await fixture.open({ acknowledge: false });
    await fixture.append(id, routedToStaff, makePublicReply('はい'), {
      type: 'DeliveryFailed',
      address: 'yamada@toritsugi.example',
      permanent: true,
      diagnostic: '550',
    });
    await fixture.deliverPending(id);
    expect(await states(id)).toContain('reply withheld');
    expect(fixture.ses.sent).toEqual([]);
  });
});

it('lets a message go that names no notice', async () => {
  const id = await fixture.open({ acknowledge: false });
  const [notice] = await fixture.notices(await fixture.open());
  if (notice === undefined) throw new Error('no notice');
  expect(await fixture.deliver({ ...notice, inquiryId: id })).toBe(0);
  expect(fixture.ses.sent).toEqual([]);
});
