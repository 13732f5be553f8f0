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
  commandedInquiryId,
  helpDeskActors,
  makeAssignedEvent,
  makeRoutedEvent,
  mergeTarget,
  receivedEvent,
  secondsAfterStart,
  staffDesk,
} from '../../help-desk.ts';
import { given, type InquirySpecification } from '../../inquiry-specification.ts';

/** The fence of a command: the right one, another, or none. */
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
  // Often the same agent, so that they come to hold it and work it.
  name: fc.oneof(
    { weight: 1, arbitrary: fc.constant<ActorName>('a1') },
    { weight: 1, arbitrary: fc.constantFrom(...(Object.keys(helpDeskActors) as ActorName[])) },
  ),
  // Commands that end a life are rarer.
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
  // The fence before, where there was one.
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

type AcceptedCommand = {
  readonly holder: Inquiry['holder'];
  readonly command: Command;
  readonly name: ActorName;
};

/** Plays a life and calls back after each command. */
function live(
  { desk, assigned, steps }: typeof life extends fc.Arbitrary<infer Life> ? Life : never,
  afterEach: (scenario: InquirySpecification, accepted: AcceptedCommand | undefined) => void,
): void {
  const routed = desk === undefined ? [] : [makeRoutedEvent(desk)];
  const isAssigned = assigned && desk === staffDesk;
  const scenario = given(
    receivedEvent,
    ...routed,
    ...(isAssigned ? [makeAssignedEvent(helpDeskActors.staff1)] : []),
  );
  let now = secondsAfterStart(10);
  for (const one of steps) {
    now = addSeconds(now, one.seconds);
    const command = commandOf(one, scenario.inquiry);
    const { holder } = scenario.inquiry;
    const { outcome } = scenario.when(one.name, command, now);
    const isAccepted = typeof outcome !== 'string';
    if (one.command === 'heartbeat' && isAccepted && one.beats && scenario.lease !== undefined) {
      scenario.withLeaseUntil(addSeconds(now, 900));
    }
    afterEach(scenario, isAccepted ? { holder, command, name: one.name } : undefined);
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
        live(lived, (scenario) => {
          events = scenario.events;
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
        live(lived, (_scenario, accepted) => {
          if (accepted === undefined || helpDeskActors[accepted.name].role !== 'operator') return;
          if (free.has(accepted.command.command)) return;
          const fence = 'fence' in accepted.command ? accepted.command.fence : undefined;
          expect(accepted.holder).toMatchObject({ agent: accepted.name, fence });
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
