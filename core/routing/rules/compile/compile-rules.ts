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

// Limits of the event's schema.
const reasonLimit = 20;
const reasonLengthLimit = 200;
const traceLimit = 100;
const tagLimit = 20;
const skillLimit = 20;

/**
 * Compiles a rule set to closures, once per version.
 *
 * One pass over an inquiry's text finds the phrases of all rules, and only rules that can match
 * given these are tested; so the cost grows with the text and the candidate rules, and hardly with
 * the size of the set.
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

/** A word that names a service; when an inquiry has several, the lowest rank wins. */
type ServiceWord = { readonly rank: number; readonly service: ServiceId; readonly word: string };

/** Finds the service that an inquiry names. */
class ServiceWordIndex {
  /** By the word's number in the phrase table. */
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

/** Builds a route from what the rules set, one after the other. */
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
  #directPriority: Priority | undefined;
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
    return choosePriority(this.#facts.priority, this.#rulePriority, this.#facts.priority);
  }

  applyRule(rule: string, because: readonly string[], actions: RuleActions): void {
    const isDecided = {
      desk: this.#target !== undefined,
      pool: this.#target !== undefined,
      flag: this.#flag !== undefined,
    };
    const names = Object.keys(actions).filter(
      (name) => !(Object.hasOwn(isDecided, name) && isDecided[name as keyof typeof isDecided]),
    );
    this.recordTrace(rule, because, names);
    const { desk, pool } = actions;
    if (desk !== undefined) this.#target ??= { desk };
    if (pool !== undefined) this.#target ??= { pool };
    if (actions.impact !== undefined || actions.urgency !== undefined)
      this.#directPriority = undefined;
    this.#impact = actions.impact ?? this.#impact;
    this.#urgency = actions.urgency ?? this.#urgency;
    this.#directPriority = actions.priority ?? this.#directPriority;
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
    const rulePriority = this.#rulePriority;
    const defaults = [
      ...(this.#target === undefined ? ['desk'] : []),
      ...(rulePriority === undefined ? ['priority'] : []),
      ...(this.category === undefined ? ['category'] : []),
    ];
    if (defaults.length > 0) this.recordTrace('otherwise', [], defaults);
    return {
      ...(this.#target ?? { desk: otherwise.desk }),
      priority: choosePriority(this.#facts.priority, rulePriority, otherwise.priority),
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

  /** The rules' priority; the last one to set it, its impact or its urgency decides. */
  get #rulePriority(): Priority | undefined {
    if (this.#directPriority !== undefined) return this.#directPriority;
    if (this.#impact === undefined && this.#urgency === undefined) return undefined;
    return this.#matrix[this.#impact ?? 'medium'][this.#urgency ?? 'medium'];
  }
}

/** A priority that a person has set stays, unless a rule raises it. */
function choosePriority(
  set: Priority,
  rulePriority: Priority | undefined,
  otherwise: Priority,
): Priority {
  if (set === 'medium') return rulePriority ?? otherwise;
  if (rulePriority === undefined) return set;
  const [higher = rulePriority] = Priority.options.filter(
    (one) => one === rulePriority || one === set,
  );
  return higher;
}
