import { isObject } from '../checked-schema.ts';
import { resolvePhrases } from '../compile/compile-conditions.ts';
import type { FactCondition, Phrases } from '../conditions.ts';
import { normalizeText } from '../normalize-text.ts';
import { RuleSet, ruleLimit } from '../rule-set.ts';
import { extendPointer, walkFactConditions } from '../walk-conditions.ts';

/** A fault in a rule set, with a JSON pointer to it. */
export type RuleSetFault = { readonly pointer: string; readonly detail: string };

/** The names that rules may refer to. */
export type RuleSetNames = {
  readonly desks: readonly string[];
  readonly pools: readonly string[];
  readonly calendars: readonly string[];
  readonly policies: readonly string[];
  readonly forms: readonly string[];
  /** Absent where rules may name any skill. */
  readonly skills?: readonly string[];
};

/** More faults than this help nobody. */
export const ruleSetFaultLimit = 100;

/** JSON values in a body, of all kinds; a thousand full rules have a third of that. */
const nodeLimit = 300_000;
// These bound the memory and time that a compiled set takes.
const conditionLimit = 10_000;
/** Counted at each mention, the phrases of a list too. */
const phraseLimit = 50_000;
/** Characters of all phrases, each phrase counted once. */
const characterLimit = 400_000;
/** Characters of all patterns; with the limit of a text it bounds the time of matching. */
const patternLimit = 2_000;
const serviceLimit = 500;
const listLimit = 200;

/**
 * Checks the form of a rule set and the names it refers to, and points at each fault.
 *
 * It returns in bounded time whatever the body is, however deep or large.
 */
export function validateRuleSet(
  body: unknown,
  known: RuleSetNames,
): { readonly set: RuleSet } | { readonly faults: readonly RuleSetFault[] } {
  const faults = findDangerousValues(body);
  if (faults.length > 0) return { faults };
  const parsed = RuleSet.safeParse(body);
  if (!parsed.success) {
    const schemaFaults = parsed.error.issues.flatMap((issue): RuleSetFault[] =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({
            pointer: extendPointer('', ...issue.path, key),
            detail: 'is not known here',
          }))
        : [{ pointer: extendPointer('', ...issue.path), detail: issue.message }],
    );
    return { faults: schemaFaults.slice(0, ruleSetFaultLimit) };
  }
  const contentFaults = [...findUnknownNames(parsed.data, known), ...findExcess(parsed.data)];
  return contentFaults.length > 0
    ? { faults: contentFaults.slice(0, ruleSetFaultLimit) }
    : { set: parsed.data };
}

/** Finds what would make parsing the body dangerous. */
function findDangerousValues(body: unknown): RuleSetFault[] {
  if (!isObject(body)) return [{ pointer: '', detail: 'a rule set is an object' }];
  if (Array.isArray(body['rules']) && body['rules'].length > ruleLimit) {
    return [{ pointer: '/rules', detail: `has more than ${ruleLimit} rules` }];
  }
  const faults: RuleSetFault[] = [];
  const pending: BodyNode[] = [{ value: body, key: '', parent: undefined }];
  let nodes = 1;
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node.value !== 'object' || node.value === null) continue;
    const { value: parent } = node;
    // For a huge array, `Object.keys` would first build a huge list.
    nodes += Array.isArray(parent) ? parent.length : Object.keys(parent).length;
    if (nodes > nodeLimit) return [{ pointer: '', detail: 'is too large' }];
    for (const [key, value] of Object.entries(parent)) {
      // `JSON.parse` keeps it as a key like any other, but assigning it sets the prototype.
      if (key === '__proto__' && faults.length < ruleSetFaultLimit) {
        const pointer = extendPointer(pointerOf(node), key);
        faults.push({ pointer, detail: 'is not known here' });
      }
      pending.push({ value, key, parent: node });
    }
  }
  return faults;
}

type BodyNode = {
  readonly value: unknown;
  readonly key: string;
  readonly parent: BodyNode | undefined;
};

function pointerOf(node: BodyNode): string {
  const path: string[] = [];
  for (let one: BodyNode = node; one.parent !== undefined; one = one.parent) path.push(one.key);
  return extendPointer('', ...path.reverse());
}

/** A name that a rule set mentions, with a pointer to it. */
type NameMention = { readonly kind: MentionKind; readonly name: string; readonly pointer: string };
type MentionKind = 'desk' | 'pool' | 'calendar' | 'policy' | 'form' | 'skill' | 'service' | 'list';

function findUnknownNames(set: RuleSet, known: RuleSetNames): RuleSetFault[] {
  const names: Record<MentionKind, ReadonlySet<string> | undefined> = {
    desk: new Set(known.desks),
    pool: new Set(known.pools),
    calendar: new Set(known.calendars),
    policy: new Set(known.policies),
    form: new Set(known.forms),
    skill: known.skills === undefined ? undefined : new Set(known.skills),
    service: new Set(Object.keys(set.services ?? {})),
    list: new Set(Object.keys(set.lists ?? {})),
  };
  return findMentions(set)
    .filter(({ kind, name }) => names[kind]?.has(name) === false)
    .map(({ kind, name, pointer }) => ({ pointer, detail: `there is no ${kind} ${name}` }));
}

