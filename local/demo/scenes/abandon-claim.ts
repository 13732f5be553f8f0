import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClaimedInquiry,
  claimAndConfirm,
  OUTSOURCED_DESK,
  readDeskWorklist,
  releaseUnlessWanted,
  requestNextInquiry,
  resolveCase,
  sendCommand,
} from '../agent-actions.ts';
import { ApiRefusedError } from '../api-client.ts';
import { type DemoCase, type DemoContext, findCase, waitForStatus } from '../demo-context.ts';
import { submitMail, tagSubject, waitForMailAbout, waitForOpenedCase } from '../submit-mail.ts';

const NAME = 'vpn';
const CLAIMS = 30;
const POLL_SECONDS = 20;
const PAUSE_MILLISECONDS = 2000;

/** Plays an operator who claims and disappears; comes first, since the lease lasts a minute. */
export async function claimAndAbandon(context: DemoContext): Promise<number> {
  const { tell, outcome } = context;
  const submitted = await submitMail(context, {
    label: 'VPN, in Shift_JIS',
    from: 'employee-1',
    charset: 'Shift_JIS',
    subject: tagSubject(context, 'VPNに接続できません'),
    text: 'お世話になっております。佐藤です。\n\n今朝からVPNに接続できません。エラー①「認証に失敗しました」\n㈱髙橋様との会議が10時からあります。\n',
    fate: 'opened',
  });
  tell('employee-1', `mails in Shift_JIS: ${submitted.script.subject}`);
  const one = await waitForOpenedCase(context, submitted, NAME);
  const { desk } = await waitForStatus(context, one, ['queued']);
  const seconds = ((performance.now() - submitted.acceptedAt) / 1000).toFixed(1);
  outcome(`${one.number} waits at ${desk}, ${seconds} s after SMTP took the mail`);

  const [top] = await readDeskWorklist(context, 'operator-a2');
  const next = top?.id === one.id ? await requestNextInquiry(context, 'operator-a2', 0) : undefined;
  const isOurs =
    next !== undefined && !(await releaseUnlessWanted(context, 'operator-a2', next, one));
  const claim = isOurs ? next : await claimByNumber(context, one);
  const { fence } = claim.lease;
  tell('operator-a2', `claims ${one.number} (fence ${fence}), and vanishes without a heartbeat`);
  return fence;
}

async function claimByNumber({ api }: DemoContext, { id }: DemoCase): Promise<ClaimedInquiry> {
  return api.request<ClaimedInquiry>('operator-a2', 'POST', `/v1/inquiries/${id}/claim`, {});
}

/** Plays the end of the lease: the next operator gets the inquiry, the first is back too late. */
export async function reofferInquiry(context: DemoContext, staleFence: number): Promise<void> {
  const { tell, outcome } = context;
  const one = findCase(context, NAME);
  tell(
    'operator-a1',
    `waits at ${OUTSOURCED_DESK} for what comes next; an unconfirmed claim lapses after a minute`,
  );
  const { lease } = await waitForOffer(context, one);
  outcome(`${one.number} was taken from operator-a2 and offered again: fence ${lease.fence}`);
  await sendCommand(context, 'operator-a1', one, 'heartbeat', { fence: lease.fence });

  tell('operator-a2', `is back, and answers under the old fence ${staleFence}`);
  const lateMessage = { kind: 'public', text: '再起動してみてください。', fence: staleFence };
  outcome(
    `refused: ${await readRefusal(sendCommand(context, 'operator-a2', one, 'messages', lateMessage))}`,
  );
  const { number } = one;
  const noticeMail = await waitForMailAbout(
    context,
    { number, requester: 'operator-a2' },
    () => true,
  );
  if (noticeMail !== undefined) outcome(`told so by mail: ${noticeMail.headers['subject']}`);
  await resolveCase(context, 'operator-a1', one, {
    fence: lease.fence,
    message: 'VPNの証明書を更新しました。クライアントを再起動して、接続をお試しください。',
  });
}

/** Long-polls the desk while nothing else waits there, as an operator's script would. */
async function waitForOffer(context: DemoContext, one: DemoCase): Promise<ClaimedInquiry> {
  for (let attempt = 0; attempt < CLAIMS; attempt += 1) {
    const waiting = await readDeskWorklist(context, 'operator-a1');
    if (waiting.some(({ id }) => id === one.id))
      return claimAndConfirm(context, 'operator-a1', one);
    if (waiting.length > 0) {
      await sleep(PAUSE_MILLISECONDS);
      continue;
    }
    const next = await requestNextInquiry(context, 'operator-a1', POLL_SECONDS);
    if (next !== undefined && !(await releaseUnlessWanted(context, 'operator-a1', next, one)))
      return next;
  }
  throw new Error(`${one.number} was not offered again.`);
}

async function readRefusal(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof ApiRefusedError && error.code === 'work.lease-lost') return error.message;
    throw error;
  }
  throw new Error('An answer under an old fence was accepted.');
}
