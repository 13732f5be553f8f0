import { mayAtDesk } from '../../core/access/may.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import { callColumns, importCall } from '../../core/intake/call/import-call.ts';
import type { LogCallDependencies } from '../../core/intake/call/log-call.ts';
import type { CsvRowImporter } from './csv-import-work.ts';

/** Takes each row of a file as a phone call, with a receipt of the job and the line. */
export function makeCallRowImporter(
  logging: Omit<LogCallDependencies, 'terms'> & { readonly terms: TermsInForce },
  now: () => Instant,
): CsvRowImporter {
  return {
    columns: callColumns,
    mayImport: (person) => mayAtDesk(person, 'log-call'),
    importRow: async (cells, { job, line, by }) => {
      // The key of a receipt holds its instant, which has to be the same in each run.
      const receipt = { id: `${job.id}:${line}`, at: job.createdAt };
      const inForce = { ...logging, terms: await logging.terms.read() };
      const logged = await importCall(inForce, cells, { by, receipt, job: job.id, now: now() });
      if (isRefusal(logged)) return logged;
      const { id, number } = logged.inquiry;
      return { outcome: logged.fate, inquiryId: id, number };
    },
  };
}
