import { expect, it } from 'vitest';
import type { HeldInquiry, LoadedInquiry } from '../../../../core/inquiry/ports.ts';
import { AssignmentSettings } from '../../../../core/inquiry/terms/desk-settings.ts';
import { addSeconds, InquiryId } from '../../../../core/inquiry/values/ids.ts';
import type { CapacityReservation } from '../../../../core/work/assign/assignment-ports.ts';
import { addReservation, loadCandidate } from '../../../../core/work/assign/load-candidate.ts';
import { makeInquiryIn } from '../../../support/inquiries.ts';
import { helpDeskActors, workStart } from '../../help-desk.ts';

const assignment = AssignmentSettings.parse({});
const [wanted, one, two] = ['1', '2', '3'].map((end) =>
  InquiryId.parse(`019a0000-0000-7000-8000-00000000000${end}`),
) as [InquiryId, InquiryId, InquiryId];
const able = { agent: helpDeskActors.staff1, standsInFor: [], isOfDesk: true };
const { sub } = helpDeskActors.staff1;

type Life = 'queued' | 'theirs' | 'another’s';

/** The load of somebody by the index and by their latest offers, each so many seconds ago. */
async function load(
  indexed: readonly InquiryId[],
  offered: readonly (readonly [id: InquiryId, seconds: number, life: Life])[],
): Promise<number> {
  const reservation: CapacityReservation = {
    revision: 3,
    offers: offered.map(([id, seconds]) => ({ id, at: addSeconds(workStart, -seconds) })),
  };
  const lives = new Map(offered.map(([id, , life]) => [id, life]));
  const given = await loadCandidate(
    {
      index: {
        listHeld: async () => indexed.map((id): HeldInquiry => ({ id, priority: 'medium' })),
      },
      ledger: {
        load: async (id): Promise<LoadedInquiry> => {
          const life = lives.get(id);
          const inquiry = makeInquiryIn(life === 'queued' ? 'queued' : 'in_progress');
          const agent = life === 'theirs' ? sub : helpDeskActors.staff2.sub;
          const { holder } = inquiry;
          return {
            inquiry: {
              ...{ ...inquiry, id, priority: 'high' },
              ...(holder === undefined ? {} : { holder: { ...holder, agent } }),
            },
          };
        },
      },
    },
    able,
    reservation,
    { id: wanted, assignment, now: workStart },
  );
  expect(given.reservation).toBe(reservation);
  return given.load;
}

it('counts what the index shows once, and not the inquiry that is to be assigned', async () => {
  expect(await load([one, two], [[one, 5, 'theirs']])).toBe(2);
  expect(await load([wanted, one], [])).toBe(1);
  expect(await load([one], [[wanted, 5, 'theirs']])).toBe(1);
});

it('counts an offer of the last minute that the index does not show, while it stands', async () => {
  expect(await load([one], [[two, 59, 'theirs']])).toBe(3);
  expect(await load([one], [[two, 60, 'theirs']])).toBe(1);
  expect(await load([one], [[two, 59, 'another’s']])).toBe(1);
});

it('counts an offer that is just being written, for ten seconds', async () => {
  expect(await load([one], [[two, 9, 'queued']])).toBe(3);
  expect(await load([one], [[two, 10, 'queued']])).toBe(1);
});

it('remembers an offer once, and none for longer than a minute', () => {
  const offers = [
    { id: one, at: addSeconds(workStart, -61) },
    { id: two, at: addSeconds(workStart, -30) },
    { id: wanted, at: addSeconds(workStart, -20) },
  ];
  expect(addReservation({ revision: 3, offers }, wanted, workStart)).toEqual({
    revision: 3,
    offers: [
      { id: two, at: addSeconds(workStart, -30) },
      { id: wanted, at: workStart },
    ],
  });
});
