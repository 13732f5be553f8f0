import * as z from 'zod';
import { PolicyId } from '../../inquiry/clock/clock.ts';
import { DeskId, PoolId } from '../../inquiry/values/ids.ts';
import {
  Category,
  Criticality,
  Impact,
  Priority,
  ServiceId,
  Skill,
  Tag,
  Urgency,
} from '../../inquiry/values/vocabulary.ts';
import { Phrase, PhraseListId, RuleCondition } from './conditions.ts';
import { placementRules } from './placement-reasons.ts';

/** The most rules in a set; more is the work of two help desks, not one rule set. */
export const ruleLimit = 1000;

/** What a rule sets on an inquiry that it matches. */
export const RuleActions = z
  .strictObject({
    desk: DeskId.optional(),
    /** One of the pool's desks takes it, chosen as the desk settings say. */
    pool: PoolId.optional(),
    priority: Priority.optional(),
    /** With `urgency`, gives the priority by the set's matrix once all rules have run. */
    impact: Impact.optional(),
    urgency: Urgency.optional(),
    category: Category.optional(),
    service: ServiceId.optional(),
    /** Whose service levels hold; an unknown policy changes nothing. */
    policy: PolicyId.optional(),
    tags: z.array(Tag).min(1).max(10).optional(),
    /** Skills that an agent needs to be assigned it. */
    skills: z.array(Skill).min(1).max(10).optional(),
    /** It comes before others of its priority. */
    expedite: z.literal(true).optional(),
    /** It waits until its desk opens, whatever the desk's settings say. */
    hold: z.literal(true).optional(),
    /** Why the lead should look at it. */
    flag: z.string().trim().min(1).max(200).optional(),
  })
  .superRefine((actions, context) => {
    const issue = (message: string, path: string[]) =>
      context.addIssue({ code: 'custom', message, path });
    if (Object.keys(actions).length === 0) issue('a rule sets something', []);
    if (actions.desk !== undefined && actions.pool !== undefined) {
      issue('a rule names a desk or a pool, not both', ['pool']);
    }
    if (actions.priority === undefined) return;
    for (const half of ['impact', 'urgency'] as const) {
      if (actions[half] !== undefined) {
        issue('a rule sets the priority itself, or what makes it', [half]);
      }
    }
  });
export type RuleActions = z.infer<typeof RuleActions>;

/** Names in a trace for what is decided outside the rules. */
const reservedRuleIds: readonly string[] = ['otherwise', 'services', ...placementRules];

export const RoutingRule = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/)
    .refine((id) => !reservedRuleIds.includes(id), { error: 'is a name that traces use' }),
  name: z.strictObject({ ja: z.string().max(200), en: z.string().max(200) }).optional(),
  when: RuleCondition,
  set: RuleActions,
  /** A disabled rule is kept but never tested. */
  enabled: z.boolean().optional(),
});
export type RoutingRule = z.infer<typeof RoutingRule>;

export const ServiceDefinition = z.strictObject({
  name: z.strictObject({ ja: z.string().max(100), en: z.string().max(100) }),
  criticality: Criticality,
  /** An inquiry with one of these words is about this service, unless another is set. */
  words: z.array(Phrase).max(50).optional(),
});
export type ServiceDefinition = z.infer<typeof ServiceDefinition>;

const PriorityByUrgency = z.strictObject({ high: Priority, medium: Priority, low: Priority });

/** The priority for each impact and urgency. */
export const PriorityMatrix = z.strictObject({
  high: PriorityByUrgency,
  medium: PriorityByUrgency,
  low: PriorityByUrgency,
});
export type PriorityMatrix = z.infer<typeof PriorityMatrix>;

/** ITIL's matrix, with our four priorities. */
export const defaultPriorityMatrix: PriorityMatrix = {
  high: { high: 'critical', medium: 'high', low: 'medium' },
  medium: { high: 'high', medium: 'medium', low: 'low' },
  low: { high: 'medium', medium: 'low', low: 'low' },
};

/**
 * An ordered rule set. Rules see what earlier ones have set and override it, field by field; the
 * first rule that names a desk or a pool decides where the inquiry goes; `otherwise` fills what no
 * rule sets.
 *
 * The schema checks the form; `validateRuleSet` also checks the names a set refers to.
 */
export const RuleSet = z
  .strictObject({
    /** 0 is the shipped default. */
    version: z.int().min(0),
    /** An inquiry is about the first service that has a word of it. */
    services: z.record(ServiceId, ServiceDefinition).optional(),
    /** Phrase lists that conditions refer to by name. */
    lists: z.record(PhraseListId, z.array(Phrase).min(1).max(1000)).optional(),
    matrix: PriorityMatrix.optional(),
    rules: z.array(RoutingRule).max(ruleLimit),
    otherwise: z.strictObject({ desk: DeskId, priority: Priority, category: Category }),
  })
  .superRefine((set, context) => {
    const seen = new Set<string>();
    for (const [index, { id }] of set.rules.entries()) {
      if (seen.has(id)) {
        context.addIssue({
          code: 'custom',
          message: `another rule has the id ${id}`,
          path: ['rules', index, 'id'],
        });
      }
      seen.add(id);
    }
  });
export type RuleSet = z.infer<typeof RuleSet>;
