import { type AccessRecord, recordRead } from '../../access/access-record.ts';
import { may } from '../../access/may.ts';
import type { Person } from '../../access/person.ts';
import type { EventOf, InquiryEvent } from '../../inquiry/events/events.ts';
import type { InquiryLedger } from '../../inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { DeskSettings } from '../../inquiry/terms/desk-settings.ts';
import { findDesk, type Terms } from '../../inquiry/terms/terms.ts';
import type { InquiryId } from '../../inquiry/values/ids.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';
import { formatLocalTime } from '../../wording/format-local-time.ts';
import { serviceLevelWords } from '../../wording/service-level-words.ts';
import type { RoutingConfigLedger } from '../configuration/config-ports.ts';
import { readConfigVersion } from '../configuration/configure-routing.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { explainReason, explanationWords, isPlacementRule } from './explain-reason.ts';
import type { ExplainedField, ExplanationWords, RoutingDisplayNames } from './explanation-words.ts';

export type ExplainRoutingDependencies = {
  readonly ledger: Pick<InquiryLedger, 'load' | 'events'>;
  readonly versions: RoutingConfigLedger;
};

/** Why an inquiry went where it went, in words. */
export type RoutingAccount = ReturnType<typeof buildRoutingAccount> & {
  readonly accessRecord: AccessRecord;
};

const eventPageSize = 100;

/**
 * Explains in words each routing of an inquiry and the transfers by people since.
 *
 * Rules have their names from the version that routed it, or their ids where that version is gone.
 * Refuses `access.not-found` and `access.forbidden`.
 */
export async function explainRouting(
  { ledger, versions }: ExplainRoutingDependencies,
  id: InquiryId,
  actor: Person,
  terms: Terms,
  language: Language,
): Promise<RoutingAccount | Refusal> {
  const loaded = await ledger.load(id);
  const permission =
    loaded === undefined ? 'hidden' : may(actor, 'explain-routing', loaded.inquiry);
  if (loaded === undefined || permission === 'hidden') {
    return refuse('access.not-found', 'There is no such inquiry.');
  }
  if (permission === 'forbidden') return refuse('access.forbidden', 'This is not for you.');
  const { inquiry } = loaded;
  const events = await readEvents(ledger, inquiry);
  const routedEvents = await Promise.all(
    events.filter(isRouted).map(async (event): Promise<RoutedWithConfig> => {
      const [rules, settings] = await Promise.all([
        readConfigVersion({ versions }, 'routing', event.rules),
        readConfigVersion({ versions }, 'desks', event.settings ?? 0),
      ]);
      return {
        event,
        ...(isRefusal(rules) ? {} : { rules: rules.body }),
        ...(isRefusal(settings) ? {} : { settings: settings.body }),
      };
    }),
  );
  const account = buildRoutingAccount(
    inquiry,
    routedEvents,
    events.filter(isTransferred),
    terms,
    language,
  );
  return { ...account, accessRecord: recordRead(actor, inquiry) };
}

/** A routing event with the configuration then in force, as far as it is still known. */
type RoutedWithConfig = {
  readonly event: EventOf<'InquiryRouted'>;
  readonly rules?: RuleSet;
  readonly settings?: DeskSettings;
};

function buildRoutingAccount(
  { id, number, status }: Inquiry,
  routedEvents: readonly RoutedWithConfig[],
  transfers: readonly EventOf<'InquiryTransferred'>[],
  terms: Terms,
  language: Language,
) {
  const words = explanationWords[language];
  const routings = routedEvents.map((one) => explainRouted(one, terms, language));
  const names = makeDisplayNames(terms, undefined, language);
  const afterwards = transfers.map(({ at, by, from, desk, note }) => {
    const who = by.kind === 'agent' ? by.name : words.system;
    const origin = from === undefined ? {} : { from: { id: from, name: names.desk(from) } };
    return {
      ...{ at, ...origin, desk: { id: desk, name: names.desk(desk) }, by: who },
      ...(note === undefined ? {} : { note }),
      text: words.transferred({
        ...{ at: names.time(at), by: who, desk: names.desk(desk) },
        ...(from === undefined ? {} : { from: names.desk(from) }),
      }),
    };
  });
  const last = routings.at(-1);
  const unrouted = words.summary.unrouted[transfers.length > 0 ? 'transferred' : status];
  const since = transfers.filter(({ at }) => last !== undefined && at >= last.at).length;
  return {
    ...{ inquiry: { id, number }, language, status },
    summary:
      last === undefined ? unrouted : words.summary.routed(last.desk.name, last.responsible, since),
    routings: routings.map(({ responsible: _, ...routing }) => routing),
    afterwards,
  };
}

