import { resolve, takeUp } from '../agent-actions.ts';
import { caseOf, type Page, type Stage, untilStatus, whereabouts } from '../demo-context.ts';

interface Entry {
  readonly id: string;
  readonly number: string;
  readonly reason: string;
  readonly detail: string;
}

interface Judged {
  readonly status: string;
  readonly fate?: string;
}

/** The lead looks at what intake would not trust: throws one away, and lets one in. */
export async function judgeQuarantine(stage: Stage): Promise<void> {
  const { door, tell, outcome } = stage;
  const phish = caseOf(stage, 'phish');
  const survey = caseOf(stage, 'survey');
  for (const { number, reason, detail } of await quarantined(stage, [phish.id, survey.id])) {
    outcome(`${number} in quarantine as ${reason}: ${detail}`);
  }
  tell('lead-1', `discards ${phish.number}: ${phish.subject}`);
  const path = (id: string, verdict: string) => `/v1/quarantine/${id}/${verdict}`;
  const note = { note: 'Phishing.' };
  const gone = await door.ask<Judged>('lead-1', 'POST', path(phish.id, 'discard'), note);
  outcome(`${phish.number} ${gone.status}, and nobody was answered`);

  tell('lead-1', `releases ${survey.number}: ${survey.subject}`);
  const released = await door.ask<Judged>('lead-1', 'POST', path(survey.id, 'release'), {});
  outcome(`${survey.number} ${released.fate} after all`);
  outcome(whereabouts(await untilStatus(stage, survey, ['queued'])));
  const { lease } = await takeUp(stage, 'operator-a1', survey);
  const message = 'Please choose the headset under Settings, Sound.';
  await resolve(stage, 'operator-a1', survey, { fence: lease.fence, message });
}

async function quarantined({ door }: Stage, ids: readonly string[]): Promise<Entry[]> {
  const found: Entry[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '100', ...(cursor && { cursor }) });
    const page: Page<Entry> = await door.ask('lead-1', 'GET', `/v1/quarantine?${query}`);
    found.push(...page.items.filter(({ id }) => ids.includes(id)));
    cursor = page.next;
  } while (cursor !== null);
  return found;
}
