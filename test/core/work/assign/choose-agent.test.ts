import { describe, expect, it } from 'vitest';
import { Absence, Person } from '../../../../core/access/person.ts';
import { AssignmentSettings } from '../../../../core/inquiry/terms/desk-settings.ts';
import { DeskId, type InquiryId, type Sub } from '../../../../core/inquiry/values/ids.ts';
import { Priority } from '../../../../core/inquiry/values/vocabulary.ts';
import { buildCandidate } from '../../../../core/work/assign/assignment-candidate.ts';
import {
  advanceRoundRobin,
  type ChooseAgentInput,
  chooseAgent,
} from '../../../../core/work/assign/choose-agent.ts';
import { findEligibleAgents } from '../../../../core/work/assign/eligible-agents.ts';
import { workStart } from '../../help-desk.ts';

const staff = DeskId.parse('staff');
const ids = Array.from(
  { length: 30 },
  (_, at) => `019a0000-0000-7000-8000-${String(at * 7919).padStart(12, '0')}` as InquiryId,
);

type Given = Readonly<Record<string, unknown>>;

const person = (sub: string, given: Given = {}) =>
  Person.parse({
    ...{ address: `${sub}@toritsugi.example`, sub, name: sub, role: 'staff' },
    ...{ desks: ['staff'], presence: 'present', ...given },
  });

const absentFor = (standIn: string) => [
  Absence.parse({
    ...{ id: 'a', from: '2026-11-23T00:00:00.000Z', until: '2026-11-25T00:00:00.000Z' },
    ...{ standIn: `${standIn}@toritsugi.example`, categories: ['network'] },
  }),
];

/** Who is chosen of a team; each member has the number of medium inquiries that they hold. */
function choose(
  team: readonly (readonly [Person, number])[],
  {
    inquiry,
    ...given
  }: { inquiry?: Given; assignment?: Given; knowers?: string[] } & {
    refusals?: Readonly<Record<string, number>>;
    last?: Readonly<Record<string, number>>;
  } = {},
) {
  const assignment = AssignmentSettings.parse(given.assignment ?? {});
  const about = { id: ids[0], priority: 'medium', category: 'network', ...inquiry };
  const people = team.map(([one]) => one);
  const { able } = findEligibleAgents(
    people,
    staff,
    about as ChooseAgentInput['inquiry'],
    workStart,
  );
  const candidates = able.map((one) => {
    const count = team.find(([{ sub }]) => sub === one.agent.sub)?.[1] ?? 0;
    return buildCandidate(one, Array(count).fill({ priority: 'medium' }), assignment);
  });
  const chosen = chooseAgent({
    ...{ candidates, assignment, inquiry: about as ChooseAgentInput['inquiry'] },
    refusals: new Map(Object.entries(given.refusals ?? {}) as [Sub, number][]),
    familiarAgents: (given.knowers ?? []) as Sub[],
    roundRobin: { revision: 0, last: given.last ?? {} },
  });
  return chosen === undefined ? undefined : [chosen.agent.sub, chosen.because ?? 'order'];
}

const anna = person('anna');
const ben = person('ben');
const cleo = person('cleo');
const standing = (agent: string, given: Given) => ({
  standing: [{ agent: `${agent}@toritsugi.example`, ...given }],
});

