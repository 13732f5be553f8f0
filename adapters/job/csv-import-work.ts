import type { Person } from '../../core/access/person.ts';
import type { PersonRegistry } from '../../core/access/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../core/inquiry/refusal.ts';
import { TransientError } from '../../core/inquiry/transient-error.ts';
import type { Sub } from '../../core/inquiry/values/ids.ts';
import type { Job, JobLineResult } from '../../core/job/job.ts';
import type { JobWork, LineWork } from '../../core/job/ports.ts';
import { type CsvColumns, readCsv } from '../csv/read-csv.ts';
import type { S3ContentStore } from '../s3/content-store.ts';

/** The outcome of a row, from the use case that imports it. */
export type CsvRowOutcome = Omit<JobLineResult, 'line' | 'errors'>;

/** How the rows of one kind of file are imported. */
export type CsvRowImporter = {
  readonly columns: CsvColumns;
  /** Whether a person may import such a file, checked at each run. */
  readonly mayImport: (person: Person) => boolean;
  importRow(
    cells: Readonly<Record<string, string>>,
    context: { readonly job: Job; readonly line: number; readonly by: Person & { sub: Sub } },
  ): Promise<CsvRowOutcome | Refusal>;
};

/** An answer lists every line, so each has few and short errors. */
const errorLimit = 3;
const errorLength = 160;

/** Imports the rows of a CSV file in the content bucket. */
export class CsvImportWork implements JobWork {
  readonly #content: Pick<S3ContentStore, 'get'>;
  readonly #people: Pick<PersonRegistry, 'bySub'>;
  readonly #importer: CsvRowImporter;

  constructor(
    content: Pick<S3ContentStore, 'get'>,
    people: Pick<PersonRegistry, 'bySub'>,
    importer: CsvRowImporter,
  ) {
    this.#content = content;
    this.#people = people;
    this.#importer = importer;
  }

  async open(job: Job): Promise<LineWork | Refusal> {
    const by = await this.#people.bySub(job.startedBy);
    if (by?.sub === undefined || !this.#importer.mayImport(by)) {
      return refuse('access.forbidden', 'Who started it may not do this any more.');
    }
    const starter = { ...by, sub: by.sub };
    const bytes = await this.#content.get(job.input);
    if (bytes === undefined) return refuse('job.unknown', 'Its file is not there any more.');
    const rows = readCsv(bytes, this.#importer.columns);
    if (isRefusal(rows)) return rows;
    return {
      total: rows.length,
      lineOf: (index) => rows[index]?.line ?? index + 1,
      runLine: async (index) => {
        const row = rows[index];
        if (row === undefined) throw new RangeError(`there is no row ${index}`);
        const { line, cells, fault } = row;
        if (fault !== undefined) return buildRefusedLine(line, fault);
        const result = await this.#importer.importRow(cells, { job, line, by: starter });
        if (!isRefusal(result)) return { ...result, line };
        // A conflict passes by itself: it fails this run, and the next imports the row again.
        if (result.refused === 'transient.conflict') {
          throw new TransientError(result.refused, result.detail);
        }
        return buildRefusedLine(line, result.detail);
      },
    };
  }
}

function buildRefusedLine(line: number, detail: string): JobLineResult {
  const errors = detail
    .split('; ')
    .slice(0, errorLimit)
    .map((error) => error.slice(0, errorLength));
  return { line, outcome: 'refused', errors };
}
