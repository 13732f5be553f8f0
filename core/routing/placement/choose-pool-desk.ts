import type { DeskPool } from '../../inquiry/terms/desk-settings.ts';
import type { Desk } from '../../inquiry/terms/terms.ts';
import type { InquiryId } from '../../inquiry/values/ids.ts';
import type { CandidateDesks } from './candidate-desks.ts';

type PoolMember = DeskPool['members'][number] & { readonly found: Desk };

/**
 * The desk of a pool that gets an inquiry; undefined when the stage has none of its desks.
 *
 * - `category`: the first whose member names the category, else the first that names none at all.
 * - `share`: by weight among those that take it this very moment, and by the random end of its id,
 *   so that the choice can be made again.
 * - `order`: the first that takes it this very moment.
 *
 * Where nobody takes it this moment, it is chosen likewise among those whose contract would; where
 * no contract would, the first one's says where it goes instead.
 */
export function choosePoolDesk(
  { choose, members }: DeskPool,
  id: InquiryId,
  category: string,
  desks: CandidateDesks,
): Desk | undefined {
  const found = members.flatMap((member): PoolMember[] => {
    const desk = desks.find(member.desk);
    return desk === undefined ? [] : [{ ...member, found: desk }];
  });
  if (choose === 'category') {
    const naming = found.filter(({ categories }) => categories?.includes(category));
    const others = found.filter(({ categories }) => categories === undefined);
    const meant = [...naming, ...others];
    return (meant.find((one) => isAgreedByContract(one, desks)) ?? meant[0] ?? found[0])?.found;
  }
  if (choose === 'order') {
    const now = found.find((one) => desks.findObstacles(one.found) === undefined);
    return (now ?? found.find((one) => isAgreedByContract(one, desks)) ?? found[0])?.found;
  }
  const sharing = found.filter(({ share }) => share > 0);
  const now = sharing.filter((one) => desks.findObstacles(one.found) === undefined);
  const agreed = now.length > 0 ? now : sharing.filter((one) => isAgreedByContract(one, desks));
  return (chooseByShare(agreed, id) ?? chooseByShare(sharing, id) ?? found[0])?.found;
}

function isAgreedByContract({ found }: PoolMember, desks: CandidateDesks): boolean {
  return desks.findRefusal(found) === undefined;
}

function chooseByShare(members: readonly PoolMember[], id: InquiryId): PoolMember | undefined {
  const whole = members.reduce((sum, { share }) => sum + share, 0);
  // A UUIDv7 ends in random bits; shards go by the last of them, and so have no part in this.
  let point = (Number.parseInt(id.slice(-8), 16) / 2 ** 32) * whole;
  for (const member of members) {
    point -= member.share;
    if (point < 0) return member;
  }
  return members.at(-1);
}
