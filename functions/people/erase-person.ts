import * as z from 'zod';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import {
  type OrderErasureDependencies,
  orderErasure,
} from '../../core/people/erasure/order-erasure.ts';
import * as contracts from '../contract/erasure.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';
import { logStep } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({ TABLE_NAME: z.string(), DESKS: StageDesks });
export type Env = z.infer<typeof Env>;

/** Makes the route by which a lead orders the erasure of a person. */
export function makeHandler(
  deps: Omit<OrderErasureDependencies, 'serviceLevels'> & {
    readonly terms: TermsInForce;
  } & Omit<HttpOptions, 'routes'>,
): HttpHandler {
  return makeHttpHandler({
    ...deps,
    routes: [
      defineRoute(contracts.erasePerson, async ({ actor, params, body, now }) => {
        const { serviceLevels } = await deps.terms.read();
        const started = await orderErasure(
          { ...deps, serviceLevels },
          actor,
          params.address,
          body,
          now,
        );
        if (isRefusal(started)) return started;
        const { id, createdAt } = started;
        logStep(deps.logger, { step: 'people.erasure-ordered', jobId: id });
        return {
          status: 202,
          location: `/v1/jobs/${id}`,
          body: {
            ...{ id, kind: 'person-erasure', state: 'queued', progress: { done: 0 }, errors: [] },
            ...{ createdAt, updatedAt: createdAt },
          },
        };
      }),
    ],
  });
}
