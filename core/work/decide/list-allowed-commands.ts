import { isOutsider } from '../../access/person.ts';
import { applyAlarmDecision, decideDueAlarms } from '../../inquiry/decide-and-append.ts';
import type { LoadedInquiry } from '../../inquiry/ports.ts';
import { isRefusal } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { Actor } from '../actor.ts';
import type { Command, CommandName } from '../commands.ts';
import { planCommand } from './decide.ts';

/** Stands for any other inquiry. */
const otherInquiryId = '00000000-0000-7000-8000-000000000000' as InquiryId;

/**
 * What somebody may do with an inquiry now: each command is tried, with the same rules that judge
 * it when it is given.
 */
export function listAllowedCommands(
  before: LoadedInquiry,
  actor: Actor,
  terms: Terms,
  now: Instant,
): CommandName[] {
  const loaded = applyAlarmDecision(before, decideDueAlarms(before, terms, now));
  return buildTrialCommands(loaded.inquiry, actor, terms)
    .filter((command) => {
      const whole = planCommand(loaded, command, { actor, terms, now, messageId: 'trial' });
      if (isRefusal(whole)) return false;
      // A claim of one's own inquiry is granted and does nothing.
      return command.command !== 'claim' || whole.events.length > 0;
    })
    .map(({ command }) => command);
}

function buildTrialCommands(inquiry: Inquiry, actor: Actor, terms: Terms): Command[] {
  const { holder, desk, number: intoNumber, unmaskings } = inquiry;
  const pendingUnmasking = unmaskings?.find(({ state }) => state === 'asked');
  const isClaims = holder?.agent === actor.sub && holder.by === 'claim';
  const held = isClaims ? { fence: holder.fence } : {};
  const elsewhere = terms.desks.find(
    ({ id, kind }) => id !== desk && (kind === 'internal' || !isOutsider(actor)),
  );
  return [
    { command: 'claim' },
    { command: 'heartbeat', ...held },
    { command: 'release', ...held },
    { command: 'decline' },
    ...(elsewhere === undefined
      ? []
      : [{ command: 'transfer' as const, desk: elsewhere.id, ...held }]),
    { command: 'wait', ...held },
    { command: 'resume' },
    { command: 'resolve', ...held },
    { command: 'no-reply-needed', ...held },
    { command: 'reply', text: '.', ...held },
    { command: 'note', text: '.', ...held },
    { command: 'reopen', reason: '.' },
    { command: 'withdraw' },
    { command: 'close' },
    { command: 'rate', score: 5 },
    { command: 'amend' },
    { command: 'merge', into: otherInquiryId, intoNumber },
    { command: 'ask-unmasking', of: 'requester', kinds: ['mail'], reason: '.' },
    ...(pendingUnmasking === undefined
      ? []
      : [
          {
            command: 'settle-unmasking' as const,
            unmasking: pendingUnmasking.id,
            outcome: 'granted' as const,
          },
        ]),
  ];
}
