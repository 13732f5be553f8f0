import type { JobNotice } from '../../inquiry/outbox/job-notice.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';
import { formatLocalTime } from '../../wording/format-local-time.ts';
import type { MailContent } from './compose-notice.ts';
import { makeParagraph, renderHtml, renderText } from './content-blocks.ts';
import { englishJobWording, japaneseJobWording } from './job-wording.ts';
import { englishWording } from './wording-en.ts';
import { japaneseWording } from './wording-ja.ts';

const wordings = {
  ja: { ...japaneseWording, job: japaneseJobWording },
  en: { ...englishWording, job: englishJobWording },
} as const;

/** Composes a mail about a job in its reader's language, with the address where the job is shown. */
export function composeJobNotice(
  { jobId, kind, facts }: JobNotice,
  language: Language,
  publicUrl: string,
): MailContent {
  const { job, sender, automatic } = wordings[language];
  const name = job.jobNames[facts.jobKind] ?? facts.jobKind;
  const subject = `${job.titles[kind]}: ${name}`;
  const rows: (readonly [string, string])[] = [
    [job.factNames.job, `${name} (${jobId})`],
    [job.factNames.startedAt, formatLocalTime(facts.startedAt, language)],
    [job.factNames.done, String(facts.done)],
  ];
  if (kind === 'set-aside') rows.push([job.factNames.setAside, String(facts.setAside)]);
  if (kind === 'stuck') {
    rows.push([job.factNames.failures, String(facts.failures)]);
    if (facts.nextRunAt !== undefined) {
      rows.push([job.factNames.nextRunAt, formatLocalTime(facts.nextRunAt, language)]);
    }
  }
  if (facts.reason !== undefined) rows.push([job.factNames.reason, facts.reason]);
  const blocks = [
    makeParagraph(job.openings[kind]),
    { block: 'facts', rows } as const,
    makeParagraph(job.whereToSee(`${publicUrl}/v1/jobs/${jobId}`)),
    { block: 'signature', lines: [sender, automatic] } as const,
  ];
  return {
    senderName: sender,
    subject,
    text: renderText(blocks),
    html: renderHtml(blocks, language, subject),
  };
}
