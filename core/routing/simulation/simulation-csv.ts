import type { Desk } from '../../inquiry/terms/desk.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';
import { formatCsvTable } from '../../wording/format-csv.ts';
import { serviceLevelWords } from '../../wording/service-level-words.ts';
import type { ServiceLevelOutcome, SimulatedRow } from './simulated-routing.ts';

const columns = {
  number: { ja: '問い合わせ番号', en: 'Inquiry' },
  id: { ja: '問い合わせID', en: 'Inquiry id' },
  channel: { ja: '受付経路', en: 'Channel' },
  receivedAt: { ja: '受付日時', en: 'Received' },
  routedAt: { ja: '振り分け日時', en: 'Routed' },
  rules: { ja: '当時のルール版', en: 'Routed by version' },
  changed: { ja: '変わる項目', en: 'What differs' },
  oldDesk: { ja: '現行の窓口', en: 'Desk, as it was' },
  newDesk: { ja: '変更後の窓口', en: 'Desk, simulated' },
  oldPriority: { ja: '現行の優先度', en: 'Priority, as it was' },
  newPriority: { ja: '変更後の優先度', en: 'Priority, simulated' },
  oldCategory: { ja: '現行の分類', en: 'Category, as it was' },
  newCategory: { ja: '変更後の分類', en: 'Category, simulated' },
  oldRules: { ja: '現行の決め手', en: 'Decided by, as it was' },
  newRules: { ja: '変更後の決め手', en: 'Decided by, simulated' },
  nowDesk: { ja: '現在の窓口', en: 'Desk by now' },
  levels: { ja: 'SLAへの影響', en: 'Service levels' },
  unseen: { ja: '当時の状況が不明な窓口', en: 'Desks not looked at' },
} as const;

const outcomes: Readonly<Record<ServiceLevelOutcome, Readonly<Record<Language, string>>>> = {
  wouldMiss: { ja: '未達になる', en: 'would miss' },
  wouldMeet: { ja: '達成になる', en: 'would meet' },
  same: { ja: '変わらない', en: 'same' },
  unheld: { ja: '目標なしになる', en: 'no target' },
  unknown: { ja: '不明', en: 'unknown' },
};

/** Writes rows of a simulation as CSV for a spreadsheet. */
export function formatSimulationCsv(
  rows: readonly SimulatedRow[],
  language: Language,
  desks: readonly Pick<Desk, 'id' | 'name'>[],
): string {
  const { priorities, clocks } = serviceLevelWords[language];
  const nameOf = (id: string | undefined) =>
    id === undefined ? '' : (desks.find((desk) => desk.id === id)?.name[language] ?? id);
  const lines = rows.map(({ old, new: newDecision, ...row }) => ({
    ...{ number: row.number, id: row.id, channel: row.channel },
    ...{ receivedAt: row.receivedAt, routedAt: row.routedAt, rules: row.routedBy.rules },
    changed: row.changed.join(' '),
    ...{ oldDesk: nameOf(old.desk), newDesk: nameOf(newDecision.desk) },
    ...{ oldPriority: priorities[old.priority], newPriority: priorities[newDecision.priority] },
    ...{ oldCategory: old.category, newCategory: newDecision.category },
    ...{ oldRules: responsibleRulesOf(old), newRules: responsibleRulesOf(newDecision) },
    nowDesk: nameOf(row.now?.desk),
    levels: row.stakes
      .filter(({ outcome }) => outcome !== 'same')
      .map(({ clock, outcome }) => `${clocks[clock]}: ${outcomes[outcome][language]}`)
      .join('; '),
    unseen: row.unseen.map(nameOf).join('; '),
  }));
  return formatCsvTable(columns, language, lines);
}

/** The rules that decided desk and priority, each once. */
function responsibleRulesOf({ deskRule, placedBy, priorityRules }: SimulatedRow['old']): string {
  const deskRules = deskRule === undefined ? [] : [deskRule];
  return [...new Set([...deskRules, ...placedBy, ...priorityRules])].join(' ');
}
