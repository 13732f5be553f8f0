import type { Receipt } from '../../inquiry/outbox/receipt.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import { type Instant, instantOf } from '../../inquiry/values/ids.ts';
import {
  type LogCallDependencies,
  type LogCallInput,
  type LogCallResult,
  logCall,
} from './log-call.ts';
import { PhoneLog } from './phone-log.ts';

/** The columns of an import; docs/phone-log-import.md explains them. */
export const callColumns = {
  required: ['started_at', 'ended_at', 'summary', 'outcome'],
  optional: [
    'caller_name',
    'caller_address',
    'caller_phone',
    'callback_number',
    'subject',
    'answer',
    'priority',
    'language',
  ],
} as const;

type CallCells = Readonly<Record<string, string>>;

/**
 * Logs the call of one row; the same row again opens nothing.
 *
 * Refuses as `logCall` does, and `invalid.body` naming the columns that are wrong.
 */
export async function importCall(
  deps: LogCallDependencies,
  cells: CallCells,
  line: {
    readonly by: LogCallInput['by'];
    readonly receipt: Pick<Receipt, 'id' | 'at'>;
    readonly job: string;
    readonly now: Instant;
  },
): Promise<LogCallResult | Refusal> {
  const log = readCallRow(cells);
  return isRefusal(log) ? log : logCall(deps, { ...line, log });
}

/** Reads a row as a phone log; refuses `invalid.body` naming the columns that are wrong. */
export function readCallRow(cells: CallCells): PhoneLog | Refusal {
  const startedAt = readCallTime(cells['started_at'] ?? '');
  const endedAt = readCallTime(cells['ended_at'] ?? '');
  const faults = [
    ...(startedAt === undefined ? [`started_at: ${timeForms}`] : []),
    ...(endedAt === undefined ? [`ended_at: ${timeForms}`] : []),
  ];
  if (faults.length > 0) return refuse('invalid.body', faults.join('; '));
  const parsed = PhoneLog.safeParse({
    caller: dropEmptyCells({
      name: cells['caller_name'],
      address: cells['caller_address'],
      phone: cells['caller_phone'],
    }),
    ...{ startedAt, endedAt },
    ...dropEmptyCells({
      callbackNumber: cells['callback_number'],
      summary: cells['summary'],
      subject: cells['subject'],
      outcome: cells['outcome']?.toLowerCase(),
      answer: cells['answer'],
      priority: cells['priority']?.toLowerCase(),
      language: cells['language']?.toLowerCase(),
    }),
  });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    ({ path, message }) => `${columnOf(path.join('.'))}: ${message}`,
  );
  return refuse('invalid.body', issues.join('; '));
}

function dropEmptyCells(
  values: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

/** The column that a field of the log is read from. */
function columnOf(field: string): string {
  return field.replace('.', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const timeForms = 'is no time such as 2026-11-22 10:15 or 2026-11-22T10:15:00+09:00';
const localTime = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const zonedTime = /^(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Reads an instant by RFC 3339, or a time of Asia/Tokyo as spreadsheets write it.
 *
 * Undefined for anything else, and for a date that does not exist. Asia/Tokyo has had no other
 * offset since 1951.
 */
export function readCallTime(text: string): Instant | undefined {
  const zoned = zonedTime.exec(text);
  if (zoned !== null) {
    const [date = '', time = ''] = (zoned[1] ?? '').split(/[Tt ]/);
    return isDate(date) ? parseInstant(`${date}T${time}${zoned[2]?.toUpperCase()}`) : undefined;
  }
  const local = localTime.exec(text);
  if (local === null) return undefined;
  const [, year, , month, day, hour, minute, second] = local;
  const padTwo = (digits: string | undefined) => (digits ?? '0').padStart(2, '0');
  const date = `${year}-${padTwo(month)}-${padTwo(day)}`;
  if (!isDate(date)) return undefined;
  return parseInstant(`${date}T${padTwo(hour)}:${padTwo(minute)}:${padTwo(second)}+09:00`);
}

/** Whether a date exists: `Date.parse` takes February 30 for March 2. */
function isDate(date: string): boolean {
  const milliseconds = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(milliseconds) && instantOf(milliseconds).startsWith(date);
}

function parseInstant(text: string): Instant | undefined {
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : instantOf(milliseconds);
}
