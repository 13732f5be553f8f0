import type { PolicyId } from '../../../inquiry/clock/clock.ts';
import {
  type Criticality,
  type Impact,
  Priority,
  type ServiceId,
  type Urgency,
} from '../../../inquiry/values/vocabulary.ts';
import type { CompiledRules, Route, Target } from '../compiled-rules.ts';
import type { RoutingFacts } from '../routing-facts.ts';
import { type Actions, type Matrix, type RuleSet, usualMatrix } from '../rule-set.ts';
import { ConditionCompiler } from './compile-conditions.ts';
import { PhraseBook } from './phrase-index.ts';
import { Question, type SoFar } from './rule-evaluation.ts';
import { RuleIndex } from './rule-index.ts';

// What the event can hold.
const reasonLimit = 20;
const reasonLengthLimit = 200;
const traceLimit = 100;
const tagLimit = 20;
const skillLimit = 20;

/**
 * Compiles a rule set to closures, once per version.
 *
 * Each inquiry's text is searched once for the phrases of all rules together, and only rules that
 * can match by what it says are asked; so its cost grows with its text and with the rules that come
 * into question, and hardly with the rules that there are.
 */
export function compileRules(set: RuleSet): CompiledRules {
  const book = new PhraseBook();
  const compiler = new ConditionCompiler(book, set.lists);
  const rules = set.rules
    .filter(({ enabled }) => enabled !== false)
    .map((rule) => ({ ...rule, test: compiler.compile(rule.when) }));
  const services = new ServiceWords(set.services, compiler);
  const index = new RuleIndex(
    rules.map(({ when }) => when),
    compiler,
    book,
  );
  const question = new Question(book.index());
  return {
    needs: {
      desks: [...compiler.desks],
      earlier: compiler.asksEarlier,
      calendars: [...compiler.calendars],
    },
    route(facts) {
      const making = new Making(facts, set);
      question.ask(facts, making);
      services.name(question, making);
      index.visit(question, (number) => {
        const rule = rules[number];
        const because = rule?.test(question);
        if (rule !== undefined && because !== undefined) making.take(rule.id, because, rule.set);
      });
      return making.end();
    },
  };
}

/** A word that names a service; of several that an inquiry has, the lowest rank counts. */
type Naming = { readonly rank: number; readonly service: ServiceId; readonly word: string };

/** Tells services by the words that name them. */
class ServiceWords {
  /** By the word's number in the book. */
  readonly #byWord = new Map<number, Naming>();

