import {
  type DemoCase,
  type DemoContext,
  describeWhereabouts,
  findCastMember,
  waitForStatus,
} from '../demo-context.ts';
import { encodeText } from '../encode-mail.ts';
import {
  registerCase,
  type ScriptedMail,
  submitMail,
  tagSubject,
  waitForOpenedCase,
} from '../submit-mail.ts';

const scriptPrinterMail = (context: DemoContext): ScriptedMail => ({
  label: 'printer, in ISO-2022-JP',
  from: 'employee-1',
  charset: 'ISO-2022-JP',
  subject: tagSubject(context, 'プリンタから印刷できません'),
  text: 'お世話になっております。営業部の佐藤です。\n\n3階の複合機から印刷できません。\nエラーコードは E-05 です。\n',
  fate: 'opened',
  deliveries: 2,
});

const scriptPhoneListMail = (context: DemoContext): ScriptedMail => ({
  label: 'phone list, HTML with an attachment',
  from: 'employee-1',
  subject: tagSubject(context, '内線一覧の更新をお願いします'),
  text: '<html><body><p>お疲れさまです。<br>添付の<b>内線一覧</b>を社内サイトに掲載してください。</p></body></html>',
  html: true,
  attachment: {
    name: '内線一覧.csv',
    type: 'text/csv',
    bytes: encodeText('氏名,内線\r\n髙橋,1234\r\n㈱担当,5678\r\n', 'Shift_JIS'),
  },
  fate: 'opened',
});

const scriptLockedOutMail = (context: DemoContext): ScriptedMail => ({
  label: 'locked out, in English',
  from: 'employee-2',
  subject: tagSubject(context, 'I am locked out of my account'),
  text: 'Hello,\n\nI typed my password wrong too often and am locked out.\nCould you help?\n\nAlex\n',
  fate: 'opened',
});

/** Simulates a sender whom DMARC does not vouch for; only the local SMTP server understands it. */
const dmarcFailureHeader = { 'X-Test-Verdict-dmarc': 'fail' };

const scriptPhishingMail = (context: DemoContext): ScriptedMail => ({
  label: 'spoofed sender',
  from: 'employee-1',
  subject: tagSubject(context, '【緊急】管理者パスワードを教えてください'),
  text: '至急、管理者パスワードをこのメールに返信してください。\n',
  headers: dmarcFailureHeader,
  fate: 'quarantined',
});

const scriptSurveyMail = (context: DemoContext): ScriptedMail => ({
  label: "employee's mail by an outside service",
  from: 'employee-2',
  subject: tagSubject(context, 'No sound in web meetings'),
  text: 'Sent with the survey tool: since Monday I hear nobody in web meetings.\n',
  headers: dmarcFailureHeader,
  fate: 'quarantined',
  secondFate: 'opened',
});

/** Submits the morning's mail: in several charsets, one twice, and some under false names. */
export async function submitMorningMails(context: DemoContext): Promise<void> {
  const send = (scriptedMail: ScriptedMail, remark = '', whose = scriptedMail.from) => {
    context.tell(whose, `mails${remark}: ${scriptedMail.subject}`);
    return submitMail(context, scriptedMail);
  };
  const first = await send(scriptPrinterMail(context), ' in ISO-2022-JP, delivered twice');
  const second = await send(scriptPhoneListMail(context), ' HTML with a CSV file in CP932');
  const third = await send(scriptLockedOutMail(context), ' in English');
  const fourth = await send(scriptPhishingMail(context), ' as employee-1', 'somebody');
  const fifth = await send(scriptSurveyMail(context), ' through an outside survey tool');
  const opened = [
    await waitForOpenedCase(context, first, 'printer'),
    await waitForOpenedCase(context, second, 'phone list'),
    await waitForOpenedCase(context, third, 'locked out'),
  ];
  for (const one of opened)
    context.outcome(describeWhereabouts(await waitForStatus(context, one, ['queued'])));
  await waitForOpenedCase(context, fourth, 'phish', 'closed');
  await waitForOpenedCase(context, fifth, 'survey');
}

/** Submits a form as an employee. */
export async function submitAccountRequest(context: DemoContext): Promise<void> {
  const { api, tell, outcome } = context;
  const system = tagSubject(context, '経費精算');
  tell('employee-1', `submits the form account-request: ${system}`);
  const opened = await api.request<OpenedInquiry>('employee-1', 'POST', '/v1/inquiries', {
    form: 'account-request',
    fields: {
      action: 'create',
      system,
      account: findCastMember('employee-1').name,
      reason: '営業部に異動したため。',
    },
  });
  recordInput(context, 'account request, by form', 'form', opened);
  const { number, id } = opened;
  const { subject } = await api.request<DemoCase>('employee-1', 'GET', `/v1/inquiries/${id}`);
  registerCase(context, 'form', {
    id,
    number,
    subject,
    requester: 'employee-1',
    ending: 'resolved',
  });
  const page = await api.fetch(opened.statusUrl ?? '');
  outcome(`${number} ${opened.status}; its status page answers ${page.status}`);
}

interface OpenedInquiry {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly statusUrl?: string;
}

function recordInput(
  { inputs }: DemoContext,
  label: string,
  channel: 'form' | 'phone',
  { id }: Pick<OpenedInquiry, 'id'>,
): void {
  inputs.push({ label, channel, key: id, fate: 'opened', deliveries: 1, unconfirmed: 0 });
}

const MINUTE = 60_000;

/** Logs two calls: one resolved on the phone, one left open. */
export async function logMorningCalls(context: DemoContext): Promise<void> {
  const { api, tell, outcome } = context;
  const log = async (name: string, subject: string, minutes: number, facts: object) => {
    const now = context.now().getTime();
    const opened = await api.request<OpenedInquiry>('operator-a1', 'POST', '/v1/phone-logs', {
      caller: { address: findCastMember('employee-2').address, phone: '+81-3-5555-0123' },
      startedAt: new Date(now - minutes * MINUTE).toISOString(),
      endedAt: new Date(now).toISOString(),
      subject,
      ...facts,
    });
    recordInput(context, `${name}, by phone`, 'phone', opened);
    const { id, number } = opened;
    registerCase(context, name, {
      id,
      number,
      subject,
      requester: 'employee-2',
      ending: 'resolved',
    });
    return opened;
  };

  const projector = tagSubject(context, 'Projector stays dark');
  tell('operator-a1', `logs a call, resolved on the phone: ${projector}`);
  const resolvedCall = await log('projector', projector, 4, {
    summary: 'The projector in room 4 shows nothing.',
    outcome: 'resolved',
    answer: 'Input switched to HDMI 2; works.',
  });
  outcome(`${resolvedCall.number} ${resolvedCall.status}; it never waits at a desk`);

  const laptop = tagSubject(context, 'Laptop does not start');
  tell('operator-a1', `logs a call, left open: ${laptop}`);
  const openCall = await log('laptop', laptop, 3, {
    summary: 'The laptop does not start; a customer visit at noon.',
    callbackNumber: '+81-3-5555-0123',
    outcome: 'open',
    priority: 'high',
  });
  outcome(describeWhereabouts(await waitForStatus(context, openCall, ['queued'])));
}