describe('the least loaded', () => {
  it('is who carries the least of what they can', () => {
    const broad = person('broad', { capacity: 100 });
    expect(
      choose([
        [broad, 10],
        [anna, 5],
      ]),
    ).toEqual(['broad', 'order']);
    expect(
      choose([
        [broad, 10],
        [anna, 3],
      ]),
    ).toEqual(['anna', 'order']);
  });

  it('is of equals always the same one for an inquiry, and another for another', () => {
    const team = [
      [anna, 1],
      [ben, 1],
    ] as const;
    const chosen = ids.map((id) => choose(team, { inquiry: { id } }));
    expect(new Set(chosen.map((one) => one?.[0])).size).toBe(2);
    expect(ids.map((id) => choose(team.toReversed(), { inquiry: { id } }))).toEqual(chosen);
  });

  it.each([
    ['an agent with room for no more', [[person('full', { capacity: 3 }), 3]]],
    ['an agent without any capacity', [[person('none', { capacity: 0 }), 0]]],
    ['an agent who is away', [[person('away', { presence: 'away' }), 0]]],
    ['an agent who is absent', [[person('absent', { absences: absentFor('nobody') }), 0]]],
    ['an agent who has left', [[person('left', { state: 'left' }), 0]]],
    ['an agent of another desk', [[person('other', { desks: ['elsewhere'] }), 0]]],
  ] as const)('is never %s', (_, team) => {
    expect(choose(team)).toBeUndefined();
  });

  it('is given what is urgent only where that fits', () => {
    const small = person('small', { capacity: 5 });
    const team = [
      [small, 2],
      [person('large', { capacity: 8 }), 4],
    ] as const;
    expect(choose(team)).toEqual(['small', 'order']);
    expect(choose(team, { inquiry: { priority: 'critical' } })).toEqual(['large', 'order']);
  });

  it('is not given, however light, while over their capacity', () => {
    const weights = { low: 0 };
    const over = person('over', { capacity: 2 });
    const inquiry = { priority: 'low' };
    expect(choose([[over, 2]], { inquiry, assignment: { weights } })).toEqual(['over', 'order']);
    expect(choose([[over, 3]], { inquiry, assignment: { weights } })).toBeUndefined();
    const none = person('none', { capacity: 0 });
    const byTurns = { weights, policy: 'round-robin' };
    expect(choose([[none, 0]], { inquiry, assignment: byTurns })).toBeUndefined();
  });

  it('knows all that the inquiry asks', () => {
    const skilled = person('skilled', { skills: ['sap', 'vpn'] });
    const half = person('half', { skills: ['sap'] });
    const team = [
      [skilled, 9],
      [half, 0],
      [anna, 0],
    ] as const;
    expect(choose(team, { inquiry: { skills: ['sap', 'vpn'] } })).toEqual(['skilled', 'order']);
    expect(choose([[half, 0]], { inquiry: { skills: ['sap', 'vpn'] } })).toBeUndefined();
  });
});

describe('round-robin', () => {
  const assignment = { policy: 'round-robin' };

  it.each([
    [{ anna: 3, ben: 1, cleo: 2 }, 'ben'],
    [{ anna: 3, ben: 4 }, 'cleo'],
    [{}, 'anna'],
  ])('after %j comes %s', (last, next) => {
    const team = [
      [cleo, 0],
      [ben, 9],
      [anna, 0],
    ] as const;
    expect(choose(team, { assignment, last })).toEqual([next, 'order']);
  });

  it('passes over who has no room, who keeps their place', () => {
    const full = person('anna', { capacity: 1 });
    const last = { anna: 1, ben: 2 };
    expect(
      choose(
        [
          [full, 1],
          [ben, 1],
        ],
        { assignment, last },
      ),
    ).toEqual(['ben', 'order']);
  });

  it('forgets the assignments of agents who are no longer known', () => {
    const roundRobin = { revision: 4, last: { gone: 9, anna: 3 } };
    const known = new Set(['anna', 'ben'] as Sub[]);
    expect(advanceRoundRobin(roundRobin, 'ben' as Sub, known)).toEqual({
      revision: 4,
      last: { anna: 3, ben: 4 },
    });
  });
});

describe('a standing assignment', () => {
  const toBen = standing('ben', { categories: ['network'] });
  const team = [
    [anna, 0],
    [ben, 20],
  ] as const;

  it.each(['least-loaded', 'round-robin', 'sticky'])('comes before the order of %s', (policy) => {
    const assignment = { policy, ...toBen };
    expect(choose(team, { assignment, last: { ben: 9 } })).toEqual(['ben', 'standing']);
  });

  it('is for a category or a service, and for nothing else', () => {
    const assignment = standing('ben', { services: ['mail'] });
    expect(choose(team, { assignment })).toEqual(['anna', 'order']);
    const inquiry = { service: 'mail', category: 'other' };
    expect(choose(team, { assignment, inquiry })).toEqual(['ben', 'standing']);
  });

  it('is nobody’s while they are full, and their stand-in’s while they are absent', () => {
    const full = person('ben', { capacity: 20 });
    expect(
      choose(
        [
          [anna, 0],
          [full, 20],
        ],
        { assignment: toBen },
      ),
    ).toEqual(['anna', 'order']);
    const absent = person('ben', { absences: absentFor('cleo') });
    const standIn = person('cleo', { desks: ['elsewhere'] });
    expect(
      choose(
        [
          [anna, 0],
          [absent, 0],
          [standIn, 30],
        ],
        { assignment: toBen },
      ),
    ).toEqual(['cleo', 'stand-in']);
  });
});

