import { type Case, castMember, type Stage, untilStatus, whereabouts } from '../demo-context.ts';
import { encoded } from '../encode-mail.ts';
import { keepCase, mail, openedBy, type Script, titled } from '../submit-mail.ts';

const printer = (stage: Stage): Script => ({
  label: 'printer, in ISO-2022-JP',
  from: 'employee-1',
  charset: 'ISO-2022-JP',
  subject: titled(stage, 'プリンタから印刷できません'),
  text: 'お世話になっております。営業部の佐藤です。\n\n3階の複合機から印刷できません。\nエラーコードは E-05 です。\n',
  fate: 'opened',
  deliveries: 2,
});

const phoneList = (stage: Stage): Script => ({
  label: 'phone list, HTML with an attachment',
  from: 'employee-1',
  subject: titled(stage, '内線一覧の更新をお願いします'),
  text: '<html><body><p>お疲れさまです。<br>添付の<b>内線一覧</b>を社内サイトに掲載してください。</p></body></html>',
  html: true,
  attachment: {
    name: '内線一覧.csv',
    type: 'text/csv',
    bytes: encoded('氏名,内線\r\n髙橋,1234\r\n㈱担当,5678\r\n', 'Shift_JIS'),
  },
  fate: 'opened',
});

const locked = (stage: Stage): Script => ({
  label: 'locked out, in English',
  from: 'employee-2',
  subject: titled(stage, 'I am locked out of my account'),
  text: 'Hello,\n\nI typed my password wrong too often and am locked out.\nCould you help?\n\nAlex\n',
  fate: 'opened',
});

/** What plays a sender whom DMARC does not vouch for; the local SMTP server alone understands it. */
const unvouched = { 'X-Test-Verdict-dmarc': 'fail' };

const phish = (stage: Stage): Script => ({
  label: 'spoofed sender',
  from: 'employee-1',
  subject: titled(stage, '【緊急】管理者パスワードを教えてください'),
  text: '至急、管理者パスワードをこのメールに返信してください。\n',
  headers: unvouched,
  fate: 'quarantined',
});

const survey = (stage: Stage): Script => ({
  label: "employee's mail by an outside service",
  from: 'employee-2',
  subject: titled(stage, 'No sound in web meetings'),
  text: 'Sent with the survey tool: since Monday I hear nobody in web meetings.\n',
  headers: unvouched,
  fate: 'quarantined',
  second: 'opened',
});

/** The morning's mail comes in: in several charsets, twice, and under names that are not its own. */
export async function takeMail(stage: Stage): Promise<void> {
  const send = (script: Script, remark = '', whose = script.from) => {
    stage.tell(whose, `mails${remark}: ${script.subject}`);
    return mail(stage, script);
  };
  const first = await send(printer(stage), ' in ISO-2022-JP, delivered twice');
  const second = await send(phoneList(stage), ' HTML with a CSV file in CP932');
  const third = await send(locked(stage), ' in English');
  const fourth = await send(phish(stage), ' as employee-1', 'somebody');
  const fifth = await send(survey(stage), ' through an outside survey tool');
  const opened = [
    await openedBy(stage, first, 'printer'),
    await openedBy(stage, second, 'phone list'),
    await openedBy(stage, third, 'locked out'),
  ];
  for (const one of opened) stage.outcome(whereabouts(await untilStatus(stage, one, ['queued'])));
  await openedBy(stage, fourth, 'phish', 'closed');
  await openedBy(stage, fifth, 'survey');
}

/** An employee fills in a form. */
export async function takeForm(stage: Stage): Promise<void> {
  const { door, tell, outcome } = stage;
  const system = titled(stage, '経費精算');
  tell('employee-1', `submits the form account-request: ${system}`);
  const opened = await door.ask<Opened>('employee-1', 'POST', '/v1/inquiries', {
    form: 'account-request',
    fields: {
      action: 'create',
      system,
      account: castMember('employee-1').name,
      reason: '営業部に異動したため。',
    },
  });
  enter(stage, 'account request, by form', 'form', opened);
  const { number, id } = opened;
  const { subject } = await door.ask<Case>('employee-1', 'GET', `/v1/inquiries/${id}`);
  keepCase(stage, 'form', { id, number, subject, requester: 'employee-1', ending: 'resolved' });
  const page = await door.fetch(opened.statusUrl ?? '');
  outcome(`${number} ${opened.status}; its status page answers ${page.status}`);
}

interface Opened {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly statusUrl?: string;
}

function enter(
  { inputs }: Stage,
  label: string,
  channel: 'form' | 'phone',
  { id }: Pick<Opened, 'id'>,
): void {
  inputs.push({ label, channel, key: id, fate: 'opened', deliveries: 1, unheard: 0 });
}

const MINUTE = 60_000;

/** Two calls are logged: one was settled on the phone, one is left open. */
export async function takeCalls(stage: Stage): Promise<void> {
  const { door, tell, outcome } = stage;
  const log = async (name: string, subject: string, minutes: number, facts: object) => {
    const now = stage.now().getTime();
    const opened = await door.ask<Opened>('operator-a1', 'POST', '/v1/phone-logs', {
      caller: { address: castMember('employee-2').address, phone: '+81-3-5555-0123' },
      startedAt: new Date(now - minutes * MINUTE).toISOString(),
      endedAt: new Date(now).toISOString(),
      subject,
      ...facts,
    });
    enter(stage, `${name}, by phone`, 'phone', opened);
    const { id, number } = opened;
    keepCase(stage, name, { id, number, subject, requester: 'employee-2', ending: 'resolved' });
    return opened;
  };

  const projector = titled(stage, 'Projector stays dark');
  tell('operator-a1', `logs a call, resolved on the phone: ${projector}`);
  const settled = await log('projector', projector, 4, {
    summary: 'The projector in room 4 shows nothing.',
    outcome: 'resolved',
    answer: 'Input switched to HDMI 2; works.',
  });
  outcome(`${settled.number} ${settled.status}; it never waits at a desk`);

  const laptop = titled(stage, 'Laptop does not start');
  tell('operator-a1', `logs a call, left open: ${laptop}`);
  const open = await log('laptop', laptop, 3, {
    summary: 'The laptop does not start; a customer visit at noon.',
    callbackNumber: '+81-3-5555-0123',
    outcome: 'open',
    priority: 'high',
  });
  outcome(whereabouts(await untilStatus(stage, open, ['queued'])));
}
