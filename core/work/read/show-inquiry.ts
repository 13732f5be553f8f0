import { type AccessRecord, recordRead } from '../../access/access-record.ts';
import { isInquiryStub, viewInquiry } from '../../access/view-inquiry.ts';
import {
  applyAlarmDecision,
  type CommandResult,
  decideDueAlarms,
} from '../../inquiry/decide-and-append.ts';
import { noAlarmAt } from '../../inquiry/fire-alarm.ts';
import type { InquiryLedger, LoadedInquiry } from '../../inquiry/ports.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { Actor } from '../actor.ts';
import { listAllowedCommands } from '../decide/list-allowed-commands.ts';

/** Merges cannot form a cycle; this bounds what a broken ledger could do. */
const chainLimit = 50;

/** Follows an inquiry's merges to the last one. */
export async function followMerges(
  ledger: Pick<InquiryLedger, 'load'>,
  inquiry: Inquiry,
): Promise<Inquiry> {
  let current = inquiry;
  for (let hops = 0; current.mergedInto !== undefined && hops < chainLimit; hops += 1) {
    const next = await ledger.load(current.mergedInto as InquiryId);
    if (next === undefined) break;
    current = next.inquiry;
  }
  return current;
}

/** Shows an inquiry to somebody, with the commands allowed now; undefined when hidden from them. */
export async function showInquiry(
  ledger: Pick<InquiryLedger, 'load'>,
  loaded: LoadedInquiry,
  actor: Actor,
  terms: Terms,
  now: Instant,
) {
  const { inquiry } = loaded;
  const mergeTarget =
    inquiry.mergedInto === undefined ? undefined : await followMerges(ledger, inquiry);
  return viewInquiryNow(loaded, actor, terms, now, mergeTarget?.number);
}

/** Shows an inquiry to the actor of a command, who still sees at least a part of it. */
export function showCommandResult(result: CommandResult, actor: Actor, terms: Terms, now: Instant) {
  const merged = result.events.find((event) => event.type === 'InquiryMerged');
  const intoNumber = merged?.type === 'InquiryMerged' ? merged.intoNumber : undefined;
  const view = viewInquiryNow(result, actor, terms, now, intoNumber);
  if (view === undefined) throw new TypeError('an inquiry is hidden from who changed it');
  return view;
}

function viewInquiryNow(
  loaded: LoadedInquiry,
  actor: Actor,
  terms: Terms,
  now: Instant,
  mergedInto: InquiryNumber | undefined,
) {
  const { inquiry, lease } = loaded;
  const afterAlarms = applyAlarmDecision(loaded, decideDueAlarms(loaded, terms, now));
  return viewInquiry(inquiry, actor, {
    commands: listAllowedCommands(afterAlarms, actor, terms, now),
    serviceLevels: terms.serviceLevels,
    settings: terms.settings,
    afterAlarms: afterAlarms.inquiry,
    ...(lease === undefined ? {} : { lease }),
    ...(mergedInto === undefined ? {} : { mergedInto }),
  });
}

/**
 * Shows the inquiries of a list, without those that the viewer sees as a stub or not at all: lists
 * contain what somebody has, not what they had.
 *
 * Lists come without leases, so a holder's lease is presumed to be alive.
 */
export async function showInquiryList(
  ledger: Pick<InquiryLedger, 'load'>,
  inquiries: readonly Inquiry[],
  actor: Actor,
  terms: Terms,
  now: Instant,
) {
  const views = await Promise.all(
    inquiries.map(async (inquiry) => {
      const view = await showInquiry(ledger, presumeLease(inquiry), actor, terms, now);
      if (view === undefined || isInquiryStub(view)) return undefined;
      const { lease: _, ...rest } = view;
      return rest;
    }),
  );
  return views.filter((view) => view !== undefined);
}

/** Records which inquiries the views of a list have disclosed. */
export function recordListedReads(
  inquiries: readonly Inquiry[],
  views: readonly { readonly id: InquiryId }[],
  actor: Actor,
): AccessRecord[] {
  const shown = new Set(views.map(({ id }) => id));
  return inquiries.filter(({ id }) => shown.has(id)).map((inquiry) => recordRead(actor, inquiry));
}

function presumeLease(inquiry: Inquiry): LoadedInquiry {
  const { holder } = inquiry;
  if (holder?.by !== 'claim') return { inquiry };
  const { agent, desk, fence } = holder;
  return { inquiry, lease: { agent, desk, fence, until: noAlarmAt, confirmed: true } };
}
