import { problemCodes, problemTable } from '../edge/problem/refusal-status.ts';
import { problemCatalogue } from './problem-catalogue.ts';

const introduction = `# Problems

Errors of the API are problem details (RFC 9457, \`application/problem+json\`). Programs go by
\`code\`, people by \`title\` and \`detail\`; \`type\` leads to the code's section on the API's own page
(\`/docs#…\`), which says the same as this one; \`traceId\` names the request in the logs, and
\`errors[]\` points at what is wrong with an input (\`in\` is \`body\`, \`query\`, \`path\` or \`header\`,
\`pointer\` a JSON pointer into it).

What the gateway answers by itself (its own 401, 404, 413, 429 and 503) has the gateway's form.
`;

/** Renders the text of `docs/problems.md`; a test compares the file with it. */
export function renderProblemPage(): string {
  const sections = problemCodes.map((code) => {
    const { status, title } = problemTable[code];
    const { meaning, remedy } = problemCatalogue[code];
    return `## ${code}\n\n${status}: ${title}.\n\n${meaning}\n\nWhat to do: ${remedy}\n`;
  });
  return [introduction, ...sections].join('\n');
}
