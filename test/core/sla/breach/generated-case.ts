import fc from 'fast-check';
import type { InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import type { Terms } from '../../../../core/inquiry/terms/terms.ts';
import { addSeconds, type DeskId, type Instant } from '../../../../core/inquiry/values/ids.ts';
import { Priority } from '../../../../core/inquiry/values/vocabulary.ts';
import type { Command } from '../../../../core/work/commands.ts';
import {
  type ActorName,
  bpo,
  bpoB,
  deskListTerms,
  makeReceivedEvent,
  makeRoutedEvent,
  parseTokyoTime,
  staffDesk,
} from '../../help-desk.ts';
import { makeServiceLevels, type PoliciesBody } from '../../inquiry/clock/make-service-levels.ts';
import { givenUnder, type InquirySpecification } from '../../inquiry-specification.ts';

type Calendars = Parameters<typeof makeServiceLevels>[1];
type Calendar = NonNullable<Calendars>[number]['calendars'][string];

/** One step of a life, some seconds after the step before. */
type CaseStep = { readonly gap: number } & (
  | {
      readonly by: ActorName;
      readonly command: Command['command'];
      readonly desk: DeskId;
      readonly priority: Priority;
    }
  | { readonly putCalendar: Calendar; readonly from: number }
  | { readonly putPolicy: PoliciesBody['policies'][string] }
  | { readonly says: 'requester' }
);

const office = ['09:00-12:00', '13:00-17:00'];
const makeWeek = (times: string[]) => ({
  mon: times,
  tue: times,
  wed: times,
  thu: times,
  fri: times,
});
const calendar: fc.Arbitrary<Calendar> = fc.constantFrom(
  { zone: 'Asia/Tokyo', week: makeWeek(office) },
  { zone: 'Asia/Tokyo', week: makeWeek(['10:00-15:00']), holidays: { feed: 'jp' as const } },
  { zone: 'America/New_York', week: { ...makeWeek(['00:00-24:00']), sun: ['00:00-24:00'] } },
);

const duration = fc.constantFrom('PT10M', 'PT1H', 'PT4H', 'PT21H');
const targets = fc.record({ critical: duration, high: duration, medium: duration });
const terms = fc.record({
  calendar: fc.constantFrom('tokyo-office', 'bpo-weekdays'),
  targets,
  warnAt: fc.constantFrom<number[]>([], [50, 75]),
});
const policy = fc.record({
  name: fc.constant({ ja: '生成', en: 'Generated' }),
  clocks: fc.record(
    {
      first_response: terms,
      next_response: terms,
      resolution: terms,
      pickup: terms,
      ownership: terms,
    },
    { requiredKeys: ['resolution'] },
  ),
  retarget: fc.constantFrom('from-start' as const, 'from-change' as const),
  reopen: fc.constantFrom('new-cycle' as const, 'continue' as const),
});

/** From seconds to days, not only in whole minutes. */
const gap = fc.oneof(
  fc.integer({ min: 1, max: 50 }),
  fc.integer({ min: 60, max: 8 * 3600 }),
  fc.integer({ min: 3600, max: 4 * 86_400 }),
);

const commands = [
  ...['claim', 'claim', 'heartbeat', 'release', 'transfer', 'wait', 'wait', 'resume', 'resume'],
  ...['resolve', 'reply', 'reopen', 'reopen', 'amend', 'amend', 'no-reply-needed', 'withdraw'],
] as Command['command'][];

const step: fc.Arbitrary<CaseStep> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      gap,
      by: fc.constantFrom<ActorName>('a1', 'b1', 'staff1', 'lead', 'requester'),
      command: fc.constantFrom(...commands),
      desk: fc.constantFrom(bpo, bpoB, staffDesk),
      priority: fc.constantFrom(...Priority.options),
    }),
  },
  { weight: 2, arbitrary: fc.record({ gap, says: fc.constant('requester' as const) }) },
  {
    weight: 2,
    // Often in force from hours of the same day that are already over.
    arbitrary: fc.record({
      gap: fc.integer({ min: 1, max: 2 * 3600 }),
      putCalendar: calendar,
      from: fc.integer({ min: -8, max: 8 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ gap, putPolicy: policy }) },
);

/** A life under changing policies and calendars, with the terms and the instant at its end. */
export type GeneratedCase = {
  readonly scenario: InquirySpecification;
  readonly terms: Terms;
  readonly now: Instant;
};

/** Generates an inquiry's life by commands; one that is refused changes nothing. */
export const generatedCase: fc.Arbitrary<GeneratedCase> = fc
  .record({ first: policy, steps: fc.array(step, { minLength: 5, maxLength: 40 }), last: gap })
  .map(({ first, steps, last }) => {
    let now = parseTokyoTime('2026-11-19 16:00:07');
    const policies: Parameters<typeof makeServiceLevels>[0][number][] = [
      { put: parseTokyoTime('2026-11-01 00:00'), policies: { policies: { standard: first } } },
    ];
    const calendars: NonNullable<Calendars>[number][] = [];
    const begun = { ...deskListTerms, serviceLevels: makeServiceLevels(policies) };
    const scenario = givenUnder(
      begun,
      makeReceivedEvent(now),
      makeRoutedEvent(bpo, 'high', addSeconds(now, 3)),
    );
    for (const one of steps) {
      now = addSeconds(now, one.gap);
      if ('putCalendar' in one) {
        // Never in force before the day on which it is put.
        const midnight = parseTokyoTime(`${addSeconds(now, 9 * 3600).slice(0, 10)} 00:00`);
        const wanted = addSeconds(now, one.from * 3600);
        const from = wanted < midnight ? midnight : wanted;
        calendars.push({
          put: now,
          from,
          calendars: { 'tokyo-office': one.putCalendar, 'bpo-weekdays': one.putCalendar },
        });
      } else if ('putPolicy' in one) {
        policies.push({ put: now, policies: { policies: { standard: one.putPolicy } } });
      } else if ('says' in one) {
        if (['queued', 'in_progress', 'waiting'].includes(scenario.inquiry.status))
          scenario.whenEvents(makeRequesterMessage(now));
      } else {
        const { by, command, desk, priority } = one;
        const fence = scenario.loaded.lease === undefined ? {} : { fence: scenario.inquiry.fence };
        scenario
          .when(by, makeCommand(command, { desk, priority, fence }), now)
          .thenTakenOrRefused();
        // Agents keep what they have claimed.
        if (scenario.loaded.lease !== undefined)
          scenario.withLeaseUntil(addSeconds(now, 2 * 86_400));
        continue;
      }
      scenario.under({
        ...deskListTerms,
        serviceLevels: makeServiceLevels(policies, calendars),
      });
    }
    return { scenario, terms: scenario.terms, now: addSeconds(now, last) };
  });

type CommandInput = {
  readonly desk: DeskId;
  readonly priority: Priority;
  readonly fence: { fence?: number };
};

function makeCommand(
  command: Command['command'],
  { desk, priority, fence }: CommandInput,
): Command {
  switch (command) {
    case 'transfer':
      return { command, desk, ...fence };
    case 'reply':
      return { command, text: '確認します。', ...fence };
    case 'reopen':
      return { command, reason: 'まだです。' };
    case 'amend':
      return { command, priority };
    case 'release':
    case 'heartbeat':
    case 'wait':
    case 'resolve':
    case 'no-reply-needed':
      return { command, ...fence };
    case 'claim':
    case 'resume':
    case 'withdraw':
      return { command };
    default:
      throw new TypeError(`${command} is not among those generated`);
  }
}

function makeRequesterMessage(at: Instant): InquiryEvent {
  return {
    ...{ v: 1, at, by: { kind: 'requester', name: 'requester' }, type: 'MessageReceived' },
    message: {
      id: `said-${at}`,
      kind: 'requester',
      from: {},
      text: 'まだでしょうか。',
      attachments: [],
    },
    joined: [],
  };
}
