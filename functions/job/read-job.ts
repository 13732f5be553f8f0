import * as z from 'zod';
import { collectInquiryRefs } from '../../core/access/access-record.ts';
import { isRefusal, refuse } from '../../core/inquiry/refusal.ts';
import { JobId, type JobLineResult } from '../../core/job/job.ts';
import type { JobLedger, JobNotes } from '../../core/job/ports.ts';
import { type JobDetails, readJob } from '../../core/job/read-job.ts';
import type { JobView } from '../contract/api-schemas.ts';
import * as contracts from '../contract/job.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';

export const Env = z.object({ TABLE_NAME: z.string() });
export type Env = z.infer<typeof Env>;

/** Lambda answers with at most 6 MB; the result has all lines with their errors anyway. */
const errorLimit = 1_000;

/** Makes the route that shows a job. */
export function makeHandler(
  deps: { readonly jobs: JobLedger; readonly notes: Pick<JobNotes, 'find'> } & Omit<
    HttpOptions,
    'routes'
  >,
): HttpHandler {
  return makeHttpHandler({
    ...deps,
    routes: [
      defineRoute(contracts.readJob, async ({ actor, params }) => {
        const id = JobId.safeParse(params.id);
        if (!id.success) return refuse('job.unknown', 'There is no such job, or it is not yours.');
        const details = await readJob(deps.jobs, deps.notes, actor, id.data);
        if (isRefusal(details)) return details;
        const body = viewJob(details);
        return { status: 200, body, seen: collectInquiryRefs([body.result, body.errors]) };
      }),
    ],
  });
}

function viewJob({ job, lines, result }: JobDetails): z.input<typeof JobView> {
  const { id, jobKind, state, createdAt, updatedAt, checkpoint, total, counts, reason } = job;
  const lineErrors = lines.flatMap(({ line, inquiryId, outcome, errors = [] }) => {
    const isLeftOut = outcome === 'set-aside' && inquiryId !== undefined;
    return errors.map((detail) => (isLeftOut ? { inquiryId, detail } : { line, detail }));
  });
  const { failures, needsPersonAt, announceAt: nextRunAt } = job;
  return {
    ...{ id, kind: jobKind, state, createdAt, updatedAt },
    ...(failures === 0 || nextRunAt === undefined ? {} : { nextRunAt }),
    ...(needsPersonAt === undefined ? {} : { needsPersonAt }),
    progress: { done: checkpoint, ...(total === undefined ? {} : { total }) },
    result: result === undefined ? { counts, lines: lines.map(viewJobLine) } : JSON.parse(result),
    errors: [
      ...(reason === undefined ? [] : [{ detail: reason }]),
      ...lineErrors.slice(0, errorLimit),
    ],
  };
}

function viewJobLine({ line, outcome, errors, inquiryId, number }: JobLineResult) {
  return {
    ...{ line, outcome },
    ...(errors === undefined ? {} : { errors }),
    ...(inquiryId === undefined ? {} : { inquiryId }),
    ...(number === undefined ? {} : { number }),
  };
}
