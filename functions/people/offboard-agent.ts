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
import { csvHeaders, csvOrJsonVary, csvWanted } from '../edge/http/csv-response.ts';
import { type HttpHandler, type HttpOptions, httpHandler, route } from '../edge/http/http.ts';
import { logStep } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({ TABLE_NAME: z.string() });
export type Env = z.infer<typeof Env>;

type Deps = Parameters<typeof offboardAgent>[0] &
  ReadHandoverDependencies &
  Omit<HttpOptions, 'routes'>;

/** Makes the routes by which a lead sees an agent off. */
export function makeHandler(deps: Deps): HttpHandler {
  return httpHandler({ ...deps, routes: [offboarding(deps), handingOver(deps)] });
}

function offboarding(deps: Deps) {
  return route(contracts.offboardAgent, async ({ actor, params, body, now }) => {
    const started = await offboardAgent(deps, actor, params.agent, body, now);
    if (isRefusal(started)) return started;
    const { id, state, createdAt, updatedAt, done } = started;
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

function handingOver(deps: Deps) {
  return route(contracts.readHandover, async ({ params, query, prefers, now }) => {
    const handover = await readHandover(deps, params.agent, now);
    if (isRefusal(handover)) return handover;
    const language = csvWanted(query, prefers);
    const seen = collectInquiryRefs(handover);
    return language === undefined
      ? { status: 200, headers: { vary: csvOrJsonVary }, body: bodyOf(handover), seen }
      : {
          status: 200,
          headers: csvHeaders(makeHandoverFileName(handover), language),
          body: formatHandoverCsv(handover, language),
          seen,
        };
  });
}

function bodyOf({ groups, ...rest }: HandoverReport): z.input<typeof contracts.Handover> {
  return {
    ...rest,
    groups: groups.map((group) => ({ ...group, inquiries: [...group.inquiries] })),
  };
}
