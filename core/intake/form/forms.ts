import * as z from 'zod';
import type { Language } from '../../inquiry/values/vocabulary.ts';

const LocalizedLabel = z.strictObject({ ja: z.string(), en: z.string() });

/** A form's field: JSON Schema 2020-12 with its labels under `x-labels`. */
const FormField = z.looseObject({
  type: z.enum(['string', 'boolean', 'integer', 'number', 'array']),
  'x-labels': LocalizedLabel,
  /** Labels of an `enum`'s values, by value. */
  'x-values': z.record(z.string(), LocalizedLabel).optional(),
});

/**
 * A form that people fill in to open an inquiry.
 *
 * Its fields are checked against `schema`. The inquiry's subject is made from `subject`, with field
 * names in braces, and its text lists the fields.
 */
export const Form = z.strictObject({
  form: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  version: z.int().min(0),
  title: LocalizedLabel,
  description: LocalizedLabel.optional(),
  subject: LocalizedLabel,
  schema: z.looseObject({
    $schema: z.literal('https://json-schema.org/draft/2020-12/schema'),
    type: z.literal('object'),
    properties: z.record(z.string(), FormField),
    required: z.array(z.string()).optional(),
    additionalProperties: z.literal(false),
  }),
});
export type Form = z.infer<typeof Form>;

/** One fault of a submission; `pointer` is a JSON pointer into the fields. */
export type FormFault = { readonly pointer: string; readonly detail: string };

/** The subject and text of the inquiry that a submission opens. */
export type SubmissionText = { readonly subject: string; readonly text: string };

const subjectLimit = 200;

/** Checks fields against a form and returns every fault. */
export function checkFormFields(
  form: Form,
  fields: Readonly<Record<string, unknown>>,
): FormFault[] {
  const parsed = schemaOf(form).safeParse(fields);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          pointer: pointerOf([...issue.path, key]),
          detail: 'is not a field of this form',
        }))
      : [{ pointer: pointerOf(issue.path), detail: issue.message }],
  );
}

/** Describes a submission in a language, with the labels of its form. */
export function describeSubmission(
  form: Form,
  fields: Readonly<Record<string, unknown>>,
  language: Language,
): SubmissionText {
  const subject = form.subject[language].replace(/\{([\w-]+)\}/g, (_, name: string) =>
    formatFieldValue(form, name, fields[name], language),
  );
  const lines = Object.keys(form.schema.properties).flatMap((name) => {
    const value = fields[name];
    const label = form.schema.properties[name]?.['x-labels'][language] ?? name;
    if (value === undefined || value === '') return [];
    const text = formatFieldValue(form, name, value, language);
    return text.includes('\n') ? [`${label}:`, text, ''] : [`${label}: ${text}`];
  });
  return {
    subject: subject.replace(/\s+/g, ' ').trim().slice(0, subjectLimit),
    text: lines.join('\n').trim(),
  };
}

function formatFieldValue(form: Form, name: string, value: unknown, language: Language): string {
  const labels = form.schema.properties[name]?.['x-values'];
  const formatOne = (single: unknown): string => {
    if (typeof single === 'boolean') {
      return language === 'ja' ? (single ? 'はい' : 'いいえ') : single ? 'yes' : 'no';
    }
    return labels?.[String(single)]?.[language] ?? String(single);
  };
  if (value === undefined) return '';
  return Array.isArray(value) ? value.map(formatOne).join(', ') : formatOne(value);
}

const compiledSchemas = new WeakMap<Form, z.ZodType>();

function schemaOf(form: Form): z.ZodType {
  const compiled = compiledSchemas.get(form);
  if (compiled !== undefined) return compiled;
  const schema = z.fromJSONSchema(form.schema as Parameters<typeof z.fromJSONSchema>[0]);
  compiledSchemas.set(form, schema);
  return schema;
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
