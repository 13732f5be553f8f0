import { describe, expect, it } from 'vitest';
import { checkFormFields } from '../../../core/intake/form/forms.ts';
import { shippedForms } from '../../../core/intake/form/shipped-forms.ts';
import { submitForm } from '../../../functions/contract/intake.ts';
import { routeContracts } from '../../../functions/contract/routes.ts';
import { bodyExamples } from '../../../functions/docs/body-examples.ts';
import { buildOpenApi, type OpenApiOperation } from '../../../functions/docs/open-api.ts';
import { routeKeyOf } from '../../../functions/edge/http/route-contract.ts';
import { ProblemDetails } from '../../../functions/edge/problem/problem-details.ts';
import { problemCodes } from '../../../functions/edge/problem/refusal-status.ts';

const document = buildOpenApi(routeContracts, '1.0.0');
const json = JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
const operations = new Map<string, OpenApiOperation>(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  ),
);

function nodesIn(node: unknown): object[] {
  if (typeof node !== 'object' || node === null) return [];
  return [node, ...Object.values(node).flatMap(nodesIn)];
}

function resolve(pointer: string): unknown {
  return pointer
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], json);
}

describe('the document', () => {
  it('has each contract as an operation, and no other', () => {
    expect([...operations.keys()].sort()).toEqual(
      [...routeContracts.values()].map(routeKeyOf).sort(),
    );
    for (const [name, contract] of routeContracts) {
      expect(operations.get(routeKeyOf(contract))?.operationId).toBe(name);
    }
  });

  it('names each operation once', () => {
    const names = [...operations.values()].map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  it('resolves every reference', () => {
    const references = nodesIn(json).flatMap((node) => ('$ref' in node ? [String(node.$ref)] : []));
    expect(references.length).toBeGreaterThan(100);
    expect(references.filter((reference) => resolve(reference) === undefined)).toEqual([]);
  });

  it('uses every component, has its tags declared, and no zod left in it', () => {
    const text = JSON.stringify(json);
    const { schemas } = document.components as { schemas: Record<string, unknown> };
    for (const name of Object.keys(schemas))
      expect(text).toContain(`#/components/schemas/${name}"`);
    const tags = document.tags.map(({ name }) => name);
    for (const { tags: used } of operations.values())
      expect(tags).toEqual(expect.arrayContaining([...used]));
    expect(text).not.toMatch(/\$defs|__schema|~standard/);
  });

  it('has the path of each operation filled by its path parameters', () => {
    for (const [routeKey, { parameters }] of operations) {
      const written = [...routeKey.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = parameters.filter((one) => one['in'] === 'path').map((one) => one['name']);
      expect(declared, routeKey).toEqual(written);
    }
  });

  it('offers CSV beside JSON where a route does', () => {
    expect(operations.get('GET /v1/sla/report')?.responses['200']?.['content']).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/LevelReport' } },
      'text/csv': { schema: { type: 'string' } },
    });
  });

  it('gives examples of bodies and problems that are valid', () => {
    for (const [name, { body, bodyType }] of routeContracts) {
      const takesFields = body !== undefined && bodyType !== 'text/csv' && !isEmptyObject(body);
      expect(name in bodyExamples, name).toBe(takesFields);
      if (takesFields)
        expect(body.safeParse(bodyExamples[name]), name).toMatchObject({ success: true });
    }
    const { examples } = document.components as { examples: Record<string, { value: unknown }> };
    expect(Object.keys(examples)).toEqual(problemCodes);
    for (const { value } of Object.values(examples)) ProblemDetails.parse(value);
  });

  it('gives an example of a form that fits the shipped form', () => {
    const { form: id, fields } = submitForm.body.parse(bodyExamples['submitForm']);
    const form = shippedForms.find((one) => one.form === id);
    expect(form && checkFormFields(form, fields)).toEqual([]);
  });
});

function isEmptyObject(schema: object): boolean {
  return 'shape' in schema && Object.keys(schema.shape as object).length === 0;
}

describe.each([...routeContracts])('%s', (_name, contract) => {
  const operation = operations.get(routeKeyOf(contract)) as OpenApiOperation;
  const headers = operation.parameters
    .filter((one) => one['in'] === 'header')
    .map((one) => one['name']);

  it('declares its headers, its token and its answers', () => {
    const isSigned = contract.auth === 'signature';
    expect(headers.includes('webhook-id')).toBe(isSigned);
    expect(headers.includes('Idempotency-Key')).toBe(contract.idempotent && !isSigned);
    expect(headers.includes('If-Match')).toBe(contract.concurrency);
    expect(operation.security).toEqual(contract.auth === 'public' ? [] : [{ [contract.auth]: [] }]);
    expect(Object.keys(operation.responses)).toEqual(
      expect.arrayContaining([...Object.keys(contract.answers), '500']),
    );
    const statuses = Object.keys(operation.responses);
    expect(statuses.includes('401')).toBe(contract.auth !== 'public');
    expect(statuses.includes('412')).toBe(contract.concurrency);
    expect(statuses.includes('415')).toBe(operation.requestBody !== undefined);
  });

  it('is for somebody, in both languages', () => {
    expect(contract.roles.length > 0).toBe(contract.auth !== 'public');
    expect(contract.summary.en).not.toBe('');
    expect(contract.summary).toHaveProperty('ja');
  });
});