function explainRouted(routed: RoutedWithConfig, terms: Terms, language: Language) {
  const { event, rules } = routed;
  const { at, desk, vendor, pool, priority, category, availableAt, trace } = event;
  const words = explanationWords[language];
  const names = makeDisplayNames(terms, routed, language);
  const steps = trace.map((entry) => explainStep(entry, rules, words, names, language));
  const decider = steps.find(({ decides }) => decides);
  const responsible = decider === undefined ? undefined : nameDecider(decider, language);
  return {
    ...{ at, desk: { id: desk, name: names.desk(desk) } },
    ...(vendor === undefined ? {} : { vendor }),
    ...(pool === undefined ? {} : { pool: { id: pool, name: names.pool(pool) } }),
    ...{ priority, category },
    ...(availableAt === undefined ? {} : { availableAt }),
    versions: { rules: event.rules, settings: event.settings ?? 0 },
    ...(decider === undefined ? {} : { decidedBy: decider.rule }),
    text: words.routed({
      ...{ at: names.time(at), desk: names.desk(desk), category },
      priority: serviceLevelWords[language].priorities[priority],
      ...(responsible === undefined ? {} : { by: responsible }),
      ...(availableAt === undefined ? {} : { until: names.time(availableAt) }),
    }),
    steps,
    responsible,
  };
}

function nameDecider({ kind, name }: { kind: string; name: string }, language: Language): string {
  if (kind !== 'rule') return language === 'ja' ? '既定の内容' : 'the default';
  return language === 'ja' ? `ルール「${name}」` : `rule “${name}”`;
}

function explainStep(
  { rule, matched, because, set }: EventOf<'InquiryRouted'>['trace'][number],
  rules: RuleSet | undefined,
  words: ExplanationWords,
  names: RoutingDisplayNames,
  language: Language,
) {
  const reasons = because.map((reason) => explainReason(reason, words, names));
  const isPlacement = isPlacementRule(rule);
  const definition = rules?.rules.find(({ id }) => id === rule);
  const actions: Readonly<Record<string, unknown>> =
    rule === 'otherwise'
      ? (rules?.otherwise ?? {})
      : rule === 'services'
        ? { service: findNamedService(because, rules) }
        : (definition?.set ?? {});
  const sets = set.flatMap((field) => {
    const format = Object.hasOwn(words.sets, field)
      ? words.sets[field as ExplainedField]
      : undefined;
    return format === undefined ? [] : [format(formatSetValue(actions[field], words), names)];
  });
  const decides = !isPlacement && matched && (set.includes('desk') || set.includes('pool'));
  const holds = set.includes('availableAt');
  if (isPlacement || rule === 'otherwise' || rule === 'services') {
    const name = words.steps[rule];
    const step = { name, matched, reasons, sets, decides };
    const kinds = { otherwise: 'otherwise', services: 'service' } as const;
    const kind = isPlacement ? ('placement' as const) : kinds[rule];
    return { rule, kind, ...step, text: words.step(rule, { ...step, holds }) };
  }
  const step = { name: definition?.name?.[language] ?? rule, matched, reasons, sets, decides };
  return { rule, kind: 'rule' as const, ...step, text: words.rule(step) };
}

/** The service that the words of a reason name. */
function findNamedService(
  because: readonly string[],
  rules: RuleSet | undefined,
): string | undefined {
  const named = Object.entries(rules?.services ?? {}).find(([, { words = [] }]) =>
    words.some((word) => because.includes(`words: ${word}`)),
  );
  return named?.[0];
}

/** A value of the rule set as text; undefined where the version does not have it. */
function formatSetValue(value: unknown, { separator }: ExplanationWords): string | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value.join(separator) : String(value);
}

function makeDisplayNames(
  terms: Terms,
  routed: RoutedWithConfig | undefined,
  language: Language,
): RoutingDisplayNames {
  const { rules, settings } = routed ?? {};
  const lookUp = <Of>(all: Readonly<Record<string, Of>> | undefined, id: string): Of | undefined =>
    all !== undefined && Object.hasOwn(all, id) ? all[id] : undefined;
  return {
    desk: (id) => findDesk(terms, id)?.name[language] ?? id,
    pool: (id) => lookUp(settings?.pools, id)?.name[language] ?? id,
    service: (id) => lookUp(rules?.services, id)?.name[language] ?? id,
    time: (at) => formatLocalTime(at, language),
  };
}

async function readEvents(
  ledger: Pick<InquiryLedger, 'events'>,
  { id, version }: Inquiry,
): Promise<InquiryEvent[]> {
  const events: InquiryEvent[] = [];
  while (events.length < version) {
    const page = await ledger.events(id, events.length, eventPageSize);
    if (page.length === 0) break;
    events.push(...page.map(({ event }) => event));
  }
  return events;
}

function isRouted(event: InquiryEvent): event is EventOf<'InquiryRouted'> {
  return event.type === 'InquiryRouted';
}

function isTransferred(event: InquiryEvent): event is EventOf<'InquiryTransferred'> {
  return event.type === 'InquiryTransferred';
}
