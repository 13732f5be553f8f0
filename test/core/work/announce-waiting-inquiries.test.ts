import { expect, it } from 'vitest';
import type { WaitingInquiry } from '../../../core/inquiry/ports.ts';
import { type InquiryId, Instant } from '../../../core/inquiry/values/ids.ts';
import { announceWaitingInquiries } from '../../../core/work/announce-waiting-inquiries.ts';
import { bpo, commandedInquiryId, makeTermsWith } from '../help-desk.ts';

const terms = makeTermsWith({}, { mode: 'push' });
const [desk] = terms.desks.filter(({ id }) => id === bpo);

/** The inquiries announced at a minute of the hour, while the queue has so many messages. */
async function announcedAt(minute: string, depth = 0): Promise<readonly InquiryId[]> {
  if (desk === undefined) throw new TypeError('there is no desk');
  const announced: InquiryId[] = [];
  const deps = {
    index: {
      listWaiting: async () => [{ id: commandedInquiryId } as WaitingInquiry],
      listHeld: async () => [],
    },
    people: { byRole: async () => [] },
    deskQueue: {
      depth: async () => depth,
      announce: async (_desk: unknown, inquiries: readonly InquiryId[]) =>
        void announced.push(...inquiries),
    },
  };
  await announceWaitingInquiries(
    deps,
    desk,
    terms,
    Instant.parse(`2026-11-24T01:${minute}:12.000Z`),
  );
  return announced;
}

it("announces what waits to a vendor's system each half hour, and not in between", async () => {
  expect(await announcedAt('00')).toEqual([commandedInquiryId]);
  expect(await announcedAt('30')).toEqual([commandedInquiryId]);
  for (const minute of ['01', '15', '29', '31', '59']) {
    expect(await announcedAt(minute)).toEqual([]);
  }
});

it('adds no message while the vendor has not received those before', async () => {
  expect(await announcedAt('30', 10)).toEqual([]);
});
