import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import { foldEvents } from '../../../../core/inquiry/evolve.ts';
import { computeAlarmAt } from '../../../../core/inquiry/fire-alarm.ts';
import { Inquiry } from '../../../../core/inquiry/snapshot.ts';
import { findNextStatus, isLegalTransition } from '../../../../core/inquiry/transitions.ts';
import { addSeconds } from '../../../../core/inquiry/values/ids.ts';
import type { Command, CommandName } from '../../../../core/work/commands.ts';
import { runs } from '../../../support/volumes.ts';
import {
  type ActorName,
  bpo,
  bpoB,
  CommandScenario,
  commandedInquiryId,
  helpDeskActors,
  makeAssignedEvent,
  makeRoutedEvent,
  mergeTarget,
  receivedEvent,
  secondsAfterStart,
  staffDesk,
} from '../command-scenario.ts';

/** Which fence comes with a command: the right one, another, or none. */
type Fence = 'right' | 'another' | 'none';
type Step = {
  readonly name: ActorName;
  readonly command: CommandName;
  readonly fence: Fence;
  readonly desk: typeof bpo;
  readonly seconds: number;
  readonly beats: boolean;
};

const step: fc.Arbitrary<Step> = fc.record({
  // Often one agent, so that they come to hold it and go on.
  name: fc.oneof(
    { weight: 1, arbitrary: fc.constant<ActorName>('a1') },
    { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(helpDeskActors) as ActorName[])) },
  ),
  // What ends a life is rarer than what goes on in it.
  command: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.constantFrom<CommandName>(
        'claim',
        'heartbeat',
        'release',
        'wait',
        'resume',
        'reply',
        'no-reply-needed',
        'note',
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom<CommandName>('decline', 'transfer', 'resolve', 'reopen', 'amend'),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<CommandName>(
        'withdraw',
        'close',
        'rate',
        'merge',
        'ask-unmasking',
        'settle-unmasking',
      ),
    },
  ),
  fence: fc.constantFrom<Fence>('right', 'right', 'another', 'none'),
  desk: fc.constantFrom(bpo, bpoB, staffDesk),
  // Mostly within a lease, sometimes past it, now and then days later.
  seconds: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 40 }) },
    { weight: 2, arbitrary: fc.integer({ min: 60, max: 2_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 80_000, max: 700_000 }) },
  ),
  beats: fc.boolean(),
});

const life = fc.record({
  desk: fc.constantFrom(bpo, staffDesk, undefined),
  assigned: fc.boolean(),
  steps: fc.array(step, { minLength: 5, maxLength: 60 }),
});

function commandOf({ command, fence, desk }: Step, inquiry: Inquiry): Command {
  // The one before, where there was one.
  const another = inquiry.fence > 1 ? inquiry.fence - 1 : inquiry.fence + 1;
  const right = Math.max(1, inquiry.fence);
  const given = fence === 'none' ? {} : { fence: fence === 'right' ? right : another };
  switch (command) {
    case 'claim':
    case 'decline':
    case 'withdraw':
    case 'close':
      return { command };
    case 'heartbeat':
    case 'release':
    case 'wait':
    case 'resume':
    case 'resolve':
    case 'no-reply-needed':
      return { command, ...given };
    case 'transfer':
      return { command, desk, ...given };
    case 'reply':
    case 'note':
      return { command, text: '…', ...given };
    case 'reopen':
      return { command, reason: '…' };
    case 'rate':
      return { command, score: 3 };
    case 'amend':
      return { command, priority: 'low' };
    case 'merge':
      return { command, ...mergeTarget };
    case 'ask-unmasking':
      return { command, of: 'requester', kinds: ['mail'], reason: '…' };
    case 'settle-unmasking':
      return { command, unmasking: inquiry.unmaskings?.at(-1)?.id ?? '-', outcome: 'granted' };
    default:
      return command satisfies never;
  }
}

type Taken = {
  readonly holder: Inquiry['holder'];
  readonly command: Command;
  readonly name: ActorName;
};

