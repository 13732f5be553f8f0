import * as z from 'zod';
import type { RecordedEvent } from '../../core/inquiry/events.ts';
import type { Instant } from '../../core/inquiry/ids.ts';
import { InquiryNews } from '../../core/inquiry/news.ts';
import { type Decision, type Performing, perform } from '../../core/inquiry/perform.ts';
import type { Loaded } from '../../core/inquiry/ports.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { Desks, type TermsInForce } from '../../core/inquiry/terms.ts';
import { decideRoute } from '../../core/routing/decide-route.ts';
import { factsOf } from '../../core/routing/facts.ts';
import type { RuleSets } from '../../core/routing/ports.ts';
import { type CompiledRules, compileRules } from '../../core/routing/route.ts';
import type { RuleSet } from '../../core/routing/rule-set.ts';
import { shippedRules } from '../../core/routing/shipped-rules.ts';
import type { Verdict } from '../edge/judge-record.ts';
import { type QueueHandler, queueHandler } from '../edge/queue.ts';
import { type Log, logStep, type Meter } from '../edge/telemetry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  DESKS: Desks,
});
export type Env = z.infer<typeof Env>;

/** Makes the router: a new inquiry gets its desk, priority and category by the rules in force. */
export function makeHandler(
  deps: Performing & {
    readonly terms: TermsInForce;
    readonly ruleSets: RuleSets;
    readonly logger: Log;
    readonly meter: Meter;
    readonly now: () => Instant;
  },
): QueueHandler {
  const { ledger, ruleSets, logger, meter, now } = deps;
  let compiled: { readonly set: RuleSet; readonly rules: CompiledRules } | undefined;

  async function rulesInForce(): Promise<CompiledRules> {
    const set = (await ruleSets.newest()) ?? shippedRules;
    if (compiled?.set.version !== set.version) compiled = { set, rules: compileRules(set) };
    return compiled.rules;
  }

  async function routeOne({ inquiryId }: InquiryNews): Promise<Verdict> {
    const [terms, found] = await Promise.all([deps.terms.read(), ledger.loadOpening(inquiryId)]);
    const at = now();
    const seen = found?.loaded;
    // Delivered again, as most often.
    if (seen !== undefined && seen.inquiry.status !== 'new') return 'done';
    const rules = await rulesInForce();
    const text = found === undefined ? '' : await firstText(inquiryId, found.opening);
    const decide = ({ inquiry }: Loaded): Decision => {
      if (inquiry.status !== 'new') return { events: [] };
      return decideRoute(rules(factsOf(inquiry, text)), terms, at);
    };
    const performed = await perform(deps, inquiryId, terms, at, decide, seen);
    if (isRefusal(performed)) return performed;
    const routed = performed.events.find((event) => event.type === 'InquiryRouted');
    if (routed?.type === 'InquiryRouted') {
      const { desk, priority, category } = routed;
      const { number } = performed.inquiry;
      logStep(logger, { step: 'routing.routed', number, inquiryId, desk, priority, category });
    }
    return 'done';
  }

  /** The text of what opened it: its first event's, or of its release from quarantine. */
  async function firstText(id: InquiryNews['inquiryId'], opening: RecordedEvent): Promise<string> {
    let events = [opening];
    for (;;) {
      for (const { event } of events) {
        if (event.type === 'InquiryReceived' || event.type === 'InquiryAdmitted') {
          return event.received.message.text;
        }
      }
      const last = events.at(-1);
      if (last === undefined) return '';
      // A quarantined one may have aged for long before it was released.
      events = await ledger.events(id, last.seq, 10);
    }
  }

  return queueHandler({ message: InquiryNews, handle: routeOne, logger, meter });
}
