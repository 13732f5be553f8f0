import type { Language } from '../../inquiry/values/vocabulary.ts';
import { formatLocalTime } from '../../wording/format-local-time.ts';
import { formatTimeSpan } from '../../wording/format-time-span.ts';
import { formatSingleLine } from '../../wording/plain-text.ts';
import { serviceLevelWords } from '../../wording/service-level-words.ts';
import { type ContentBlock, makeParagraph } from './content-blocks.ts';
import type { EscalationFacts, GatheredNotices } from './escalation-facts.ts';
import type { NoticeContext } from './notice-context.ts';
import type { NoticeWording } from './wording.ts';

/** Builds the body of a notice about a near or missed deadline or an emergency. */
export function buildEscalationBlocks(
  context: NoticeContext,
  opening: string,
  wording: NoticeWording,
): ContentBlock[] {
  const { escalation, gathered, language } = context;
  return [
    makeParagraph(opening),
    { block: 'facts', rows: buildRows(context, wording) },
    ...(escalation === undefined ? [] : buildStateBlocks(escalation, context, wording)),
    ...(gathered === undefined ? [] : buildOthersBlocks(gathered, language, wording)),
  ];
}

/** Number, desk, clock and times only for a vendor's operators: nothing about any person. */
function buildRows(context: NoticeContext, wording: NoticeWording): (readonly [string, string])[] {
  const { inquiry, reader, language, deskName, escalation } = context;
  const { factNames, noSubject } = wording;
  const rows: (readonly [string, string])[] = [[factNames.number, inquiry.number]];
  if (deskName !== undefined) rows.push([factNames.desk, deskName]);
  if (reader !== 'vendor') {
    rows.push(
      [factNames.subject, formatSingleLine(inquiry.subject) || noSubject],
      [factNames.priority, serviceLevelWords[language].priorities[inquiry.priority]],
      [factNames.holder, inquiry.holder?.name ?? wording.nobody],
    );
  }
  return escalation === undefined
    ? rows
    : [
        ...rows,
        ...buildClockRows(escalation, language, wording),
        ...buildStepRow(escalation, wording),
      ];
}

function buildClockRows(
  { clock, dueAt, zone, left, late }: EscalationFacts,
  language: Language,
  { factNames, businessTime }: NoticeWording,
): (readonly [string, string])[] {
  if (clock === undefined) return [];
  const span = (seconds: number) => businessTime(formatTimeSpan(seconds, language));
  return [
    [factNames.clock, serviceLevelWords[language].clocks[clock]],
    ...(dueAt === undefined
      ? []
      : [[factNames.dueAt, formatLocalTime(dueAt, language, zone)] as const]),
    ...(left === undefined ? [] : [[factNames.left, span(left)] as const]),
    ...(late === undefined ? [] : [[factNames.late, span(late)] as const]),
  ];
}

/** A single step needs no number. */
function buildStepRow(
  { step, steps }: EscalationFacts,
  wording: NoticeWording,
): [string, string][] {
  return steps === 1 ? [] : [[wording.factNames.step, wording.stepOf(step, steps)]];
}

function buildStateBlocks(
  { state, reason, acknowledgedBy }: EscalationFacts,
  { acknowledgeLink: link, reader }: NoticeContext,
  wording: NoticeWording,
): ContentBlock[] {
  if (state === 'over') return [makeParagraph(wording.escalationOver)];
  if (state === 'acknowledged') {
    const name = reader === 'vendor' ? '' : (acknowledgedBy ?? '');
    return [makeParagraph(wording.acknowledgedBy(name))];
  }
  return link === undefined
    ? []
    : [
        makeParagraph(
          reason === 'warning' ? wording.acknowledgeWarningHint : wording.acknowledgeHint,
        ),
        { block: 'link', label: wording.acknowledgeLink, url: link },
      ];
}

function buildOthersBlocks(
  gathered: GatheredNotices,
  language: Language,
  wording: NoticeWording,
): ContentBlock[] {
  const { count, first } = gathered;
  if (count === 0) return [];
  const { clocks, reasons } = serviceLevelWords[language];
  const lines = first.map(({ number, kind, clock }) => {
    const clockLabel = clock === undefined ? reasons.emergency : clocks[clock];
    const reasonLabel = kind === 'sla-warning' ? reasons.warning : reasons.breach;
    return `- ${number} ${clock === undefined ? clockLabel : `${clockLabel}: ${reasonLabel}`}`;
  });
  const unnamedCount = count - first.length;
  return [
    makeParagraph(wording.othersToo(count)),
    {
      block: 'message',
      text: [...lines, ...(unnamedCount > 0 ? [`- ${wording.andMore(unnamedCount)}`] : [])].join(
        '\n',
      ),
    },
    makeParagraph(wording.breachList),
  ];
}
