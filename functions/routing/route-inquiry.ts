import * as z from 'zod';
import type { CommandDependencies } from '../../core/inquiry/decide-and-append.ts';
import { InquiryQueueMessage } from '../../core/inquiry/outbox/queue-messages.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import {
  DeskObserver,
  type DeskObserverDependencies,
} from '../../core/routing/observation/desk-observer.ts';
import type { RuleSets } from '../../core/routing/ports.ts';
import { type RoutingResult, routeInquiry } from '../../core/routing/route-inquiry.ts';
import { compileRules } from '../../core/routing/rules/compile/compile-rules.ts';
import type { CompiledRules } from '../../core/routing/rules/compiled-rules.ts';
import type { RuleSet } from '../../core/routing/rules/rule-set.ts';
import { shippedRules } from '../../core/routing/rules/shipped-rules.ts';
import { makeQueueHandler, type QueueHandler } from '../edge/queue/queue.ts';
import type { RecordOutcome } from '../edge/queue/record-outcome.ts';
import { metricNames } from '../edge/telemetry/metric-names.ts';
import { type Log, logStep, type Meter } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

/** Makes the router, which sets desk, priority and category of new inquiries by the rules. */
export function makeHandler(
  deps: CommandDependencies &
    DeskObserverDependencies & {
      readonly terms: TermsInForce;
      readonly ruleSets: RuleSets;
      readonly logger: Log;
      readonly meter: Meter;
      readonly now: () => Instant;
    },
): QueueHandler {
  const { ruleSets, logger, meter, now } = deps;
  const routingDeps = { ...deps, observer: new DeskObserver(deps) };
  let compiled: { readonly set: RuleSet; readonly rules: CompiledRules } | undefined;

  async function rulesInForce(): Promise<CompiledRules> {
    const set = (await ruleSets.readNewest()) ?? shippedRules;
    if (compiled?.set.version !== set.version) compiled = { set, rules: compileRules(set) };
    return compiled.rules;
  }

  async function routeOne({ inquiryId }: InquiryQueueMessage): Promise<RecordOutcome> {
    const [terms, rules] = await Promise.all([deps.terms.read(), rulesInForce()]);
    const routed = await routeInquiry(routingDeps, inquiryId, rules, terms, now());
    if (isRefusal(routed)) return routed;
    logRouted(routed);
    return 'done';
  }

  function logRouted({ inquiry, events, overflowChanges }: RoutingResult): void {
    const event = events.find(({ type }) => type === 'InquiryRouted');
    if (event?.type === 'InquiryRouted') {
      const { id: inquiryId, number } = inquiry;
      const { desk, priority, category } = event;
      logStep(logger, { step: 'routing.routed', number, inquiryId, desk, priority, category });
    }
    for (const { desk, active, measure } of overflowChanges) {
      const step = active ? 'routing.overflow-begun' : 'routing.overflow-ended';
      logStep(logger, { step, desk, measure });
      meter.count(active ? metricNames.overflowBegun : metricNames.overflowEnded);
    }
  }

  return makeQueueHandler({ message: InquiryQueueMessage, handle: routeOne, logger, meter });
}
