import { Priority, type ServiceId } from '../../core/inquiry/values/vocabulary.ts';
import type { InquiryRoute } from '../../core/routing/rules/compiled-rules.ts';
import type { MeasureBounds, Phrases, RuleCondition } from '../../core/routing/rules/conditions.ts';
import { normalizeText } from '../../core/routing/rules/normalize-text.ts';
import type { RoutingFacts } from '../../core/routing/rules/routing-facts.ts';
import { defaultPriorityMatrix, type RuleSet } from '../../core/routing/rules/rule-set.ts';

/** What is known while rules are evaluated one by one. */
type RuleState = {
  category: string | undefined;
  service: ServiceId | undefined;
  tags: Set<string>;
  direct?: Priority | undefined;
  impact?: 'high' | 'medium' | 'low' | undefined;
  urgency?: 'high' | 'medium' | 'low' | undefined;
};

/** Routes as the rule language is documented, without regard to speed: every rule, every phrase. */
export function routeSlowly(set: RuleSet, facts: RoutingFacts): InquiryRoute {
  const state: RuleState = {
    category: facts.category,
    service: facts.service,
    tags: new Set(facts.tags),
  };
  const trace: InquiryRoute['trace'] = [];
  const say = (rule: string, because: string[], names: string[]) =>
    trace.push({
      ...{ rule, matched: true, set: names },
      because: because.slice(0, 20).map((one) => one.slice(0, 200)),
    });
  if (state.service === undefined) {
    for (const [id, { words = [] }] of Object.entries(set.services ?? {})) {
      if (state.service !== undefined) continue;
      const word = words.find((one) => hasWordSlowly(facts.text, normalizeText(one)));
      if (word === undefined) continue;
      state.service = id as ServiceId;
      say('services', [`words: ${word}`], ['service']);
    }
  }
  let target:
    | { desk: InquiryRoute['desk'] & string }
    | { pool: InquiryRoute['pool'] & string }
    | undefined;
  let policy: InquiryRoute['policy'];
  let flag: string | undefined;
  const skills = new Set<string>();
  const marks: { expedite?: true; hold?: true } = {};
  for (const rule of set.rules) {
    if (rule.enabled === false) continue;
    const because = findReasonsSlowly(rule.when, facts, state, set);
    if (because === undefined) continue;
    const actions = rule.set;
    const hadTarget = target !== undefined;
    const hadFlag = flag !== undefined;
    say(
      rule.id,
      because,
      Object.keys(actions).filter((name) => {
        if (name === 'desk' || name === 'pool') return !hadTarget;
        return name !== 'flag' || !hadFlag;
      }),
    );
    if (!hadTarget && actions.desk !== undefined) target = { desk: actions.desk };
    if (!hadTarget && actions.pool !== undefined) target = { pool: actions.pool };
    if (actions.impact !== undefined) {
      state.impact = actions.impact;
      state.direct = undefined;
    }
    if (actions.urgency !== undefined) {
      state.urgency = actions.urgency;
      state.direct = undefined;
    }
    if (actions.priority !== undefined) state.direct = actions.priority;
    if (actions.category !== undefined) state.category = actions.category;
    if (actions.service !== undefined) state.service = actions.service;
    if (actions.policy !== undefined) policy = actions.policy;
    for (const tag of actions.tags ?? []) state.tags.add(tag);
    for (const skill of actions.skills ?? []) skills.add(skill);
    if (actions.expedite) marks.expedite = true;
    if (actions.hold) marks.hold = true;
    if (!hadFlag) flag = actions.flag;
  }
  const ruled = computeRuledPriority(set, state);
  const defaults = [
    ...(target === undefined ? ['desk'] : []),
    ...(ruled === undefined ? ['priority'] : []),
    ...(state.category === undefined ? ['category'] : []),
  ];
  if (defaults.length > 0) say('otherwise', [], defaults);
  return {
    ...(target ?? { desk: set.otherwise.desk }),
    priority:
      facts.priority === 'medium'
        ? (ruled ?? set.otherwise.priority)
        : higherOf(facts.priority, ruled ?? facts.priority),
    category: state.category ?? set.otherwise.category,
    ...(state.service === undefined ? {} : { service: state.service }),
    ...(policy === undefined ? {} : { policy }),
    tags: [...state.tags].slice(0, 20),
    skills: [...skills].slice(0, 20),
    ...marks,
    ...(flag === undefined ? {} : { flag }),
    rules: set.version,
    trace: trace.slice(0, 100),
  };
}

