import type { Language } from '../../inquiry/values/vocabulary.ts';
import { formatLocalTime } from '../../wording/format-local-time.ts';
import { formatTimeSpan } from '../../wording/format-time-span.ts';
import { formatSingleLine } from '../../wording/plain-text.ts';
import { serviceLevelWords } from '../../wording/service-level-words.ts';
import { type Block, paragraph } from './content-blocks.ts';
import type { EscalationFacts, Gathered } from './escalation-facts.ts';
import type { Material } from './notice-context.ts';
import type { Wording } from './wording.ts';

/** The body of a warning, a miss or an emergency. */
export function escalationBlocks(material: Material, opening: string, wording: Wording): Block[] {
  const { escalation, gathered, language } = material;
  return [
    paragraph(opening),
    { block: 'facts', rows: rowsOf(material, wording) },
    ...(escalation === undefined ? [] : stateOf(escalation, material, wording)),
    ...(gathered === undefined ? [] : othersOf(gathered, language, wording)),
  ];
}

/** A vendor's operators are told the number, the clock and the time, and nothing of anybody. */
function rowsOf(material: Material, wording: Wording): (readonly [string, string])[] {
  const { inquiry, reader, language, deskName, escalation } = material;
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
    : [...rows, ...clockRows(escalation, language, wording), ...stepRow(escalation, wording)];
}

function clockRows(
  { clock, dueAt, zone, left, late }: EscalationFacts,
  language: Language,
  { factNames, businessTime }: Wording,
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

/** The only step needs no number. */
function stepRow({ step, steps }: EscalationFacts, wording: Wording): [string, string][] {
  return steps === 1 ? [] : [[wording.factNames.step, wording.stepOf(step, steps)]];
}

function stateOf(
  { state, reason, acknowledgedBy }: EscalationFacts,
  { acknowledgeLink: link, reader }: Material,
  wording: Wording,
): Block[] {
  if (state === 'over') return [paragraph(wording.escalationOver)];
  if (state === 'acknowledged') {
    const name = reader === 'vendor' ? '' : (acknowledgedBy ?? '');
    return [paragraph(wording.acknowledgedBy(name))];
  }
  return link === undefined
    ? []
    : [
        paragraph(reason === 'warning' ? wording.acknowledgeWarningHint : wording.acknowledgeHint),
        { block: 'link', label: wording.acknowledgeLink, url: link },
      ];
}

function othersOf(gathered: Gathered, language: Language, wording: Wording): Block[] {
  const { count, first } = gathered;
  if (count === 0) return [];
  const { clocks, reasons } = serviceLevelWords[language];
  const lines = first.map(({ number, kind, clock }) => {
    const what = clock === undefined ? reasons.emergency : clocks[clock];
    const how = kind === 'sla-warning' ? reasons.warning : reasons.breach;
    return `- ${number} ${clock === undefined ? what : `${what}: ${how}`}`;
  });
  const unnamed = count - first.length;
  return [
    paragraph(wording.othersToo(count)),
    {
      block: 'message',
      text: [...lines, ...(unnamed > 0 ? [`- ${wording.andMore(unnamed)}`] : [])].join('\n'),
    },
    paragraph(wording.breachList),
  ];
}
