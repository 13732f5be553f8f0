import * as z from 'zod';
import { formatDuration } from '../../core/inquiry/clock/business-duration.ts';
import type { InquiryLedger } from '../../core/inquiry/ports.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import { type ClockExplanation, explainClock } from '../../core/sla/breach/explain-clock.ts';
import * as contracts from '../contract/sla/sla.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';
import { resolveInquiryId } from '../edge/http/resolve-inquiry-id.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

type Deps = {
  readonly terms: TermsInForce;
  readonly ledger: Pick<InquiryLedger, 'idOf' | 'load' | 'events'>;
} & Omit<HttpOptions, 'routes'>;

/** Makes the route that explains a clock. */
export function makeHandler(deps: Deps): HttpHandler {
  return makeHttpHandler({ ...deps, routes: [makeExplainClockRoute(deps)] });
}

function makeExplainClockRoute({ ledger, terms }: Deps) {
  return defineRoute(contracts.explainClock, async ({ actor, params, query, now }) => {
    const id = await resolveInquiryId(ledger, params.id);
    if (isRefusal(id)) return id;
    const inForce = await terms.read();
    const { clock } = params;
    const explanation = await explainClock(ledger, id, clock, query.cycle, actor, inForce, now);
    if (isRefusal(explanation)) return explanation;
    return { status: 200, body: viewExplanation(explanation), seen: [explanation.accessRecord] };
  });
}

function viewExplanation(explanation: ClockExplanation): contracts.ClockAccount {
  const { inquiryId: id, number, clock, target, elapsed, breach, stretches } = explanation;
  const { state, asOf, deadline, warnings, retargeted } = explanation;
  const { cycle, run, desk, verdict, startedAt, endedAt, warning, pauses } = clock;
  const { seconds, priority, policy, policies, calendar, calendars, countFrom, since } = target;
  return {
    ...{ inquiry: { id, number }, clock: clock.clock, cycle, run, state, asOf, startedAt },
    ...(desk === undefined ? {} : { desk }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(endedAt === undefined ? {} : { endedAt }),
    carried: formatDuration(clock.carried),
    stretches: stretches.map((one) => ({ ...one, counted: formatDuration(one.counted) })),
    ...(elapsed === undefined ? {} : { elapsed: formatDuration(elapsed) }),
    target: {
      duration: formatDuration(seconds),
      ...{ priority, policy, policies, calendar, calendars, countFrom, since },
    },
    ...(deadline === undefined ? {} : { deadline }),
    warnings: [...warnings],
    ...(warning === undefined ? {} : { nextWarning: warning }),
    ...(breach === undefined ? {} : { breach: viewExplainedBreach(breach) }),
    ...{ pauses, retargeted },
  };
}

function viewExplainedBreach({ late, ...breach }: NonNullable<ClockExplanation['breach']>) {
  return { ...breach, ...(late === undefined ? {} : { lateBy: formatDuration(late) }) };
}
