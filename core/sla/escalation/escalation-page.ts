import { type Clock, isClockPaused, isClockRunning } from '../../inquiry/clock/clock.ts';
import { epochSecondOf } from '../../inquiry/clock/epoch-seconds.ts';
import type { Escalation, EscalationId } from '../../inquiry/clock/escalation.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';
import { formatLocalTime } from '../../wording/format-local-time.ts';
import { renderButton, renderFactList, renderPage } from '../../wording/render-page.ts';
import { serviceLevelWords } from '../../wording/service-level-words.ts';

/** What the page of an escalation shows: nothing that anybody wrote. */
export type EscalationPageView = {
  readonly number: string;
  readonly escalation?: Pick<Escalation, 'reason' | 'clock' | 'acknowledged'>;
  /** The deadline of its clock. */
  readonly dueAt?: Instant;
  readonly zone?: string;
  /** Who acknowledged is named to colleagues only. */
  readonly colleague: boolean;
};

/** Builds the view of an escalation; without `escalation` it is over. */
export function buildEscalationPageView(
  inquiry: Inquiry,
  id: EscalationId,
  serviceLevels: ServiceLevels,
  colleague: boolean,
): EscalationPageView {
  const escalation = inquiry.escalations.find((one) => one.id === id);
  const clock = inquiry.clocks.find(
    (one) => one.clock === escalation?.clock && one.cycle === escalation.cycle,
  );
  return {
    number: inquiry.number,
    colleague,
    ...(escalation === undefined ? {} : { escalation }),
    ...(clock === undefined ? {} : deadlineOf(clock, serviceLevels)),
  };
}

function deadlineOf(clock: Clock, serviceLevels: ServiceLevels) {
  const { target, breachedAt } = clock;
  const isCounting = isClockRunning(clock) && !isClockPaused(clock);
  const dueAt = breachedAt ?? (isCounting ? clock.dueAt : undefined);
  const calendar = target && serviceLevels.calendar(target.calendar);
  if (dueAt === undefined) return {};
  return {
    dueAt,
    ...(calendar === undefined ? {} : { zone: calendar.zoneAt(epochSecondOf(dueAt)) }),
  };
}

const pageWords = {
  ja: {
    title: '期限の通知',
    emergency: '緊急の通知',
    number: '受付番号',
    what: '通知',
    clock: '対象',
    dueAt: '期限',
    state: '状況',
    open: '確認待ち',
    acknowledged: (name: string, at: string) =>
      name === '' ? `確認済み、${at}` : `${name} さんが確認済み、${at}`,
    over: '対応が済んだか、別の通知に替わりました',
    button: '確認しました',
    hint: '押すと、この通知の続きは止まります。',
    warningHint: '押すと、確認したことが記録されます。期限を過ぎたときは、改めて通知します。',
    thanks: '確認を記録しました。この通知の続きは止まります。',
    warningThanks: '確認を記録しました。期限を過ぎたときは、改めて通知します。',
    tooLate: '対応が済んだか、別の通知に替わったため、確認は不要です。',
    gone: 'このリンクは無効か、有効期限が切れています。',
  },
  en: {
    title: 'Deadline notice',
    emergency: 'Emergency notice',
    number: 'Number',
    what: 'Notice',
    clock: 'Service level',
    dueAt: 'Deadline',
    state: 'State',
    open: 'waiting to be acknowledged',
    acknowledged: (name: string, at: string) =>
      name === '' ? `acknowledged on ${at}` : `acknowledged by ${name} on ${at}`,
    over: 'taken care of, or replaced by another notice',
    button: 'Acknowledge',
    hint: 'Nobody is told of it any further once you press it.',
    warningHint: 'It records that you know. You will be told again if the deadline is missed.',
    thanks: 'Your acknowledgement has been recorded. Nobody is told of it any further.',
    warningThanks:
      'Your acknowledgement has been recorded. You will be told again if the deadline is missed.',
    tooLate: 'It has been taken care of or replaced by another notice: nothing is left to do here.',
    gone: 'This link is not valid or has expired.',
  },
} as const;

/**
 * Writes the page, with a button that posts to the page's own address as long as nobody has
 * acknowledged.
 *
 * @param outcome the result of pressing the button
 */
export function renderEscalationPage(
  view: EscalationPageView,
  language: Language,
  outcome?: 'thanks' | 'tooLate',
): string {
  const words = pageWords[language];
  const { number, escalation, dueAt, zone } = view;
  const { clocks, reasons } = serviceLevelWords[language];
  const facts: (readonly [string, string])[] = [[words.number, number]];
  if (escalation !== undefined) facts.push([words.what, reasons[escalation.reason]]);
  if (escalation?.clock !== undefined) facts.push([words.clock, clocks[escalation.clock]]);
  if (dueAt !== undefined) facts.push([words.dueAt, formatLocalTime(dueAt, language, zone)]);
  facts.push([words.state, stateOf(view, language)]);
  const isOpen = escalation !== undefined && escalation.acknowledged === undefined;
  const title = escalation?.reason === 'emergency' ? words.emergency : words.title;
  // A miss is notified again, even if somebody has acknowledged the warning.
  const isWarning = escalation?.reason === 'warning';
  const thanks = isWarning ? words.warningThanks : words.thanks;
  return renderPage(language, `${title} ${number}`, [
    `<h1>${title}</h1>`,
    ...(outcome === undefined
      ? []
      : [`<p role="status">${outcome === 'thanks' ? thanks : words.tooLate}</p>`]),
    renderFactList(facts),
    ...(isOpen
      ? [renderButton(words.button), `<p>${isWarning ? words.warningHint : words.hint}</p>`]
      : []),
  ]);
}

/** Writes the page for a link that shows nothing, without saying why. */
export function renderUnknownEscalationPage(language: Language): string {
  const { title, gone } = pageWords[language];
  return renderPage(language, title, [`<h1>${title}</h1>`, `<p>${gone}</p>`]);
}

function stateOf({ escalation, colleague }: EscalationPageView, language: Language): string {
  const words = pageWords[language];
  if (escalation === undefined) return words.over;
  const { acknowledged } = escalation;
  if (acknowledged === undefined) return words.open;
  const name = colleague ? acknowledged.name : '';
  return words.acknowledged(name, formatLocalTime(acknowledged.at, language));
}
