import { claimAndConfirm, resolveCase } from '../agent-actions.ts';
import {
  type DemoContext,
  describeWhereabouts,
  findCase,
  type ListPage,
  waitForStatus,
} from '../demo-context.ts';

interface QuarantinedMail {
  readonly id: string;
  readonly number: string;
  readonly reason: string;
  readonly detail: string;
}

interface JudgedInquiry {
  readonly status: string;
  readonly fate?: string;
}

/** Plays the lead's review of the quarantine: one mail is discarded, and one released. */
export async function judgeQuarantine(context: DemoContext): Promise<void> {
  const { api, tell, outcome } = context;
  const phish = findCase(context, 'phish');
  const survey = findCase(context, 'survey');
  for (const { number, reason, detail } of await findQuarantined(context, [phish.id, survey.id])) {
    outcome(`${number} in quarantine as ${reason}: ${detail}`);
  }
  tell('lead-1', `discards ${phish.number}: ${phish.subject}`);
  const path = (id: string, verdict: string) => `/v1/quarantine/${id}/${verdict}`;
  const note = { note: 'Phishing.' };
  const discarded = await api.request<JudgedInquiry>(
    'lead-1',
    'POST',
    path(phish.id, 'discard'),
    note,
  );
  outcome(`${phish.number} ${discarded.status}, and nobody was answered`);

  tell('lead-1', `releases ${survey.number}: ${survey.subject}`);
  const released = await api.request<JudgedInquiry>(
    'lead-1',
    'POST',
    path(survey.id, 'release'),
    {},
  );
  outcome(`${survey.number} ${released.fate} after all`);
  outcome(describeWhereabouts(await waitForStatus(context, survey, ['queued'])));
  const { lease } = await claimAndConfirm(context, 'operator-a1', survey);
  const message = 'Please choose the headset under Settings, Sound.';
  await resolveCase(context, 'operator-a1', survey, { fence: lease.fence, message });
}

async function findQuarantined(
  { api }: DemoContext,
  ids: readonly string[],
): Promise<QuarantinedMail[]> {
  const quarantined: QuarantinedMail[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '100', ...(cursor && { cursor }) });
    const page: ListPage<QuarantinedMail> = await api.request(
      'lead-1',
      'GET',
      `/v1/quarantine?${query}`,
    );
    quarantined.push(...page.items.filter(({ id }) => ids.includes(id)));
    cursor = page.next;
  } while (cursor !== null);
  return quarantined;
}
