import { buildPageSecurityPolicy } from '../edge/http/security-headers.ts';
import { problemCodes, problemSlugOf, problemTable } from '../edge/problem/refusal-status.ts';
import { docsPageStyle } from './docs-page-style.ts';
import type { JsonSchema } from './json-schema.ts';
import { html, type Markup } from './markup.ts';
import type { OpenApiDocument, OpenApiOperation } from './open-api.ts';
import { problemCatalogue } from './problem-catalogue.ts';

/** The page's content security policy: its own style, no script, nothing from elsewhere. */
export const docsSecurityPolicy = buildPageSecurityPolicy([docsPageStyle]);

type LocatedOperation = {
  readonly method: string;
  readonly path: string;
  readonly operation: OpenApiOperation;
};

/** Renders the OpenAPI document as one page for people, without script. */
export function renderDocsPage(document: OpenApiDocument): string {
  const operations: LocatedOperation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const groups = document.tags.map(({ name, description }) => ({
    name,
    description,
    located: operations.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const { schemas } = document.components as { readonly schemas: Record<string, JsonSchema> };
  // The style goes in unescaped, since the policy names the hash of this exact text.
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title} API</title>
<style>${styleMarkup}</style>
</head>
<body>
<nav aria-label="Contents">
<p class="brand"><a href="#top">${document.info.title} <span lang="ja">取次</span></a></p>
${groups.map(
  ({ name, located }) => html`<h2><a href="#${name}">${name}</a></h2>
<ul>${located.map(
    ({ method, operation }) => html`
<li><a href="#${operation.operationId}"><b class="m ${method}">${method}</b> ${operation.summary}</a></li>`,
  )}
</ul>`,
)}
<h2><a href="#schemas">schemas</a></h2>
<h2><a href="#problems">problems</a></h2>
</nav>
<main id="top">
<h1>${document.info.title} API <small>${document.info.version}</small></h1>
<p>${renderProse(document.info.description)}</p>
<p><a href="/openapi.json">OpenAPI ${document.openapi}</a></p>
${groups.map(
  ({ name, description, located }) => html`<section id="${name}">
<h2>${name}</h2>
<p>${renderProse(description)}</p>
${located.map(renderOperation)}
</section>`,
)}
<section id="schemas">
<h2>Schemas</h2>
${Object.entries(schemas).map(
  ([name, schema]) => html`<details id="schema-${name}">
<summary><code>${name}</code> ${renderProse(String(schema['description'] ?? ''))}</summary>
${renderSchema(schema)}
</details>`,
)}
</section>
${renderProblems()}
</main>
</body>
</html>
`;
  return page.text;
}

const styleMarkup = html([docsPageStyle] as unknown as TemplateStringsArray);

function renderOperation({ method, path, operation }: LocatedOperation): Markup {
  const { operationId, parameters, requestBody, responses } = operation;
  const japanese = operation['x-summary-ja'];
  return html`<article id="${operationId}">
<h3><b class="m ${method}">${method}</b> <code>${path}</code></h3>
<p class="summary">${operation.summary}${japanese === undefined ? '' : html` <span lang="ja">${japanese}</span>`}</p>
${operation.description.split('\n\n').map((paragraph) => html`<p>${renderProse(paragraph)}</p>`)}
${parameters.length === 0 ? '' : renderParameters(parameters)}
${requestBody === undefined ? '' : renderBody(requestBody)}
<h4>Answers</h4>
<table>${Object.entries(responses).map(([status, response]) => renderResponse(status, response, operation))}
</table>
</article>`;
}

function renderParameters(parameters: readonly JsonSchema[]): Markup {
  return html`<h4>Parameters</h4>
<table>${parameters.map((parameter) => {
    const { name, in: place, required, description, schema } = parameter;
    return html`
<tr><td><code>${String(name)}</code></td><td>${String(place)}${required === true ? ', required' : ''}</td><td>${renderInlineSchema(schema as JsonSchema)} ${renderProse(String(description ?? ''))}</td></tr>`;
  })}
</table>`;
}

function renderBody(requestBody: JsonSchema): Markup {
  const content = requestBody['content'] as Record<
    string,
    { schema?: JsonSchema; example?: unknown }
  >;
  return html`<h4>Body</h4>
<p>${Object.keys(content).join(' or ')}. ${renderProse(String(requestBody['description'] ?? ''))}</p>
${Object.values(content).map(
  ({ schema, example }) =>
    html`${schema === undefined ? '' : renderSchema(schema)}${
      example === undefined ? '' : html`<pre>${JSON.stringify(example, undefined, 2)}</pre>`
    }`,
)}`;
}

function renderResponse(status: string, response: JsonSchema, operation: OpenApiOperation): Markup {
  const codes = operation['x-problems'].filter(
    (code) => String(problemTable[code].status) === status,
  );
  const content = (response['content'] ?? {}) as Record<string, { schema?: JsonSchema }>;
  const contents =
    codes.length > 0
      ? codes.map((code) => html`<a href="#${problemSlugOf(code)}"><code>${code}</code></a> `)
      : Object.entries(content).map(
          ([type, { schema }], index) =>
            html`${index === 0 ? '' : ' or '}${type === 'application/json' && schema ? renderInlineSchema(schema) : type}`,
        );
  return html`
<tr><td>${status}</td><td>${contents}</td></tr>`;
}

/** Renders text in which backticks mark code. */
function renderProse(text: string): Markup {
  const pieces = text.split('`');
  return html`${pieces.map((piece, index) => (index % 2 === 0 ? piece : html`<code>${piece}</code>`))}`;
}

/** Renders an object's fields as a table, and anything else in a line. */
function renderSchema(schema: JsonSchema): Markup {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>);
  if (properties.length === 0) return html`<p>${renderInlineSchema(schema)}</p>`;
  const required = (schema['required'] ?? []) as readonly string[];
  return html`<table>${properties.map(
    ([name, property]) => html`
<tr><td><code>${name}</code></td><td>${required.includes(name) ? 'required' : ''}</td><td>${renderInlineSchema(property)} ${renderProse(String(property['description'] ?? ''))}</td></tr>`,
  )}
</table>`;
}

/** Renders a schema in a line: its type or name, and its bounds. */
function renderInlineSchema(schema: JsonSchema): Markup {
  const { $ref, anyOf, enum: values, const: value, type, items, properties } = schema;
  if (typeof $ref === 'string') {
    const name = $ref.replace('#/components/schemas/', '');
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (Array.isArray(anyOf)) {
    return html`${anyOf.map((one: JsonSchema, index) => html`${index === 0 ? '' : ' or '}${renderInlineSchema(one)}`)}`;
  }
  if (Array.isArray(values))
    return html`${values.map((one) => html`<code>${String(one)}</code> `)}`;
  if (value !== undefined) return html`<code>${String(value)}</code>`;
  if (type === 'array') return html`list of ${renderInlineSchema((items ?? {}) as JsonSchema)}`;
  if (properties !== undefined) {
    const names = Object.keys(properties as object);
    return html`${names.length === 0 ? 'an empty object' : `object: ${names.join(', ')}`}`;
  }
  return html`${String(type ?? 'any JSON')}${boundsOf(schema)}`;
}

function boundsOf(schema: JsonSchema): string {
  const bounds = ['format', 'minimum', 'maximum', 'minLength', 'maxLength', 'default', 'pattern']
    .filter((name) => schema[name] !== undefined)
    .map((name) => `${name} ${JSON.stringify(schema[name])}`);
  return bounds.length === 0 ? '' : ` (${bounds.join(', ')})`;
}

function renderProblems(): Markup {
  return html`<section id="problems">
<h2>Problems</h2>
<p>Errors are problem details; programs go by <code>code</code>.</p>
${problemCodes.map((code) => {
  const { status, title } = problemTable[code];
  const { meaning, remedy } = problemCatalogue[code];
  return html`<article id="${problemSlugOf(code)}">
<h3><code>${code}</code> <small>${status}</small></h3>
<p class="summary">${title}.</p>
<p>${renderProse(meaning)}</p>
<p>What to do: ${renderProse(remedy)}</p>
</article>`;
})}
</section>`;
}