/** Lives a life, and calls back after each command that was taken. */
function live(
  { desk, assigned, steps }: typeof life extends fc.Arbitrary<infer Life> ? Life : never,
  afterEach: (inquest: CommandScenario, taken: Taken | undefined) => void,
): void {
  const routed = desk === undefined ? [] : [makeRoutedEvent(desk)];
  const isAssigned = assigned && desk === staffDesk;
  const inquest = new CommandScenario(
    receivedEvent,
    ...routed,
    ...(isAssigned ? [makeAssignedEvent(helpDeskActors.staff1)] : []),
  );
  let now = secondsAfterStart(10);
  for (const one of steps) {
    now = addSeconds(now, one.seconds);
    const command = commandOf(one, inquest.inquiry);
    const { holder } = inquest.inquiry;
    const outcome = inquest.tryCommand(helpDeskActors[one.name], command, now);
    const isTaken = typeof outcome !== 'string';
    if (one.command === 'heartbeat' && isTaken && one.beats && inquest.lease !== undefined) {
      inquest.prolong(addSeconds(now, 900));
    }
    afterEach(inquest, isTaken ? { holder, command, name: one.name } : undefined);
  }
}

describe('whatever people command and however time passes', () => {
  it('folding the events gives the snapshot, which its schema accepts', () => {
    fc.assert(
      fc.property(life, (lived) =>
        live(lived, ({ events, inquiry }) => {
          expect(foldEvents(commandedInquiryId, events)).toEqual(inquiry);
          expect(Inquiry.parse(inquiry)).toEqual(inquiry);
          const last = events.at(-1);
          expect(InquiryEvent.parse(last)).toEqual(last);
        }),
      ),
      runs(30),
    );
  });

  it('every event is legal where it stands', () => {
    fc.assert(
      fc.property(life, (lived) => {
        let events: readonly InquiryEvent[] = [];
        live(lived, (inquest) => {
          events = inquest.events;
        });
        let status: Inquiry['status'] | 'none' = 'none';
        for (const [index, event] of events.entries()) {
          expect(isLegalTransition(status, event.type)).toBe(true);
          const { desk } = foldEvents(commandedInquiryId, events.slice(0, index + 1)) ?? {};
          status = findNextStatus(status === 'none' ? 'new' : status, event.type, desk);
        }
      }),
      runs(30),
    );
  });

  it('nobody is given an inquiry that somebody holds, and each holder has a higher fence', () => {
    fc.assert(
      fc.property(life, (lived) =>
        live(lived, ({ events }) => {
          let holder: string | undefined;
          let fence = 0;
          for (const event of events) {
            if (event.type === 'InquiryClaimed' || event.type === 'InquiryAssigned') {
              expect(holder).toBeUndefined();
              expect(event.fence).toBeGreaterThan(fence);
              holder = event.agent;
              fence = event.fence;
            } else if (endsHolding.has(event.type)) holder = undefined;
          }
        }),
      ),
      runs(40),
    );
  });

  it('there is a lease exactly while an agent holds it by a claim, and it is theirs', () => {
    fc.assert(
      fc.property(life, (lived) =>
        live(lived, ({ inquiry: { holder, status }, lease }) => {
          expect(lease === undefined).toBe(holder?.by !== 'claim');
          if (holder !== undefined) expect(status).toBe('in_progress');
          if (lease !== undefined) {
            expect(lease).toMatchObject({ agent: holder?.agent, fence: holder?.fence });
          }
        }),
      ),
      runs(30),
    );
  });

  it('an operator changes nothing without the living fence but by claiming, putting back and asking', () => {
    const free = new Set<CommandName>([
      ...(['claim', 'resume', 'reopen', 'heartbeat', 'ask-unmasking'] as const),
    ]);
    fc.assert(
      fc.property(life, (lived) =>
        live(lived, (_inquest, taken) => {
          if (taken === undefined || helpDeskActors[taken.name].role !== 'operator') return;
          if (free.has(taken.command.command)) return;
          const fence = 'fence' in taken.command ? taken.command.fence : undefined;
          expect(taken.holder).toMatchObject({ agent: taken.name, fence });
        }),
      ),
      runs(150),
    );
  });

  it('an open inquiry always has an alarm, and another has none', () => {
    fc.assert(
      fc.property(life, (lived) =>
        live(lived, ({ inquiry, lease }) => {
          const isOver = inquiry.status === 'closed' || inquiry.status === 'merged';
          expect(computeAlarmAt(inquiry, lease) === undefined).toBe(isOver);
        }),
      ),
      runs(40),
    );
  });
});

const endsHolding: ReadonlySet<string> = new Set([
  'AssignmentDeclined',
  'InquiryReleased',
  'LeaseLost',
  'InquiryTransferred',
  'RequesterAwaited',
  'InquiryResolved',
  'InquiryWithdrawn',
  'InquiryMerged',
]);
