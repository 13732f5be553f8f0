import type { Notice } from '../../inquiry/outbox/notice.ts';
import type { GatheredNotices } from '../content/escalation-facts.ts';
import type { NoticeLedger } from '../ports.ts';
import { buildBurstTrack } from './notice-bursts.ts';
import type { NoticeDestination } from './resolve-recipient.ts';

/** A notice names so many of those that it stands for. */
const namedLimit = 20;

/** Reads what was held back for a notice that stands for others; undefined for any other notice. */
export async function readGatheredNotices(
  ledger: Pick<NoticeLedger, 'readHeldNotices' | 'load'>,
  { digest, kind }: Notice,
  { name }: NoticeDestination,
): Promise<GatheredNotices | undefined> {
  if (digest === undefined) return undefined;
  const { count, first } = await ledger.readHeldNotices(
    buildBurstTrack(name, kind),
    digest,
    namedLimit,
  );
  const owed = await Promise.all(
    first.map((queueMessage) => ledger.load(queueMessage.inquiryId, queueMessage.notice)),
  );
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
