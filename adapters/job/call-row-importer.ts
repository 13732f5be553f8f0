import { mayAtDesk } from '../../core/access/may.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import { callColumns, importCall } from '../../core/intake/call/import-call.ts';
import type { LogCallDependencies } from '../../core/intake/call/log-call.ts';
import type { CsvRowImporter } from './csv-import-work.ts';

/** Imports each row of a file as a phone call, whose receipt names the job and the line. */
export function makeCallRowImporter(
  dependencies: Omit<LogCallDependencies, 'terms'> & { readonly terms: TermsInForce },
  now: () => Instant,
): CsvRowImporter {
  return {
    columns: callColumns,
    mayImport: (person) => mayAtDesk(person, 'log-call'),
    importRow: async (cells, { job, line, by }) => {
      // A receipt's key contains its instant, which has to be the same in each run.
      const receipt = { id: `${job.id}:${line}`, at: job.createdAt };
      const withTerms = { ...dependencies, terms: await dependencies.terms.read() };
      const result = await importCall(withTerms, cells, { by, receipt, job: job.id, now: now() });
      if (isRefusal(result)) return result;
      const { id, number } = result.inquiry;
      return { outcome: result.fate, inquiryId: id, number };
    },
  };
}