function findMentions(set: RuleSet): NameMention[] {
  const { otherwise, rules } = set;
  return [
    ...rules.flatMap(({ when, set: actions }, index) => {
      const at = extendPointer('', 'rules', index);
      const mentions: NameMention[] = [];
      for (const [condition, pointer] of walkFactConditions(when, `${at}/when`)) {
        mentions.push(...findConditionMentions(condition, pointer));
      }
      for (const kind of ['desk', 'pool', 'policy', 'service'] as const) {
        const name = actions[kind];
        if (name !== undefined) mentions.push({ kind, name, pointer: `${at}/set/${kind}` });
      }
      for (const [place, name] of (actions.skills ?? []).entries()) {
        mentions.push({ kind: 'skill', name, pointer: `${at}/set/skills/${place}` });
      }
      return mentions;
    }),
    { kind: 'desk', name: otherwise.desk, pointer: '/otherwise/desk' },
  ];
}

function findConditionMentions(condition: FactCondition, pointer: string): NameMention[] {
  const each = (kind: MentionKind, names: readonly string[]) =>
    names.map((name, index) => ({ kind, name, pointer: extendPointer(pointer, `${kind}`, index) }));
  if ('form' in condition) return each('form', condition.form);
  if ('service' in condition) return each('service', condition.service);
  if ('time' in condition) {
    const { calendar: name } = condition.time;
    return [{ kind: 'calendar', name, pointer: `${pointer}/time/calendar` }];
  }
  if ('desk' in condition) {
    return [{ kind: 'desk', name: condition.desk.id, pointer: `${pointer}/desk/id` }];
  }
  if ('contract' in condition) {
    return [{ kind: 'desk', name: condition.contract.desk, pointer: `${pointer}/contract/desk` }];
  }
  return findPhraseMentions(condition).flatMap(([phrases, ...path]) =>
    'list' in phrases
      ? [
          {
            kind: 'list' as const,
            name: phrases.list,
            pointer: extendPointer(pointer, ...path, 'list'),
          },
        ]
      : [],
  );
}

/** The phrases that a condition searches for, each with its path in the condition. */
function findPhraseMentions(condition: FactCondition): (readonly [Phrases, ...string[]])[] {
  if ('text' in condition) return [[condition.text, 'text']];
  if ('subject' in condition) return [[condition.subject, 'subject']];
  if ('words' in condition) return [[condition.words, 'words']];
  if ('field' in condition) {
    const { contains } = condition.field;
    return contains === undefined ? [] : [[contains, 'field', 'contains']];
  }
  if ('attachments' in condition) {
    const { names } = condition.attachments;
    return names === undefined ? [] : [[names, 'attachments', 'names']];
  }
  return [];
}

/** Finds where a set grows beyond what may be compiled and run. */
function findExcess(set: RuleSet): RuleSetFault[] {
  const distinct = new Set<string>();
  const counts = { conditions: 0, phrases: 0, characters: 0, patterns: 0 };
  const limits = {
    conditions: conditionLimit,
    phrases: phraseLimit,
    characters: characterLimit,
    patterns: patternLimit,
  };
  const countPhrases = (phrases: readonly string[]) => {
    counts.phrases += phrases.length;
    for (const phrase of phrases) {
      if (distinct.has(phrase)) continue;
      distinct.add(phrase);
      counts.characters += normalizeText(phrase).length;
    }
  };
  const faultsAt = (pointer: string): RuleSetFault[] => {
    const over = (Object.keys(limits) as (keyof typeof limits)[]).find(
      (name) => counts[name] > limits[name],
    );
    if (over === undefined) return [];
    const what = over === 'characters' ? 'characters in phrases' : over;
    const unit = over === 'patterns' ? 'characters in patterns' : what;
    return [{ pointer, detail: `with it the set has more than ${limits[over]} ${unit}` }];
  };
  const services = Object.values(set.services ?? {});
  if (services.length > serviceLimit) {
    return [{ pointer: '/services', detail: `has more than ${serviceLimit} services` }];
  }
  if (Object.keys(set.lists ?? {}).length > listLimit) {
    return [{ pointer: '/lists', detail: `has more than ${listLimit} lists` }];
  }
  for (const { words } of services) countPhrases(words ?? []);
  const faults = faultsAt('/services');
  for (const [index, { when }] of set.rules.entries()) {
    if (faults.length > 0) return faults;
    for (const [condition] of walkFactConditions(when, '')) {
      counts.conditions += 1;
      for (const [phrases] of findPhraseMentions(condition))
        countPhrases(resolvePhrases(phrases, set.lists));
      if ('pattern' in condition) {
        for (const pattern of condition.pattern) counts.patterns += normalizeText(pattern).length;
      }
    }
    faults.push(...faultsAt(extendPointer('', 'rules', index)));
  }
  return faults;
}
