import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Person } from '../../../../core/access/person.ts';
import { AssignmentSettings } from '../../../../core/inquiry/terms/desk-settings.ts';
import {
  addSeconds,
  DeskId,
  type InquiryId,
  type Sub,
} from '../../../../core/inquiry/values/ids.ts';
import { Priority } from '../../../../core/inquiry/values/vocabulary.ts';
import { buildCandidate } from '../../../../core/work/assign/assignment-candidate.ts';
import {
  advanceRoundRobin,
  type ChooseAgentInput,
  chooseAgent,
} from '../../../../core/work/assign/choose-agent.ts';
import { findEligibleAgents } from '../../../../core/work/assign/eligible-agents.ts';
import { runs } from '../../../support/volumes.ts';
import { workStart } from '../../help-desk.ts';

const staff = DeskId.parse('staff');
const names = ['anna', 'ben', 'cleo', 'dora', 'emil', 'fay'] as const;
const addressOf = (name: string) => `${name}@toritsugi.example`;
const categories = ['network', 'hardware', 'account'] as const;
const skills = ['sap', 'vpn'] as const;

const absence = fc.record({
  from: fc.integer({ min: -200, max: 100 }),
  length: fc.integer({ min: 1, max: 200 }),
  standIn: fc.option(fc.constantFrom(...names), { nil: undefined }),
  categories: fc.subarray([...categories], { minLength: 1 }),
});

const member = (name: string) =>
  fc
    .record({
      role: fc.constantFrom('staff', 'staff', 'lead', 'requester'),
      desks: fc.constantFrom(['staff'], ['staff', 'other'], ['other'], []),
      presence: fc.constantFrom('present', 'present', 'present', 'away'),
      state: fc.constantFrom('active', 'active', 'active', 'left'),
      skills: fc.subarray([...skills]),
      capacity: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
      absence: fc.option(absence, { nil: undefined, freq: 2 }),
      held: fc.array(fc.constantFrom(...Priority.options), { maxLength: 5 }),
      hasSub: fc.constantFrom(true, true, true, false),
      refusals: fc.integer({ min: 0, max: 2 }),
    })
    .map(({ absence: planned, held, hasSub, refusals, capacity, ...given }) => ({
      held: held.map((priority) => ({ priority })),
      refusals,
      person: Person.parse({
        ...{ ...given, address: addressOf(name), name },
        ...(hasSub ? { sub: name } : {}),
        ...(capacity === undefined ? {} : { capacity }),
        absences: planned === undefined ? [] : [absenceOf(planned)],
      }),
    }));

function absenceOf({
  from,
  length,
  standIn,
  categories: named,
}: typeof absence extends fc.Arbitrary<infer A> ? A : never) {
  return {
    ...{ id: 'a', from: addSeconds(workStart, from), until: addSeconds(workStart, from + length) },
    ...(standIn === undefined ? {} : { standIn: addressOf(standIn), categories: named }),
  };
}

const inquiries = fc.record({
  id: fc
    .integer({ min: 0, max: 2 ** 32 - 1 })
    .map((end) => `019a0000-0000-7000-8000-${end.toString(16).padStart(12, '0')}` as InquiryId),
  priority: fc.constantFrom(...Priority.options),
  category: fc.constantFrom(...categories),
  skills: fc.subarray([...skills], { maxLength: 1 }),
  lastAgent: fc.option(
    fc.constantFrom(...names).map((agent) => ({ agent, name: agent, desk: 'staff' })),
    { nil: undefined },
  ),
});

const settings = fc
  .record({
    policy: fc.constantFrom('round-robin', 'least-loaded', 'sticky'),
    capacity: fc.integer({ min: 1, max: 12 }),
    standing: fc.array(
      fc.record({
        agent: fc.constantFrom(...names).map(addressOf),
        categories: fc.subarray([...categories], { minLength: 1 }),
      }),
      { maxLength: 3 },
    ),
  })
  .map((given) => AssignmentSettings.parse(given));

const worlds = fc.record({
  team: fc.tuple(...names.map(member)),
  inquiry: inquiries.map(
    (one) => one as unknown as ChooseAgentInput['inquiry'] & { skills: string[] },
  ),
  assignment: settings,
  knowers: fc.subarray([...names]).map((known) => known as readonly string[] as readonly Sub[]),
  last: fc.dictionary(fc.constantFrom(...names), fc.integer({ min: 1, max: 50 })),
});
type World = typeof worlds extends fc.Arbitrary<infer W> ? W : never;

function chosenIn({ team, inquiry, assignment, knowers, last }: World, isAnyRefused = true) {
  const people = team.map(({ person }) => person);
  const { able } = findEligibleAgents(people, staff, inquiry, workStart);
  const heldBy = (sub: Sub) => team.find(({ person }) => person.sub === sub)?.held ?? [];
  return chooseAgent({
    ...{ inquiry, assignment, familiarAgents: knowers, roundRobin: { revision: 0, last } },
    candidates: able.map((one) => buildCandidate(one, heldBy(one.agent.sub), assignment)),
    refusals: new Map(
      team.flatMap(({ person: { sub }, refusals }) =>
        sub === undefined || !isAnyRefused ? [] : [[sub, refusals] as const],
      ),
    ),
  });
}