function computeRuledPriority(set: RuleSet, state: RuleState): Priority | undefined {
  if (state.direct !== undefined) return state.direct;
  if (state.impact === undefined && state.urgency === undefined) return undefined;
  return (set.matrix ?? defaultPriorityMatrix)[state.impact ?? 'medium'][state.urgency ?? 'medium'];
}

function higherOf(one: Priority, other: Priority): Priority {
  return Priority.options.indexOf(one) < Priority.options.indexOf(other) ? one : other;
}

/** Why a condition holds; undefined when it does not. */
export function findReasonsSlowly(
  when: RuleCondition,
  facts: RoutingFacts,
  state: RuleState,
  set: RuleSet,
): string[] | undefined {
  if ('all' in when) {
    const each = when.all.map((one) => findReasonsSlowly(one, facts, state, set));
    return each.includes(undefined) ? undefined : each.flatMap((one) => one ?? []);
  }
  if ('any' in when) {
    return when.any
      .map((one) => findReasonsSlowly(one, facts, state, set))
      .find((one) => one !== undefined);
  }
  if ('not' in when) {
    return findReasonsSlowly(when.not, facts, state, set) === undefined ? ['not'] : undefined;
  }
  const phrase = (phrases: Phrases, test: (normalized: string) => boolean) =>
    readPhrases(phrases, set).find((one) => test(normalizeText(one)));
  const because = (fact: string, found: unknown) =>
    found === undefined ? undefined : [`${fact}: ${String(found)}`];
  const among = (fact: string, wanted: readonly unknown[], value: unknown) =>
    value !== undefined && wanted.includes(value) ? [`${fact}: ${String(value)}`] : undefined;
  if ('channel' in when) return among('channel', when.channel, facts.channel);
  if ('form' in when) return among('form', when.form, facts.form);
  if ('department' in when) return among('department', when.department, facts.department);
  if ('language' in when) return among('language', when.language, facts.language);
  if ('sender' in when) return among('sender', when.sender, facts.sender);
  if ('vip' in when) return among('vip', [when.vip], facts.vip);
  if ('external' in when) return among('external', [when.external], facts.external);
  if ('automated' in when) return among('automated', [when.automated], facts.automated);
  if ('category' in when) return among('category', when.category, state.category);
  if ('service' in when) return among('service', when.service, state.service);
  if ('criticality' in when) {
    const { criticality } = set.services?.[state.service ?? ('' as ServiceId)] ?? {};
    return among('criticality', when.criticality, criticality);
  }
  if ('priority' in when) {
    const ruled = computeRuledPriority(set, state);
    const sofar =
      facts.priority === 'medium' ? (ruled ?? 'medium') : higherOf(facts.priority, ruled ?? 'low');
    return among('priority', when.priority, sofar);
  }
  if ('tag' in when)
    return because(
      'tag',
      when.tag.find((tag) => state.tags.has(tag)),
    );
  if ('senderDomain' in when) {
    const domain = facts.senderDomain;
    const fits = when.senderDomain.some((written) => {
      const wanted = written.toLowerCase();
      if (!wanted.startsWith('.')) return domain === wanted;
      return domain === wanted.slice(1) || domain?.endsWith(wanted);
    });
    return fits ? [`senderDomain: ${domain}`] : undefined;
  }
  if ('text' in when) {
    return because(
      'text',
      phrase(when.text, (one) => facts.text.includes(one)),
    );
  }
  if ('subject' in when) {
    return because(
      'subject',
      phrase(when.subject, (one) => facts.subject.includes(one)),
    );
  }
  if ('words' in when) {
    return because(
      'words',
      phrase(when.words, (one) => hasWordSlowly(facts.text, one)),
    );
  }
  if ('pattern' in when) {
    return because(
      'pattern',
      when.pattern.find((one) => compileGlob(one).test(facts.text)),
    );
  }
  if ('field' in when) {
    const { name, is, contains, exists, min, max } = when.field;
    const value = Object.hasOwn(facts.fields, name) ? (facts.fields[name] ?? undefined) : undefined;
    const reasons: (string | undefined)[] = [];
    const folded = (one: unknown) => (typeof one === 'string' ? normalizeText(one) : one);
    if (is !== undefined) {
      const found = [value].flat().find((one) => is.map(folded).includes(folded(one) as string));
      reasons.push(found === undefined ? undefined : `field: ${name} ${found}`);
    }
    if (contains !== undefined) {
      const text = value === undefined ? '' : normalizeText([value].flat().join('\n'));
      const found = phrase(contains, (one) => text.includes(one));
      reasons.push(found === undefined ? undefined : `field.contains: ${name} ${found}`);
    }
    if (exists !== undefined) {
      const holds = exists === (value !== undefined);
      reasons.push(holds ? `field.exists: ${name} ${exists}` : undefined);
    }
    if (min !== undefined || max !== undefined) {
      const isNumber = typeof value === 'number' || (typeof value === 'string' && /\d/.test(value));
      const number = isNumber ? Number(value) : Number.NaN;
      const holds = number >= (min ?? -Infinity) && number <= (max ?? Infinity);
      reasons.push(holds ? `field: ${name} ${number}` : undefined);
    }
    return joinReasons(reasons);
  }
  if ('attachments' in when) {
    const { any, types, names, held, count } = when.attachments;
    const { attachments } = facts;
    const reasons: (string | undefined)[] = [];
    if (any !== undefined) {
      reasons.push(any === attachments.length > 0 ? `attachments.any: ${any}` : undefined);
    }
    if (types !== undefined) {
      const found = attachments.find(({ type }) =>
        types.some((one) =>
          one.endsWith('/*') ? type.startsWith(one.slice(0, -1)) : type === one,
        ),
      );
      reasons.push(found && `attachments.type: ${found.type}`);
    }
    if (names !== undefined) {
      const found = phrase(names, (one) =>
        attachments.some(({ name }) => normalizeText(name).includes(one)),
      );
      reasons.push(found === undefined ? undefined : `attachments.name: ${found}`);
    }
    if (held !== undefined) {
      const some = attachments.some((one) => one.held !== undefined);
      reasons.push(some === held ? `attachments.held: ${held}` : undefined);
    }
    if (count !== undefined) {
      const { length } = attachments;
      const holds = length >= (count.min ?? 0) && length <= (count.max ?? Infinity);
      reasons.push(holds ? `attachments.count: ${length}` : undefined);
    }
    return joinReasons(reasons);
  }
  if ('time' in when) {
    const { time } = when;
    const moment = facts.calendar(time.calendar);
    if (moment === undefined) return undefined;
    if ('open' in time) {
      return moment.open === time.open ? [`time.open: ${time.calendar} ${time.open}`] : undefined;
    }
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
    const wall = `${Math.floor(moment.minute / 60)}`.padStart(2, '0');
    const clock = `${wall}:${`${moment.minute % 60}`.padStart(2, '0')}`;
    const isOn = (weekday: number) => {
      const day = days[(weekday + 7) % 7];
      return time.days === undefined || (day !== undefined && time.days.includes(day));
    };
    const isOvernight = time.to < time.from;
    const fits = isOvernight
      ? (clock >= time.from && isOn(moment.weekday)) ||
        (clock < time.to && isOn(moment.weekday - 1))
      : clock >= time.from && clock < time.to && isOn(moment.weekday);
    return fits ? [`time: ${time.calendar} ${clock}`] : undefined;
  }
  if ('desk' in when) {
    const { id, open, ...loads } = when.desk;
    const seen = facts.observed.desks[id];
    if (seen === undefined) return undefined;
    const reasons: (string | undefined)[] = [];
    if (open !== undefined) {
      reasons.push(open === seen.open ? `desk.open: ${id} ${open}` : undefined);
    }
    for (const load of ['depth', 'oldestMinutes', 'present', 'waitMinutes'] as const) {
      const bounds: MeasureBounds | undefined = loads[load];
      const value = seen[load];
      if (bounds === undefined) continue;
      const isOver = value !== undefined && value > (bounds.over ?? -1);
      const isUnder = value !== undefined && value < (bounds.under ?? Infinity);
      reasons.push(isOver && isUnder ? `desk.${load}: ${id} ${value}` : undefined);
    }
    return joinReasons(reasons);
  }
  if ('contract' in when) {
    const { desk, ...wanted } = when.contract;
    const seen = facts.observed.desks[desk];
    if (seen === undefined) return undefined;
    const { accepts, volume } = seen;
    const given = {
      accepts: accepts === undefined || accepts.includes(state.category ?? ''),
      covered: seen.open,
      volumeLeft: volume?.limit === undefined || volume.used < volume.limit,
    };
    return joinReasons(
      (['accepts', 'covered', 'volumeLeft'] as const)
        .filter((name) => wanted[name] !== undefined)
        .map((name) =>
          wanted[name] === given[name] ? `contract.${name}: ${desk} ${given[name]}` : undefined,
        ),
    );
  }
  const { withinDays, atLeast = 1, sameCategory, sameService, sameAgent } = when.earlier;
  const meant = (facts.observed.earlier ?? [])
    .filter(({ at }) => Date.parse(facts.at) - Date.parse(at) <= withinDays * 86_400_000)
    .filter(({ category }) => !sameCategory || (category && category === state.category))
    .filter(({ service }) => !sameService || (service && service === state.service));
  const agents = meant.flatMap(({ agent }) => agent ?? []);
  const count = sameAgent
    ? Math.max(0, ...agents.map((agent) => agents.filter((one) => one === agent).length))
    : meant.length;
  return count >= atLeast ? [`earlier: ${count}`] : undefined;
}

