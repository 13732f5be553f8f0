/** Fields that tell nothing to somebody watching one machine, or that the line already shows. */
const HIDDEN_FIELDS = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'step',
  'number',
  'inquiryId',
  'error',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'correlation_id',
  'correlationId',
  'sampling_rate',
  'xray_trace_id',
  'environment',
]);

/**
 * Formats a JSON log line with a step of an inquiry, or an error, as one readable line with the
 * time of day; undefined for every other line.
 */
export function formatStep(line: string, at: Date): string | undefined {
  const entry = parseLogLine(line);
  if (entry === undefined) return undefined;
  const isError = entry['level'] === 'ERROR' || entry['level'] === 'CRITICAL';
  if (typeof entry['step'] !== 'string' && !isError) return undefined;
  const subject = textOf(entry['number'] ?? entry['inquiryId']);
  const head = isError ? `! ${textOf(entry['message'])}` : formatStepName(textOf(entry['step']));
  const details = Object.entries(entry)
    .filter(([name, value]) => !HIDDEN_FIELDS.has(name) && isPlain(value))
    .filter(([name, value]) => name !== 'fate' || !head.endsWith(`.${value}`))
    .map(([name, value]) => `${name}=${textOf(value)}`);
  const failure = entry['error'] as { name?: unknown; message?: unknown } | undefined;
  if (failure?.message !== undefined) {
    details.push(`${textOf(failure.name)}: ${textOf(failure.message)}`);
  }
  return [at.toTimeString().slice(0, 8), head.padEnd(24), subject.padEnd(12), ...details]
    .join('  ')
    .trimEnd();
}

/** Shortens a step named for its event, such as `work.InquiryResolved`, to `work.resolved`. */
function formatStepName(step: string): string {
  return step.replace(
    /\.(?:Inquiry)?([A-Z][A-Za-z]+)$/,
    (_, type: string) => `.${type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}`,
  );
}

/** Most of the log is metrics and plain information, and parsing it costs a millisecond a mail. */
const WORTH_PARSING = /"step":|"level":"(?:ERROR|CRITICAL)"/;

function parseLogLine(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{"') || !WORTH_PARSING.test(line)) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Control characters would let a mail's text steer the terminal. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return String(value)
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, 200);
}
