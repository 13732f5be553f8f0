import * as z from 'zod';
import { collectInquiryRefs } from '../../core/access/access-record.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import {
  formatHandoverCsv,
  makeHandoverFileName,
} from '../../core/people/offboarding/handover-csv.ts';
import { offboardAgent } from '../../core/people/offboarding/offboard-agent.ts';
import {
  type HandoverReport,
  type ReadHandoverDependencies,
  readHandover,
} from '../../core/people/offboarding/read-handover.ts';
import * as contracts from '../contract/offboarding.ts';
import { buildCsvHeaders, chooseCsvLanguage, csvOrJsonVary } from '../edge/http/csv-response.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';
import { logStep } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({ TABLE_NAME: z.string() });
export type Env = z.infer<typeof Env>;

type Deps = Parameters<typeof offboardAgent>[0] &
  ReadHandoverDependencies &
  Omit<HttpOptions, 'routes'>;

/** Makes the routes by which a lead offboards an agent. */
export function makeHandler(deps: Deps): HttpHandler {
  return makeHttpHandler({
    ...deps,
    routes: [makeOffboardAgentRoute(deps), makeReadHandoverRoute(deps)],
  });
}

function makeOffboardAgentRoute(deps: Deps) {
  return defineRoute(contracts.offboardAgent, async ({ actor, params, body, now }) => {
    const job = await offboardAgent(deps, actor, params.agent, body, now);
    if (isRefusal(job)) return job;
    const { id, state, createdAt, updatedAt, done } = job;
    logStep(deps.logger, { step: 'people.offboarded', jobId: id });
    return {
      status: 202,
      location: `/v1/jobs/${id}`,
      body: {
        ...{ id, kind: 'offboarding', state, progress: { done }, errors: [] },
        ...{ createdAt, updatedAt },
      },
    };
  });
}

function makeReadHandoverRoute(deps: Deps) {
  return defineRoute(contracts.readHandover, async ({ params, query, prefers, now }) => {
    const handover = await readHandover(deps, params.agent, now);
    if (isRefusal(handover)) return handover;
    const language = chooseCsvLanguage(query, prefers);
    const seen = collectInquiryRefs(handover);
    return language === undefined
      ? { status: 200, headers: { vary: csvOrJsonVary }, body: viewHandover(handover), seen }
      : {
          status: 200,
          headers: buildCsvHeaders(makeHandoverFileName(handover), language),
          body: formatHandoverCsv(handover, language),
          seen,
        };
  });
}

function viewHandover({ groups, ...rest }: HandoverReport): z.input<typeof contracts.Handover> {
  return {
    ...rest,
    groups: groups.map((group) => ({ ...group, inquiries: [...group.inquiries] })),
  };
}