function joinReasons(reasons: readonly (string | undefined)[]): string[] | undefined {
  return reasons.includes(undefined) ? undefined : reasons.flatMap((one) => one ?? []);
}

function readPhrases(phrases: Phrases, { lists }: RuleSet): readonly string[] {
  return 'list' in phrases ? (lists?.[phrases.list] ?? []) : phrases;
}

/** Whether a phrase occurs in a text with no letter or digit adjoining it. */
function hasWordSlowly(text: string, phrase: string): boolean {
  const isJoined = (one: string | undefined, other: string | undefined) =>
    one !== undefined && other !== undefined && isWord(one) && isWord(other);
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
    const end = at + phrase.length;
    if (isJoined(text[at - 1], text[at]) || isJoined(text[end - 1], text[end])) continue;
    return true;
  }
  return false;
}

function isWord(character: string): boolean {
  return /[0-9a-zÀ-ÖØ-öø-ɏ]/.test(character);
}

/** The regular expression that a glob stands for. */
function compileGlob(pattern: string): RegExp {
  const source = [...normalizeText(pattern).replace(/\*+/g, '*')].map((one) => {
    if (one === '#') return '[0-9]';
    if (one === '?') return '\\S';
    return one === '*' ? '\\S{0,50}' : one.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  });
  return new RegExp(source.join(''));
}
