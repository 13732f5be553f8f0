import { accepted, command, resolve, takeUp } from '../agent-actions.ts';
import {
  type Case,
  caseOf,
  type Inquiry,
  type Stage,
  untilStatus,
  whereabouts,
} from '../demo-context.ts';

interface Message {
  readonly attachments: readonly {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly size: number;
  }[];
}

/** An operator hands over to staff, to one of whom it is assigned. */
export async function handOver(stage: Stage): Promise<void> {
  const { door, tell, outcome } = stage;
  const one = caseOf(stage, 'phone list');
  const claim = await takeUp(stage, 'operator-a1', one);
  await command(stage, 'operator-a1', one, 'transfer', {
    fence: claim.lease.fence,
    desk: 'staff',
    note: '社内サイトの更新は社員にお願いします。',
  });
  tell('operator-a1', `transfers ${one.number} to staff, with a note`);
  const seen = await door.ask<Inquiry>('operator-a1', 'GET', `/v1/inquiries/${one.id}`);
  if (seen.stub) outcome(`to operator-a1 it is now a stub of number and status: ${seen.status}`);
  const who = await accepted(stage, one);
  await download(stage, who, one);
  await resolve(stage, who, one, { message: '内線一覧を社内サイトに掲載しました。' });
}

async function download({ door, tell, outcome }: Stage, who: string, { id }: Case): Promise<void> {
  const thread = await door.ask<{ items: Message[] }>(who, 'GET', `/v1/inquiries/${id}/messages`);
  const attachment = thread.items.flatMap(({ attachments }) => attachments)[0];
  if (attachment === undefined) throw new Error('The attachment is not in the thread.');
  const path = `/v1/inquiries/${id}/attachments/${attachment.id}`;
  const { url } = await door.ask<{ url: string }>(who, 'GET', path);
  const file = await door.fetch(url);
  const bytes = Buffer.from(await file.arrayBuffer());
  tell(who, `downloads ${attachment.name}`);
  const text = new TextDecoder('shift_jis').decode(bytes).trim().replaceAll('\r\n', ' / ');
  outcome(`${attachment.type}, ${bytes.length} bytes: ${text}`);
}

/** The form's inquiry goes to staff by the rules, without anybody's doing. */
export async function provideAccount(stage: Stage): Promise<void> {
  const one = caseOf(stage, 'form');
  const inquiry = await untilStatus(stage, one, ['queued', 'in_progress']);
  stage.tell('', `the rules have sent the form to staff: ${inquiry.subject}`);
  stage.outcome(whereabouts(inquiry));
  const who = await accepted(stage, one);
  await resolve(stage, who, one, { message: 'アカウントを作成しました。' });
}

/** Who called is called back. */
export async function callBack(stage: Stage): Promise<void> {
  const one = caseOf(stage, 'laptop');
  const claim = await takeUp(stage, 'operator-a1', one);
  const message = 'As said on the phone: hold the power button for 20 seconds, then start again.';
  await resolve(stage, 'operator-a1', one, { fence: claim.lease.fence, message });
}
