import { may } from '../access/may.ts';
import type { InquiryId } from '../inquiry/ids.ts';
import {
  afterRinging,
  type Decision,
  joined,
  OnceTaken,
  type Performed,
  type Performing,
  plan,
  rungDecision,
} from '../inquiry/perform.ts';
import type { Appending, Loaded } from '../inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../inquiry/refusal.ts';
import type { Circumstances } from './actor.ts';
import { decide } from './decide.ts';
import { decideAbsorb } from './decide-life.ts';
import { performedBy, type Remember } from './perform-command.ts';

const attemptLimit = 8;
const pauseMilliseconds = 20;

/**
 * Merges one inquiry into another: both change in one transaction, or neither.
 *
 * Refuses `work.merge-target` for itself and for one that is merged or quarantined, and
 * `access.not-found` when either is hidden from the actor.
 * @throws OnceTaken when the command has been performed before
 */
export async function mergeInquiries(
  { ledger, random, pause }: Performing,
  id: InquiryId,
  into: InquiryId,
  circumstances: Circumstances,
  remember?: Remember,
): Promise<Performed | Refusal> {
  if (id === into) {
    return refuse('work.merge-target', 'An inquiry cannot be merged into itself.');
  }
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const [source, target] = await Promise.all([ledger.load(id), ledger.load(into)]);
    if (source === undefined || target === undefined) {
      return refuse('access.not-found', 'There is no such inquiry.');
    }
    const absorbing = prepare(target, circumstances, (loaded) =>
      absorb(loaded, source, circumstances),
    );
    const merging = prepare(source, circumstances, (loaded) =>
      decide(loaded, { command: 'merge', into, intoNumber: target.inquiry.number }, circumstances),
    );
    if (isRefusal(merging)) return merging;
    if (isRefusal(absorbing)) return absorbing;
    const performed = performedBy(merging);
    const once = remember?.(performed);
    const outcome = await ledger.append(
      once === undefined ? merging : { ...merging, once: [once] },
      absorbing,
    );
    if (outcome.appended) return performed;
    if (outcome.conflict === 'once') throw new OnceTaken('once');
    await pause(random.fraction() * pauseMilliseconds * 2 ** Math.min(attempt, 5));
  }
  return refuse('transient.conflict', 'Others kept changing the inquiries; try again.');
}

function absorb(loaded: Loaded, source: Loaded, circumstances: Circumstances): Decision | Refusal {
  const permission = may(circumstances.actor, 'merge', loaded.inquiry);
  if (permission === 'hidden') return refuse('access.not-found', 'There is no such inquiry.');
  if (permission === 'forbidden') {
    return refuse('access.forbidden', 'You may not merge into that inquiry.');
  }
  return decideAbsorb(loaded, source.inquiry, circumstances);
}

/** What time has made due and what is decided then, as one appending. */
function prepare(
  before: Loaded,
  { terms, now }: Circumstances,
  decideThen: (loaded: Loaded) => Decision | Refusal,
): Appending | Refusal {
  const rung = rungDecision(before, terms, now);
  const wanted = decideThen(afterRinging(before, rung));
  if (isRefusal(wanted)) return wanted;
  return plan(before.inquiry.id, before, joined(rung, wanted), now);
}