  constructor(services: RuleSet['services'], compiler: ConditionCompiler) {
    for (const [id, { words = [] }] of Object.entries(services ?? {})) {
      for (const [word, number] of compiler.numbered(words, true)) {
        if (this.#byWord.has(number)) continue;
        this.#byWord.set(number, { rank: this.#byWord.size, service: id as ServiceId, word });
      }
    }
  }

  name(question: Question, making: Making): void {
    if (this.#byWord.size === 0 || making.service !== undefined) return;
    const { words } = question;
    let first: Naming | undefined;
    for (const number of question.inText) {
      const naming = this.#byWord.get(number);
      if (naming === undefined || !words.has(number)) continue;
      if (first === undefined || naming.rank < first.rank) first = naming;
    }
    if (first === undefined) return;
    making.service = first.service;
    making.say('services', [`words: ${first.word}`], ['service']);
  }
}

/** A route in the making: what the rules so far have set. */
class Making implements SoFar {
  category: string | undefined;
  service: ServiceId | undefined;
  readonly tags: Set<string>;
  readonly #facts: RoutingFacts;
  readonly #set: RuleSet;
  readonly #matrix: Matrix;
  readonly #trace: Route['trace'] = [];
  readonly #skills = new Set<string>();
  #target: Target | undefined;
  #direct: Priority | undefined;
  #impact: Impact | undefined;
  #urgency: Urgency | undefined;
  #policy: PolicyId | undefined;
  #expedite = false;
  #hold = false;
  #flag: string | undefined;

  constructor(facts: RoutingFacts, set: RuleSet) {
    this.#facts = facts;
    this.#set = set;
    this.#matrix = set.matrix ?? usualMatrix;
    this.category = facts.category;
    this.service = facts.service;
    this.tags = new Set(facts.tags);
  }

  get criticality(): Criticality | undefined {
    const { services } = this.#set;
    if (services === undefined || this.service === undefined) return undefined;
    return Object.hasOwn(services, this.service) ? services[this.service]?.criticality : undefined;
  }

  get priority(): Priority {
    return priorityOf(this.#facts.priority, this.#ruled, this.#facts.priority);
  }

  take(rule: string, because: readonly string[], actions: Actions): void {
    const isLate = {
      desk: this.#target !== undefined,
      pool: this.#target !== undefined,
      flag: this.#flag !== undefined,
    };
    const names = Object.keys(actions).filter(
      (name) => !(Object.hasOwn(isLate, name) && isLate[name as keyof typeof isLate]),
    );
    this.say(rule, because, names);
    const { desk, pool } = actions;
    if (desk !== undefined) this.#target ??= { desk };
    if (pool !== undefined) this.#target ??= { pool };
    if (actions.impact !== undefined || actions.urgency !== undefined) this.#direct = undefined;
    this.#impact = actions.impact ?? this.#impact;
    this.#urgency = actions.urgency ?? this.#urgency;
    this.#direct = actions.priority ?? this.#direct;
    this.category = actions.category ?? this.category;
    this.service = actions.service ?? this.service;
    this.#policy = actions.policy ?? this.#policy;
    for (const tag of actions.tags ?? []) this.tags.add(tag);
    for (const skill of actions.skills ?? []) this.#skills.add(skill);
    this.#expedite ||= actions.expedite === true;
    this.#hold ||= actions.hold === true;
    this.#flag ??= actions.flag;
  }

  say(rule: string, because: readonly string[], names: string[]): void {
    if (this.#trace.length >= traceLimit) return;
    this.#trace.push({
      rule,
      matched: true,
      because: because
        .slice(0, reasonLimit)
        .map((reason) =>
          reason.length > reasonLengthLimit ? reason.slice(0, reasonLengthLimit) : reason,
        ),
      set: names,
    });
  }

  end(): Route {
    const { otherwise, version } = this.#set;
    const ruled = this.#ruled;
    const defaults = [
      ...(this.#target === undefined ? ['desk'] : []),
      ...(ruled === undefined ? ['priority'] : []),
      ...(this.category === undefined ? ['category'] : []),
    ];
    if (defaults.length > 0) this.say('otherwise', [], defaults);
    return {
      ...(this.#target ?? { desk: otherwise.desk }),
      priority: priorityOf(this.#facts.priority, ruled, otherwise.priority),
      category: this.category ?? otherwise.category,
      ...(this.service === undefined ? {} : { service: this.service }),
      ...(this.#policy === undefined ? {} : { policy: this.#policy }),
      tags: [...this.tags].slice(0, tagLimit),
      skills: [...this.#skills].slice(0, skillLimit),
      ...(this.#expedite ? { expedite: true } : {}),
      ...(this.#hold ? { hold: true } : {}),
      ...(this.#flag === undefined ? {} : { flag: this.#flag }),
      rules: version,
      trace: this.#trace,
    };
  }

  /** What the rules say of the priority: what the last of them said that said anything of it. */
  get #ruled(): Priority | undefined {
    if (this.#direct !== undefined) return this.#direct;
    if (this.#impact === undefined && this.#urgency === undefined) return undefined;
    return this.#matrix[this.#impact ?? 'medium'][this.#urgency ?? 'medium'];
  }
}

/** What a person has already set stays, unless a rule raises it. */
function priorityOf(set: Priority, ruled: Priority | undefined, otherwise: Priority): Priority {
  if (set === 'medium') return ruled ?? otherwise;
  if (ruled === undefined) return set;
  const [higher = ruled] = Priority.options.filter((one) => one === ruled || one === set);
  return higher;
}
