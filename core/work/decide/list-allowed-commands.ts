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
 * Lists the commands that somebody may give now, by trying each with the rules for the real one.
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
      const planned = planCommand(loaded, command, { actor, terms, now, messageId: 'trial' });
      if (isRefusal(planned)) return false;
      // Claiming one's own inquiry is allowed and does nothing.
      return command.command !== 'claim' || planned.events.length > 0;
    })
    .map(({ command }) => command);
}

function buildTrialCommands(inquiry: Inquiry, actor: Actor, terms: Terms): Command[] {
  const { holder, desk, number: intoNumber, unmaskings } = inquiry;
  const pendingUnmasking = unmaskings?.find(({ state }) => state === 'asked');
  const isClaimHolder = holder?.agent === actor.sub && holder.by === 'claim';
  const fenceField = isClaimHolder ? { fence: holder.fence } : {};
  const otherDesk = terms.desks.find(
    ({ id, kind }) => id !== desk && (kind === 'internal' || !isOutsider(actor)),
  );
  return [
    { command: 'claim' },
    { command: 'heartbeat', ...fenceField },
    { command: 'release', ...fenceField },
    { command: 'decline' },
    ...(otherDesk === undefined
      ? []
      : [{ command: 'transfer' as const, desk: otherDesk.id, ...fenceField }]),
    { command: 'wait', ...fenceField },
    { command: 'resume' },
    { command: 'resolve', ...fenceField },
    { command: 'no-reply-needed', ...fenceField },
    { command: 'reply', text: '.', ...fenceField },
    { command: 'note', text: '.', ...fenceField },
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