describe('sticky', () => {
  const assignment = { policy: 'sticky', ...standing('cleo', { categories: ['network'] }) };
  const team = [
    [anna, 9],
    [ben, 5],
    [cleo, 1],
  ] as const;
  const inquiry = { lastAgent: { agent: 'anna', name: 'anna', desk: 'staff' } };

  it('takes who had the inquiry, then who knows the requester, then the standing assignment', () => {
    expect(choose(team, { assignment, inquiry, knowers: ['ben'] })).toEqual([
      'anna',
      'knows-inquiry',
    ]);
    expect(choose(team, { assignment, knowers: ['gone', 'ben', 'anna'] })).toEqual([
      'ben',
      'knows-requester',
    ]);
    expect(choose(team, { assignment })).toEqual(['cleo', 'standing']);
    expect(choose(team, { assignment: { policy: 'sticky' } })).toEqual(['cleo', 'order']);
  });

  it('takes the stand-in of who knows it and is absent', () => {
    const absent = person('anna', { absences: absentFor('ben') });
    const away = [
      [absent, 0],
      [ben, 5],
      [cleo, 1],
    ] as const;
    expect(choose(away, { assignment, inquiry })).toEqual(['ben', 'stand-in']);
  });

  it('alone asks who knows it', () => {
    for (const policy of ['least-loaded', 'round-robin']) {
      expect(choose(team, { assignment: { policy }, inquiry, last: { anna: 1, ben: 1 } })).toEqual([
        'cleo',
        'order',
      ]);
    }
  });
});

describe('who has declined', () => {
  it.each([
    [{ anna: 1 }, 'ben'],
    [{ anna: 1, ben: 1 }, 'cleo'],
    [{ anna: 2, ben: 1, cleo: 2 }, 'ben'],
    [{ anna: 1, ben: 1, cleo: 1 }, 'anna'],
  ])('%j comes after the others, whatever the policy: %s', (refusals, next) => {
    const team = [
      [anna, 0],
      [ben, 1],
      [cleo, 2],
    ] as const;
    const toAnna = standing('anna', { categories: ['network'] });
    const inquiry = { lastAgent: { agent: 'anna', name: 'anna', desk: 'staff' } };
    for (const assignment of [{}, { policy: 'sticky' }, toAnna]) {
      expect(choose(team, { assignment, inquiry, refusals })?.[0]).toBe(next);
    }
  });
});

describe('a stand-in', () => {
  const absent = person('anna', { absences: absentFor('cleo') });
  const elsewhere = { desks: ['elsewhere'] };

  it.each([
    ['is given what is of the categories named', {}, {}, 'cleo'],
    ['is given nothing else', {}, { category: 'hardware' }, undefined],
    ['is given nothing without a category', {}, { category: undefined }, undefined],
    ['is given nothing while away', { presence: 'away' }, {}, undefined],
    ['is given nothing while absent', { absences: absentFor('ben') }, {}, undefined],
    ['is given nothing beyond their capacity', { capacity: 0 }, {}, undefined],
    ['is given nothing that asks for what they do not know', {}, { skills: ['x'] }, undefined],
    ['who is an employee is given nothing', { role: 'requester', desks: [] }, {}, undefined],
  ])('%s', (_, given, inquiry, chosen) => {
    const standIn = person('cleo', { ...elsewhere, ...given });
    expect(
      choose(
        [
          [absent, 0],
          [standIn, 0],
        ],
        { inquiry },
      )?.[0],
    ).toBe(chosen);
  });

  it('of a stand-in who is absent too is given nothing', () => {
    const standIn = person('cleo', { ...elsewhere, absences: absentFor('dora') });
    expect(
      choose([
        [absent, 0],
        [standIn, 0],
        [person('dora', elsewhere), 0],
      ]),
    ).toBeUndefined();
  });
});

it('weighs every priority', () => {
  const assignment = AssignmentSettings.parse({});
  const [able] = findEligibleAgents([anna], staff, {}, workStart).able;
  if (able === undefined) throw new TypeError('anna is able');
  const held = Priority.options.map((priority) => ({ priority }));
  expect(buildCandidate(able, held, assignment)).toMatchObject({ load: 8, capacity: 40 });
});
