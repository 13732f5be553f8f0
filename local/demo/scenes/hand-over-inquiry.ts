import { acceptOffer, claimAndConfirm, resolveCase, sendCommand } from '../agent-actions.ts';
import {
  type DemoCase,
  type DemoContext,
  type DemoInquiry,
  describeWhereabouts,
  findCase,
  waitForStatus,
} from '../demo-context.ts';

interface MessageWithAttachments {
  readonly attachments: readonly {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    readonly size: number;
  }[];
}

/** Plays a handover to staff, one of whom gets the inquiry. */
export async function handOverInquiry(context: DemoContext): Promise<void> {
  const { api, tell, outcome } = context;
  const one = findCase(context, 'phone list');
  const claim = await claimAndConfirm(context, 'operator-a1', one);
  await sendCommand(context, 'operator-a1', one, 'transfer', {
    fence: claim.lease.fence,
    desk: 'staff',
    note: '社内サイトの更新は社員にお願いします。',
  });
  tell('operator-a1', `transfers ${one.number} to staff, with a note`);
  const viewAfter = await api.request<DemoInquiry>('operator-a1', 'GET', `/v1/inquiries/${one.id}`);
  if (viewAfter.stub)
    outcome(`to operator-a1 it is now a stub of number and status: ${viewAfter.status}`);
  const who = await acceptOffer(context, one);
  await downloadAttachment(context, who, one);
  await resolveCase(context, who, one, { message: '内線一覧を社内サイトに掲載しました。' });
}

async function downloadAttachment(
  { api, tell, outcome }: DemoContext,
  who: string,
  { id }: DemoCase,
): Promise<void> {
  const thread = await api.request<{ items: MessageWithAttachments[] }>(
    who,
    'GET',
    `/v1/inquiries/${id}/messages`,
  );
  const attachment = thread.items.flatMap(({ attachments }) => attachments)[0];
  if (attachment === undefined) throw new Error('The attachment is not in the thread.');
  const path = `/v1/inquiries/${id}/attachments/${attachment.id}`;
  const { url } = await api.request<{ url: string }>(who, 'GET', path);
  const file = await api.fetch(url);
  const bytes = Buffer.from(await file.arrayBuffer());
  tell(who, `downloads ${attachment.name}`);
  const text = new TextDecoder('shift_jis').decode(bytes).trim().replaceAll('\r\n', ' / ');
  outcome(`${attachment.type}, ${bytes.length} bytes: ${text}`);
}

/** Plays the form's inquiry, which the rules send to staff without anybody's help. */
export async function provideAccount(context: DemoContext): Promise<void> {
  const one = findCase(context, 'form');
  const inquiry = await waitForStatus(context, one, ['queued', 'in_progress']);
  context.tell('', `the rules have sent the form to staff: ${inquiry.subject}`);
  context.outcome(describeWhereabouts(inquiry));
  const who = await acceptOffer(context, one);
  await resolveCase(context, who, one, { message: 'アカウントを作成しました。' });
}

/** Plays an operator who calls a caller back. */
export async function callCallerBack(context: DemoContext): Promise<void> {
  const one = findCase(context, 'laptop');
  const claim = await claimAndConfirm(context, 'operator-a1', one);
  const message = 'As said on the phone: hold the power button for 20 seconds, then start again.';
  await resolveCase(context, 'operator-a1', one, { fence: claim.lease.fence, message });
}
