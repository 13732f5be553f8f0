import { STATUS_CODES } from 'node:http';
import type * as z from 'zod';
import {
  defaultBodyLimitBytes,
  type ResponseSchema,
  type RouteContract,
} from '../edge/http/route-contract.ts';
import { buildProblemDetails, ProblemDetails } from '../edge/problem/problem-details.ts';
import { type ProblemCode, problemCodes, problemTable } from '../edge/problem/refusal-status.ts';
import { bodyExamples } from './body-examples.ts';
import { type JsonSchema, SchemaComponents } from './json-schema.ts';
import { problemCodesOf } from './problem-codes.ts';

export type OpenApiOperation = {
  readonly operationId: string;
  readonly summary: string;
  readonly 'x-summary-ja'?: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security: readonly JsonSchema[];
  readonly 'x-roles': readonly string[];
  readonly 'x-problems': readonly ProblemCode[];
  readonly parameters: readonly JsonSchema[];
  readonly requestBody?: JsonSchema;
  readonly responses: Readonly<Record<string, JsonSchema>>;
};

export type OpenApiDocument = {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: JsonSchema;
};

const tags = {
  inquiries: 'Reading inquiries, their threads and their trails.',
  work: 'Commands on an inquiry.',
  desks: 'Desks, their worklists and their agents.',
  forms: 'Submitting forms and uploading attachments.',
  phone: 'Logging phone calls.',
  quarantine: 'What intake would not trust, and what became of every input.',
  'vendor-systems': "For a vendor's own system, which signs its requests.",
  configuration: 'Calendars and policies, whose every version is kept.',
  routing: 'Why inquiries go where they go, and where they would go by other rules.',
  audit: 'Who did or saw what, when, and by which right.',
  people: 'The registry of people.',
  'service-levels': 'Clocks, breaches, reports and escalations.',
  jobs: 'What outlasts a request.',
  about: 'The API itself, and pages for people.',
} as const;

const description = [
  'Inquiry routing for an internal IT help desk.',
  'Instants are RFC 3339 in UTC with milliseconds, durations ISO 8601.',
  "An inquiry's number is taken wherever its id is.",
  'Lists are `{items, next}`; `next` goes into `cursor` with the same filter by the same caller.',
  'Unknown parameters and fields are refused. Errors are problem details (RFC 9457).',
].join(' ');

/** Builds the OpenAPI document of contracts, which are given by operation name. */
export function buildOpenApi(
  contracts: ReadonlyMap<string, RouteContract>,
  version: string,
): OpenApiDocument {
  const components = new SchemaComponents();
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const [operationId, contract] of contracts) {
    const methods = paths[contract.path] ?? {};
    methods[contract.method.toLowerCase()] = buildOperation(operationId, contract, components);
    paths[contract.path] = methods;
  }
  components.describe(ProblemDetails, 'output');
  return {
    openapi: '3.1.0',
    info: { title: 'Toritsugi', version, description },
    tags: Object.entries(tags).map(([name, text]) => ({ name, description: text })),
    paths,
    components: {
      schemas: components.schemas,
      examples: buildProblemExamples(),
      headers,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An OIDC access token; rights come from the registry of people by its sub.',
        },
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'webhook-signature',
          description:
            '`v1,` and the Base64 of HMAC-SHA-256 over `<webhook-id>.<webhook-timestamp>.<METHOD> <path?query>.<body>`; see docs/vendor-systems.md.',
        },
      },
    },
  };
}

const headers = {
  ETag: {
    description: 'The version, for If-Match.',
    schema: { type: 'string', examples: ['"7"'] },
  },
  Location: { description: 'Where it is found.', schema: { type: 'string' } },
  TraceId: { description: 'Names this request in our logs.', schema: { type: 'string' } },
  RetryAfter: {
    description: 'Seconds until asking again makes sense.',
    schema: { type: 'string' },
  },
};

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same key with the same request gives the same answer for 24 hours.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,128}$' },
};
const signingHeaders = [
  {
    name: 'webhook-id',
    in: 'header',
    required: true,
    description: 'New for each request; the same again gives the same answer for 24 hours.',
    schema: { type: 'string', pattern: '^[\\w-]{1,128}$' },
  },
  {
    name: 'webhook-timestamp',
    in: 'header',
    required: true,
    description: 'Seconds since 1970, at most five minutes from ours.',
    schema: { type: 'string', pattern: '^\\d{1,11}$' },
  },
  {
    name: 'x-toritsugi-key',
    in: 'header',
    required: true,
    description: "The id of the vendor's key.",
    schema: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,31}$' },
  },
];
const ifMatch = {
  name: 'If-Match',
  in: 'header',
  description: 'The ETag that you saw; refused with 412 when there is a newer version.',
  schema: { type: 'string', pattern: '^"(0|[1-9][0-9]*)"$|^\\*$' },
};

