import * as z from 'zod';
import { recordByRole } from '../../core/access/access-record.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { CallImports } from '../../core/intake/call/call-ports.ts';
import {
  type LogCallDependencies,
  type LogCallResult,
  logCall,
} from '../../core/intake/call/log-call.ts';
import * as contracts from '../contract/intake.ts';
import {
  buildAnswerRecord,
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';
import { logStep } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  MAIL_DOMAIN: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

type Deps = Omit<LogCallDependencies, 'terms' | 'mailDomain'> & {
  readonly env: Pick<Env, 'MAIL_DOMAIN'>;
  readonly terms: TermsInForce;
  readonly imports: CallImports;
} & Omit<HttpOptions, 'routes'>;

/** Makes the routes that log calls: one at a time, or as a file. */
export function makeHandler(deps: Deps): HttpHandler {
  return makeHttpHandler({ ...deps, routes: [makeLogCallRoute(deps), makeImportCallsRoute(deps)] });
}

function makeLogCallRoute(deps: Deps) {
  const { env, random, logger } = deps;
  return defineRoute(contracts.logCall, async ({ actor, body, now, answerKey }) => {
    const logCallDeps = { ...deps, terms: await deps.terms.read(), mailDomain: env.MAIL_DOMAIN };
    const logged = await logCall(logCallDeps, {
      log: body,
      by: actor,
      receipt: { id: random.id(now), at: now },
      now,
      ...(answerKey === undefined
        ? {}
        : {
            idempotencyRecordFor: (inquiry) => buildAnswerRecord(answerKey, buildResult(inquiry)),
          }),
    });
    if (isRefusal(logged)) return logged;
    const { id: inquiryId, number } = logged.inquiry;
    logStep(logger, { step: `intake.${logged.fate}`, channel: 'phone', inquiryId, number });
    const result = buildResult(logged.inquiry);
    return logged.fate === 'opened' && answerKey !== undefined
      ? { ...result, stored: true as const }
      : result;
  });
}

function buildResult({ id, number, status }: LogCallResult['inquiry']) {
  const seen = [recordByRole({ id, number })];
  const body = { id, number, status };
  return { status: 201 as const, location: `/v1/inquiries/${id}`, body, seen };
}

function makeImportCallsRoute({ imports }: Deps) {
  return defineRoute(contracts.importCalls, async ({ actor, body, now }) => {
    const { id, createdAt } = await imports.start(body, actor.sub, now);
    return {
      status: 202,
      location: `/v1/jobs/${id}`,
      body: {
        ...{ id, kind: 'phone-log-import', state: 'queued', progress: { done: 0 }, errors: [] },
        ...{ createdAt, updatedAt: createdAt },
      },
    };
  });
}
