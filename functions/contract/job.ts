import * as z from 'zod';
import { defineContract } from '../edge/http/route-contract.ts';
import { JobView } from './api-schemas.ts';

export const readJob = defineContract({
  method: 'GET',
  path: '/v1/jobs/{id}',
  audit: { action: 'read-job', what: 'inquiries', object: { in: 'path', field: 'id' } },
  summary: { en: 'See how a job stands', ja: 'ジョブの状況' },
  description: 'For who started it and leads.',
  tag: 'jobs',
  auth: 'token',
  roles: ['operator', 'staff', 'lead'],
  params: z.strictObject({ id: z.string().regex(/^[\w-]{1,64}$/) }),
  answers: { 200: JobView },
  refusals: ['job.unknown'],
  idempotent: false,
  concurrency: false,
});
