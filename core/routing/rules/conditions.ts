import * as z from 'zod';
import { CalendarId } from '../../calendar/calendar-definition.ts';
import { DeskId, EmailAddress } from '../../inquiry/values/ids.ts';
import {
  Category,
  Channel,
  Criticality,
  Language,
  Priority,
  ServiceId,
  Tag,
} from '../../inquiry/values/vocabulary.ts';
import {
  isObject,
  makeCheckedSchema,
  makeUnionSchema,
  type SchemaIssue,
} from './checked-schema.ts';
import { normalizeText } from './normalize-text.ts';
import { findPatternFault } from './text-pattern.ts';

/** How deep conditions may nest; nobody means to nest deeper. */
export const conditionDepthLimit = 10;

/** Plain text to search for, normalized like the text it is searched in. */
export const Phrase = z
  .string()
  .max(100)
  .refine((phrase) => normalizeText(phrase).trim() !== '', { error: 'a phrase says something' })
  .refine((phrase) => !/\p{Cc}/u.test(phrase), { error: 'a phrase is of one line' });

export const PhraseListId = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);

const PhraseArray = z.array(Phrase).min(1).max(200);
const PhraseList = z.strictObject({ list: PhraseListId });

/** Any of these phrases, or any in a named list of the set. */
export const Phrases = makeUnionSchema([PhraseArray, PhraseList], (value) =>
  isObject(value) ? PhraseList : PhraseArray,
);
export type Phrases = z.infer<typeof Phrases>;

const Pattern = z
  .string()
  .min(1)
  .max(100)
  .superRefine((pattern, context) => {
    const fault = findPatternFault(pattern);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });

const makeNonEmptyObject = <Shape extends z.ZodRawShape>(shape: Shape, what: string) =>
  z.strictObject(shape).refine((value) => Object.keys(value).length > 0, {
    error: `says nothing of ${what}`,
  });

/** Exclusive bounds, at least one of them. */
const MeasureBounds = makeNonEmptyObject(
  { over: z.number().min(0).optional(), under: z.number().min(0).optional() },
  'how many',
);
export type MeasureBounds = z.infer<typeof MeasureBounds>;

const WallTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: 'is not HH:MM' });

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const OpenState = z.strictObject({ calendar: CalendarId, open: z.boolean() });
const HoursOfDay = z
  .strictObject({
    calendar: CalendarId,
    from: WallTime,
    /** Exclusive; when before `from`, it is on the next day. */
    to: WallTime,
    /** The days on which `from` falls. */
    days: z.array(z.enum(weekdays)).min(1).max(7).optional(),
  })
  .refine(({ from, to }) => from !== to, { error: 'is no time at all', path: ['to'] });

const FieldValue = z.union([z.string().max(1000), z.number(), z.boolean()]);