/** The rules for one member, written once more in another way. */
function mayBeGiven(situation: World, at: number): boolean {
  const { team, inquiry, assignment } = situation;
  const one = team[at];
  if (one === undefined) return false;
  const { person, held } = one;
  const absentNow = (who: Person) =>
    who.absences.filter(({ from, until }) => !(workStart < from || workStart >= until));
  const covers = team.some(
    ({ person: colleague }) =>
      colleague.state === 'active' &&
      colleague.desks.includes(staff) &&
      absentNow(colleague).some(
        ({ standIn, categories: named }) =>
          standIn === person.address && named.some((category) => category === inquiry.category),
      ),
  );
  const weigh = { critical: 4, high: 2, medium: 1, low: 1 };
  const carried = held.reduce((sum, { priority }) => sum + weigh[priority], 0);
  const limit = person.capacity ?? assignment.capacity;
  const isAgent = person.role !== 'requester' && person.sub !== undefined;
  const isThere = person.presence === 'present' && absentNow(person).length === 0;
  const knows = inquiry.skills.every((skill) => person.skills.includes(skill));
  const fits = limit > 0 && carried + weigh[inquiry.priority] <= limit;
  const isTheirs = person.desks.includes(staff) || covers;
  return isAgent && person.state === 'active' && isThere && isTheirs && knows && fits;
}

const tries = runs(1_000);

it('gives no inquiry to who is absent, full or unskilled, and leaves none that somebody may have', () => {
  let given = 0;
  fc.assert(
    fc.property(worlds, (situation) => {
      const eligible = situation.team
        .filter((_, at) => mayBeGiven(situation, at))
        .map(({ person }) => person.sub);
      const chosen = chosenIn(situation)?.agent.sub;
      if (eligible.length === 0) expect(chosen).toBeUndefined();
      else expect(eligible).toContain(chosen);
      if (chosen !== undefined) given += 1;
    }),
    tries,
  );
  expect(given).toBeGreaterThan(tries.numRuns / 10);
});

it('gives what is of a standing assignment to its agent before anybody else', () => {
  let standing = 0;
  fc.assert(
    fc.property(worlds, (situation) => {
      const { team, inquiry, assignment } = situation;
      const first = assignment.standing.find(({ categories: named }) =>
        named.some((category) => category === inquiry.category),
      )?.agent;
      const at = team.findIndex(({ person }) => person.address === first);
      const chosen = chosenIn(situation, false);
      const isKnown = chosen?.because?.startsWith('knows') ?? false;
      if (first === undefined || !mayBeGiven(situation, at) || isKnown) return;
      if (assignment.policy === 'sticky' && chosen?.because === 'stand-in') return;
      expect(chosen).toMatchObject({ because: 'standing', usesRoundRobin: false });
      expect(chosen?.agent.address).toBe(first);
      standing += 1;
    }),
    tries,
  );
  expect(standing).toBeGreaterThan(tries.numRuns / 100);
});

it('by round-robin gives each of those who may have them the same number of inquiries', () => {
  const teams = fc.record({
    present: fc.subarray([...names], { minLength: 1 }),
    rounds: fc.integer({ min: 1, max: 5 }),
    last: fc.dictionary(fc.constantFrom(...names), fc.integer({ min: 1, max: 50 })),
  });
  fc.assert(
    fc.property(teams, ({ present, rounds, last }) => {
      const people = present.map((name) =>
        Person.parse({
          ...{ address: addressOf(name), sub: name, name, role: 'staff' },
          ...{ desks: ['staff'], presence: 'present' },
        }),
      );
      const assignment = AssignmentSettings.parse({ policy: 'round-robin' });
      const known = new Set(present as readonly string[] as readonly Sub[]);
      const inquiry = { id: '019a0000-0000-7000-8000-000000000001' as InquiryId };
      const counts = new Map<string, number>();
      let roundRobin: ChooseAgentInput['roundRobin'] = { revision: 0, last };
      for (let count = 0; count < rounds * present.length; count += 1) {
        const candidates = findEligibleAgents(people, staff, {}, workStart).able.map((one) =>
          buildCandidate(one, [], assignment),
        );
        const chosen = chooseAgent({
          ...{
            candidates,
            assignment,
            roundRobin: roundRobin,
            refusals: new Map(),
            familiarAgents: [],
          },
          inquiry: { ...inquiry, priority: 'low' },
        });
        if (chosen === undefined) throw new TypeError('somebody is there');
        const { sub } = chosen.agent;
        counts.set(sub, (counts.get(sub) ?? 0) + 1);
        roundRobin = advanceRoundRobin(roundRobin, sub, known);
      }
      expect([...counts.values()]).toEqual(present.map(() => rounds));
    }),
  );
});
