import type { PolicyId } from '../../../inquiry/clock/clock.ts';
import {
  type Criticality,
  type Impact,
  Priority,
  type ServiceId,
  type Urgency,
} from '../../../inquiry/values/vocabulary.ts';
import type { CompiledRules, InquiryRoute, RouteTarget } from '../compiled-rules.ts';
import type { RoutingFacts } from '../routing-facts.ts';
import {
  defaultPriorityMatrix,
  type PriorityMatrix,
  type RuleActions,
  type RuleSet,
} from '../rule-set.ts';
import { ConditionCompiler } from './compile-conditions.ts';
import { PhraseTable } from './phrase-index.ts';
import { type EvaluationState, RuleEvaluation } from './rule-evaluation.ts';
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
  const phraseTable = new PhraseTable();
  const compiler = new ConditionCompiler(phraseTable, set.lists);
  const rules = set.rules
    .filter(({ enabled }) => enabled !== false)
    .map((rule) => ({ ...rule, test: compiler.compile(rule.when) }));
  const services = new ServiceWordIndex(set.services, compiler);
  const index = new RuleIndex(
    rules.map(({ when }) => when),
    compiler,
    phraseTable,
  );
  const evaluation = new RuleEvaluation(phraseTable.buildIndex());
  return {
    needs: {
      desks: [...compiler.desks],
      earlier: compiler.needsEarlier,
      calendars: [...compiler.calendars],
    },
    route(facts) {
      const builder = new RouteBuilder(facts, set);
      evaluation.start(facts, builder);
      services.nameService(evaluation, builder);
      index.visitCandidates(evaluation, (number) => {
        const rule = rules[number];
        const because = rule?.test(evaluation);
        if (rule !== undefined && because !== undefined)
          builder.applyRule(rule.id, because, rule.set);
      });
      return builder.build();
    },
  };
}

/** A word that names a service; of several that an inquiry has, the lowest rank counts. */
type ServiceWord = { readonly rank: number; readonly service: ServiceId; readonly word: string };

/** Tells services by the words that name them. */
class ServiceWordIndex {
  /** By the word's number in the book. */
  readonly #byWord = new Map<number, ServiceWord>();

  constructor(services: RuleSet['services'], compiler: ConditionCompiler) {
    for (const [id, { words = [] }] of Object.entries(services ?? {})) {
      for (const [word, number] of compiler.numberPhrases(words, true)) {
        if (this.#byWord.has(number)) continue;
        this.#byWord.set(number, { rank: this.#byWord.size, service: id as ServiceId, word });
      }
    }
  }

  nameService(evaluation: RuleEvaluation, builder: RouteBuilder): void {
    if (this.#byWord.size === 0 || builder.service !== undefined) return;
    const { words } = evaluation;
    let first: ServiceWord | undefined;
    for (const number of evaluation.phrasesInText) {
      const serviceWord = this.#byWord.get(number);
      if (serviceWord === undefined || !words.has(number)) continue;
      if (first === undefined || serviceWord.rank < first.rank) first = serviceWord;
    }
    if (first === undefined) return;
    builder.service = first.service;
    builder.recordTrace('services', [`words: ${first.word}`], ['service']);
  }
}

/** A route in the making: what the rules so far have set. */
class RouteBuilder implements EvaluationState {
  category: string | undefined;
  service: ServiceId | undefined;
  readonly tags: Set<string>;
  readonly #facts: RoutingFacts;
  readonly #set: RuleSet;
  readonly #matrix: PriorityMatrix;
  readonly #trace: InquiryRoute['trace'] = [];
  readonly #skills = new Set<string>();
  #target: RouteTarget | undefined;
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
    this.#matrix = set.matrix ?? defaultPriorityMatrix;
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
    return choosePriority(this.#facts.priority, this.#ruled, this.#facts.priority);
  }

  applyRule(rule: string, because: readonly string[], actions: RuleActions): void {
    const isLate = {
      desk: this.#target !== undefined,
      pool: this.#target !== undefined,
      flag: this.#flag !== undefined,
    };
    const names = Object.keys(actions).filter(
      (name) => !(Object.hasOwn(isLate, name) && isLate[name as keyof typeof isLate]),
    );
    this.recordTrace(rule, because, names);
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

  recordTrace(rule: string, because: readonly string[], names: string[]): void {
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

  build(): InquiryRoute {
    const { otherwise, version } = this.#set;
    const ruled = this.#ruled;
    const defaults = [
      ...(this.#target === undefined ? ['desk'] : []),
      ...(ruled === undefined ? ['priority'] : []),
      ...(this.category === undefined ? ['category'] : []),
    ];
    if (defaults.length > 0) this.recordTrace('otherwise', [], defaults);
    return {
      ...(this.#target ?? { desk: otherwise.desk }),
      priority: choosePriority(this.#facts.priority, ruled, otherwise.priority),
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
function choosePriority(set: Priority, ruled: Priority | undefined, otherwise: Priority): Priority {
  if (set === 'medium') return ruled ?? otherwise;
  if (ruled === undefined) return set;
  const [higher = ruled] = Priority.options.filter((one) => one === ruled || one === set);
  return higher;
}