/** The facts that a condition may test, and what it may say about each. */
export const factConditionSchemas = {
  channel: z.array(Channel).min(1).max(3),
  form: z.array(z.string().min(1).max(64)).min(1).max(50),
  field: z
    .strictObject({
      name: z.string().min(1).max(64),
      is: z.array(FieldValue).min(1).max(50).optional(),
      contains: Phrases.optional(),
      exists: z.boolean().optional(),
      min: z.number().optional(),
      max: z.number().optional(),
    })
    .refine((field) => Object.keys(field).length > 1, { error: 'says nothing of the field' }),
  text: Phrases,
  subject: Phrases,
  words: Phrases,
  pattern: z.array(Pattern).min(1).max(50),
  sender: z.array(EmailAddress).min(1).max(200),
  senderDomain: z
    .array(
      z
        .string()
        .max(253)
        .regex(/^\.?[^\s@.]+(?:\.[^\s@.]+)*$/, { error: 'is no domain' }),
    )
    .min(1)
    .max(200),
  department: z.array(z.string().min(1).max(200)).min(1).max(200),
  vip: z.boolean(),
  external: z.boolean(),
  automated: z.boolean(),
  language: z.array(Language).min(1).max(2),
  category: z.array(Category).min(1).max(100),
  service: z.array(ServiceId).min(1).max(100),
  criticality: z.array(Criticality).min(1).max(4),
  priority: z.array(Priority).min(1).max(4),
  tag: z.array(Tag).min(1).max(50),
  attachments: makeNonEmptyObject(
    {
      any: z.boolean().optional(),
      types: z
        .array(
          z
            .string()
            .max(255)
            .regex(/^[^\s/*]+\/(?:\*|[^\s/*]+)$/, { error: 'is no media type' }),
        )
        .min(1)
        .max(50)
        .optional(),
      names: Phrases.optional(),
      held: z.boolean().optional(),
      count: makeNonEmptyObject(
        { min: z.int().min(0).optional(), max: z.int().min(0).optional() },
        'how many',
      ).optional(),
    },
    'the attachments',
  ),
  time: makeUnionSchema([OpenState, HoursOfDay], (value) =>
    isObject(value) && 'open' in value ? OpenState : HoursOfDay,
  ),
  desk: z
    .strictObject({
      id: DeskId,
      open: z.boolean().optional(),
      depth: MeasureBounds.optional(),
      oldestMinutes: MeasureBounds.optional(),
      present: MeasureBounds.optional(),
      waitMinutes: MeasureBounds.optional(),
    })
    .refine((desk) => Object.keys(desk).length > 1, { error: 'says nothing of the desk' }),
  contract: z
    .strictObject({
      desk: DeskId,
      accepts: z.boolean().optional(),
      covered: z.boolean().optional(),
      volumeLeft: z.boolean().optional(),
    })
    .refine((contract) => Object.keys(contract).length > 1, {
      error: 'says nothing of the contract',
    }),
  earlier: z.strictObject({
    withinDays: z.int().min(1).max(90),
    atLeast: z.int().min(1).max(20).optional(),
    sameCategory: z.boolean().optional(),
    sameService: z.boolean().optional(),
    /** One and the same agent has answered that many. */
    sameAgent: z.boolean().optional(),
  }),
};
export type ConditionFact = keyof typeof factConditionSchemas;
export const conditionFacts = Object.keys(factConditionSchemas) as ConditionFact[];

/** What a condition says about a fact. */
export type FactCriterion<Fact extends ConditionFact> = z.infer<
  (typeof factConditionSchemas)[Fact]
>;

export type FactCondition = {
  [Fact in ConditionFact]: { readonly [Name in Fact]: FactCriterion<Fact> };
}[ConditionFact];

/** A condition on one fact, or a combination of conditions. */
export type RuleCondition =
  | FactCondition
  | { readonly all: readonly RuleCondition[] }
  | { readonly any: readonly RuleCondition[] }
  | { readonly not: RuleCondition };

/** Nobody reads more faults than this. */
const faultLimit = 100;
const memberLimit = 50;

export const RuleCondition: z.ZodType<RuleCondition> = makeCheckedSchema<RuleCondition>(
  (value) => {
    const issues: SchemaIssue[] = [];
    checkCondition(value, [], issues);
    return issues;
  },
  () => conditionSchemas,
);

const ConditionList = z.array(RuleCondition).min(1).max(memberLimit);
const conditionSchemas: readonly z.ZodType[] = [
  ...Object.entries(factConditionSchemas).map(([name, schema]) =>
    z.strictObject({ [name]: schema }),
  ),
  z.strictObject({ all: ConditionList }),
  z.strictObject({ any: ConditionList }),
  z.strictObject({ not: RuleCondition }),
];

/** Stops at the depth limit, however deep the value is. */
function checkCondition(
  value: unknown,
  path: readonly PropertyKey[],
  issues: SchemaIssue[],
  depth = 1,
): void {
  if (issues.length >= faultLimit) return;
  const names = isObject(value) ? Object.keys(value) : [];
  const [name] = names;
  if (!isObject(value)) {
    issues.push({ path, message: 'a condition is an object' });
  } else if (name === undefined || names.length > 1) {
    const message = `a condition says one thing, and this says ${names.length}`;
    issues.push({ path, message });
  } else if (name === 'all' || name === 'any' || name === 'not') {
    checkInnerCondition(name, value[name], [...path, name], issues, depth);
  } else if (!Object.hasOwn(factConditionSchemas, name)) {
    issues.push({ path: [...path, name], message: 'there is no such condition' });
  } else {
    const schema: z.ZodType = factConditionSchemas[name as ConditionFact];
    for (const issue of schema.safeParse(value[name]).error?.issues ?? []) {
      issues.push({ ...issue, path: [...path, name, ...issue.path] });
    }
  }
}

function checkInnerCondition(
  name: 'all' | 'any' | 'not',
  inner: unknown,
  path: readonly PropertyKey[],
  issues: SchemaIssue[],
  depth: number,
): void {
  if (depth >= conditionDepthLimit) {
    issues.push({ path, message: `conditions nest at most ${conditionDepthLimit} deep` });
  } else if (name === 'not') {
    checkCondition(inner, path, issues, depth + 1);
  } else if (!Array.isArray(inner) || inner.length === 0 || inner.length > memberLimit) {
    issues.push({ path, message: `is no list of 1 to ${memberLimit} conditions` });
  } else {
    for (const [index, one] of inner.entries())
      checkCondition(one, [...path, index], issues, depth + 1);
  }
}
