import type { Notice } from '../../inquiry/outbox/notice.ts';
import type { Gathered } from '../content/escalation-facts.ts';
import type { NoticeLedger } from '../ports.ts';
import { trackOf } from './notice-bursts.ts';
import type { Destination } from './resolve-recipient.ts';

/** So many of those for which a notice speaks are named. */
const namedLimit = 20;

/** What was held back for a notice that speaks for others; undefined for any other notice. */
export async function gatheredFor(
  ledger: Pick<NoticeLedger, 'heldBack' | 'load'>,
  { digest, kind }: Notice,
  { name }: Destination,
): Promise<Gathered | undefined> {
  if (digest === undefined) return undefined;
  const { count, first } = await ledger.heldBack(trackOf(name, kind), digest, namedLimit);
  const owed = await Promise.all(first.map((news) => ledger.load(news.inquiryId, news.notice)));
  return {
    count,
    first: owed
      .filter((one) => one !== undefined)
      .map(({ notice, inquiry, event }) => ({
        number: inquiry.number,
        kind: notice.kind,
        ...(event.type === 'EscalationStepped' && event.clock !== undefined
          ? { clock: event.clock }
          : {}),
      })),
  };
}
