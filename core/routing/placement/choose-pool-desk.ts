import type { Desk } from '../../inquiry/terms/desk.ts';
import type { DeskPool } from '../../inquiry/terms/desk-settings.ts';
import type { InquiryId } from '../../inquiry/values/ids.ts';
import type { CandidateDesks } from './candidate-desks.ts';

type PoolMember = DeskPool['members'][number] & { readonly candidate: Desk };

/**
 * Chooses the desk of a pool that gets an inquiry; undefined when the stage has none of its desks.
 *
 * - `category`: the first member that names the category, else the first that names none at all.
 * - `share`: by weight among those that take it right now, and by the random end of its id, so that
 *   the choice can be repeated.
 * - `order`: the first that takes it right now.
 *
 * Where none takes it right now, the choice is made among those whose contract would; where no
 * contract would, the first one's contract says where it goes instead.
 */
export function choosePoolDesk(
  { choose, members }: DeskPool,
  id: InquiryId,
  category: string,
  desks: CandidateDesks,
): Desk | undefined {
  const existing = members.flatMap((member): PoolMember[] => {
    const desk = desks.find(member.desk);
    return desk === undefined ? [] : [{ ...member, candidate: desk }];
  });
  if (choose === 'category') {
    const naming = existing.filter(({ categories }) => categories?.includes(category));
    const others = existing.filter(({ categories }) => categories === undefined);
    const eligible = [...naming, ...others];
    const agreed = eligible.find((one) => isAgreedByContract(one, desks));
    return (agreed ?? eligible[0] ?? existing[0])?.candidate;
  }
  if (choose === 'order') {
    const ready = existing.find((one) => desks.findObstacles(one.candidate) === undefined);
    const agreed = ready ?? existing.find((one) => isAgreedByContract(one, desks));
    return (agreed ?? existing[0])?.candidate;
  }
  const sharing = existing.filter(({ share }) => share > 0);
  const ready = sharing.filter((one) => desks.findObstacles(one.candidate) === undefined);
  const agreed = ready.length > 0 ? ready : sharing.filter((one) => isAgreedByContract(one, desks));
  return (chooseByShare(agreed, id) ?? chooseByShare(sharing, id) ?? existing[0])?.candidate;
}

function isAgreedByContract({ candidate }: PoolMember, desks: CandidateDesks): boolean {
  return desks.findRefusal(candidate) === undefined;
}

function chooseByShare(members: readonly PoolMember[], id: InquiryId): PoolMember | undefined {
  const total = members.reduce((sum, { share }) => sum + share, 0);
  // A UUIDv7 ends in random bits; the shard depends on the last of them, which hardly count here.
  let point = (Number.parseInt(id.slice(-8), 16) / 2 ** 32) * total;
  for (const member of members) {
    point -= member.share;
    if (point < 0) return member;
  }
  return members.at(-1);
}