function buildOperation(
  operationId: string,
  contract: RouteContract,
  components: SchemaComponents,
): OpenApiOperation {
  const codes = problemCodesOf(contract);
  return {
    operationId,
    summary: contract.summary.en,
    ...(contract.summary.ja === undefined ? {} : { 'x-summary-ja': contract.summary.ja }),
    description: [contract.description, describeRoles(contract)].filter(Boolean).join('\n\n'),
    tags: [contract.tag],
    security: contract.auth === 'public' ? [] : [{ [contract.auth]: [] }],
    'x-roles': contract.roles,
    'x-problems': codes,
    parameters: [
      ...buildParameters('path', contract.params, components),
      ...buildParameters('query', contract.query, components),
      ...(contract.auth === 'signature' ? signingHeaders : []),
      ...(contract.idempotent && contract.auth !== 'signature' ? [idempotencyKey] : []),
      ...(contract.concurrency ? [ifMatch] : []),
    ],
    ...buildRequestBody(operationId, contract, components),
    responses: { ...buildResponses(contract, components), ...buildProblemResponses(codes) },
  };
}

function describeRoles({ auth, roles }: RouteContract): string {
  return auth === 'public' ? 'For anyone.' : `For ${roles.join(', ')}.`;
}

function buildParameters(
  place: 'path' | 'query',
  schema: z.ZodObject | undefined,
  components: SchemaComponents,
): JsonSchema[] {
  if (schema === undefined) return [];
  const { properties, required } = components.describe(schema, 'input');
  return Object.entries(properties as Record<string, JsonSchema>).map(([name, property]) => {
    const { description: text, ...rest } = property;
    return {
      name,
      in: place,
      required: place === 'path' || ((required ?? []) as string[]).includes(name),
      ...(text === undefined ? {} : { description: text }),
      schema: rest,
    };
  });
}

function buildRequestBody(
  operationId: string,
  { body, bodyType, bodyLimitBytes = defaultBodyLimitBytes }: RouteContract,
  components: SchemaComponents,
): { readonly requestBody?: JsonSchema } {
  const text = `At most ${bodyLimitBytes} bytes.`;
  if (bodyType === 'text/csv') {
    const content = { 'text/csv': {}, 'application/octet-stream': {} };
    const types = 'Send text/csv for UTF-8, application/octet-stream for CP932.';
    return { requestBody: { required: true, description: `${text} ${types}`, content } };
  }
  if (body === undefined) return {};
  const required = !body.safeParse({}).success;
  const schema = components.describe(body, 'input');
  const example = bodyExamples[operationId];
  const content = {
    'application/json': { schema, ...(example === undefined ? {} : { example }) },
  };
  return { requestBody: { required, description: text, content } };
}

function buildResponses(
  contract: RouteContract,
  components: SchemaComponents,
): Record<string, JsonSchema> {
  const answers = Object.entries<ResponseSchema>(contract.answers).map(([status, answer]) => {
    const headerNames = [
      ...(contract.concurrency || contract.tag === 'inquiries' ? ['ETag'] : []),
      ...(status === '201' || status === '202' ? ['Location'] : []),
    ];
    const refs = headerNames.map((name) => [name, { $ref: `#/components/headers/${name}` }]);
    const text = STATUS_CODES[Number(status)] ?? status;
    const content = buildContent(answer, components);
    return [status, { description: text, headers: Object.fromEntries(refs), ...content }];
  });
  return Object.fromEntries(answers) as Record<string, JsonSchema>;
}

function buildContent(answer: ResponseSchema, components: SchemaComponents): JsonSchema {
  if (answer === null) return {};
  if (typeof answer === 'string') return { content: { [answer]: { schema: { type: 'string' } } } };
  const isCsvToo = 'text/csv' in answer;
  const schema = components.describe(isCsvToo ? answer['application/json'] : answer, 'output');
  const csv = isCsvToo ? { 'text/csv': { schema: { type: 'string' } } } : {};
  return { content: { 'application/json': { schema }, ...csv } };
}

/** One response for each status, with an example of each of its codes. */
function buildProblemResponses(codes: readonly ProblemCode[]): Record<string, JsonSchema> {
  const byStatus = Map.groupBy(codes, (code) => String(problemTable[code].status));
  const traced = { 'X-Trace-Id': { $ref: '#/components/headers/TraceId' } };
  const timed = { ...traced, 'Retry-After': { $ref: '#/components/headers/RetryAfter' } };
  const schema = { $ref: '#/components/schemas/Problem' };
  return Object.fromEntries(
    [...byStatus].map(([status, statusCodes]) => {
      const examples = statusCodes.map((code) => [code, { $ref: `#/components/examples/${code}` }]);
      const content = {
        'application/problem+json': { schema, examples: Object.fromEntries(examples) },
      };
      const description = statusCodes.map((code) => `\`${code}\``).join(', ');
      return [status, { description, headers: status === '503' ? timed : traced, content }];
    }),
  );
}

function buildProblemExamples(): Record<string, JsonSchema> {
  const request = { instance: '/v1/inquiries/HD-7K3M-9QX5', traceId: exampleTrace };
  return Object.fromEntries(
    problemCodes.map((code) => {
      const { title } = problemTable[code];
      return [
        code,
        { summary: title, value: buildProblemDetails({ code, detail: `${title}.` }, request) },
      ];
    }),
  );
}

const exampleTrace = '019a0000-0000-7000-8000-000000000000';
