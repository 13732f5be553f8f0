import { describe, expect, it } from 'vitest';
import { EmailAddress } from '../../../../core/inquiry/values/ids.ts';
import {
  detectMachineMarks,
  type MachineMarksContext,
} from '../../../../core/intake/mail/detect-machine-marks.ts';
import type { ParsedMail } from '../../../../core/intake/mail/mail.ts';

type Headers = Record<string, string>;

function mail(headers: Headers, from = 'employee-1@toritsugi.example', subject = 'プリンタの件') {
  return {
    headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [value]])),
    from: [{ address: EmailAddress.parse(from) }],
    subject,
  } satisfies Partial<ParsedMail>;
}

const context: MachineMarksContext = {
  returnPath: 'employee-1@toritsugi.example',
  loopHeaderName: 'X-Toritsugi-Loop',
  standingGroups: [],
};

describe('machineMarks', () => {
  it.each<[string, Headers, string]>([
    ['Auto-Submitted', { 'auto-submitted': 'auto-replied' }, 'auto-submitted'],
    [
      'Auto-Submitted with a comment',
      { 'auto-submitted': 'auto-generated (by cron)' },
      'auto-submitted',
    ],
    ['a report', { 'content-type': 'multipart/report; report-type=delivery-status' }, 'report'],
    ['Precedence: bulk', { precedence: 'bulk' }, 'precedence'],
    ['Precedence: junk', { precedence: 'Junk' }, 'precedence'],
    ['Precedence: auto_reply', { precedence: 'auto_reply' }, 'precedence'],
    ['X-Autoreply', { 'x-autoreply': 'yes' }, 'autoresponder'],
    ['X-Autorespond', { 'x-autorespond': '' }, 'autoresponder'],
    ['a newsletter', { 'list-unsubscribe': '<https://partner.example/u>' }, 'newsletter'],
    ['X-Failed-Recipients', { 'x-failed-recipients': 'a@partner.example' }, 'failed-recipients'],
    ['our own loop header', { 'x-toritsugi-loop': 'toritsugi.example' }, 'own-loop-header'],
  ])('takes %s alone for a machine', (_, headers, mark) => {
    expect(detectMachineMarks(mail(headers), context)).toEqual({
      machine: true,
      noAutoReply: true,
      marks: [mark],
      loop: mark === 'own-loop-header',
    });
  });

  it('takes the null return path for a machine, and the header where no envelope is known', () => {
    for (const returnPath of ['', '<>']) {
      expect(detectMachineMarks(mail({}), { ...context, returnPath }).marks).toEqual([
        'null-return-path',
      ]);
    }
    const noEnvelope = { ...context, returnPath: undefined };
    expect(detectMachineMarks(mail({ 'return-path': '<>' }), noEnvelope).machine).toBe(true);
    expect(detectMachineMarks(mail({ 'return-path': '<>' }), context).machine).toBe(false);
    expect(detectMachineMarks(mail({}), noEnvelope).machine).toBe(false);
  });

  it.each(['MAILER-DAEMON@partner.example', 'postmaster@partner.example'])(
    'takes the sender %s for a machine',
    (from) => {
      expect(detectMachineMarks(mail({}, from), context).marks).toEqual(['mailer-daemon']);
    },
  );

  it.each<[string, Headers]>([
    ['List-Id', { 'list-id': '<all.toritsugi.example>' }],
    [
      'List-Id with the rest of its software',
      {
        'list-id': '<all.toritsugi.example>',
        'list-post': '<mailto:all@toritsugi.example>',
        'list-unsubscribe': '<mailto:all-leave@toritsugi.example>',
        precedence: 'list',
      },
    ],
    ['Precedence: list', { precedence: 'list' }],
    ['X-Auto-Response-Suppress', { 'x-auto-response-suppress': 'OOF, AutoReply' }],
    ["another system's loop header", { 'x-loop': 'x@partner.example' }],
  ])('forbids only the automatic reply for %s', (_, headers) => {
    const marks = detectMachineMarks(mail(headers), context);
    expect(marks).toMatchObject({ machine: false, noAutoReply: true });
    expect(marks.marks.length).toBeGreaterThan(0);
  });

  it.each<[string, Headers]>([
    ['Auto-Submitted: no', { 'auto-submitted': 'no' }],
    ['X-Auto-Response-Suppress: None', { 'x-auto-response-suppress': 'None' }],
    ['Precedence: normal', { precedence: 'normal' }],
    ['X-Autoreply: no', { 'x-autoreply': 'no' }],
  ])('finds nothing in %s', (_, headers) => {
    expect(detectMachineMarks(mail(headers), context)).toEqual({
      machine: false,
      noAutoReply: false,
      marks: [],
      loop: false,
    });
  });

  it.each([
    { 'list-id': 'Help <help.toritsugi.example>', precedence: 'list' },
    { precedence: 'list', 'list-post': '<mailto:help@toritsugi.example>' },
    { 'x-auto-response-suppress': 'All', 'x-forwarded-to': 'help@toritsugi.example' },
  ])('ignores the marks of a group that stands before our address', (headers) => {
    const behindGroup = { ...context, standingGroups: ['Help@toritsugi.example'] };
    expect(detectMachineMarks(mail(headers), behindGroup).noAutoReply).toBe(false);
    expect(detectMachineMarks(mail(headers), context).noAutoReply).toBe(true);
  });

  it('still finds a machine behind such a group', () => {
    const behindGroup = { ...context, standingGroups: ['help@toritsugi.example'] };
    const headers = { 'list-id': '<help.toritsugi.example>', 'auto-submitted': 'auto-replied' };
    expect(detectMachineMarks(mail(headers), behindGroup).machine).toBe(true);
  });

  it.each([
    '自動返信: プリンタの件',
    '自動応答',
    '不在通知: 山田',
    '配信不能: 見積',
    'メッセージを送信できませんでした',
    'Out of Office: printer',
    'Automatic reply: printer',
    'Undelivered Mail Returned to Sender',
    'Undeliverable: printer',
  ])('takes the subject %s for a machine only beside another sign', (subject) => {
    expect(detectMachineMarks(mail({}, undefined, subject), context)).toMatchObject({
      machine: false,
      noAutoReply: false,
      marks: [],
    });
    const suppressed = mail({ 'x-auto-response-suppress': 'All' }, undefined, subject);
    expect(detectMachineMarks(suppressed, context)).toMatchObject({
      machine: true,
      marks: ['response-suppressed', 'subject'],
    });
  });

  it('answers nobody where there is no sender', () => {
    const marks = detectMachineMarks({ headers: {}, from: [], subject: 'x' }, context);
    expect(marks).toMatchObject({ machine: false, noAutoReply: true });
  });
});
