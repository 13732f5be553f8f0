import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import { people } from '../../core/work/command-scenario.ts';
import { startWork, type Work } from './work-fixture.ts';

export const agents = ['staff1', 'staff2', 'lead'] as const;
export type Agent = (typeof agents)[number];

/** The functions of work, with the agents of the push desk at hand. */
export async function startOffering() {
  const work = await startWork();
  return {
    work,
    /** Those named are there, the others away; all as they are otherwise. */
    present: async (...names: readonly Agent[]) => {
      for (const name of agents) {
        const presence = names.includes(name) ? 'present' : 'away';
        await work.put({ ...people[name], presence });
      }
    },
    holderOf: async (id: InquiryId) => (await work.ledger.load(id))?.inquiry.holder?.agent,
    withdrawAll: () => withdrawAll(work),
  };
}

async function withdrawAll(work: Work): Promise<void> {
  const open = await work.index.page({ by: 'open' }, 100);
  for (const { id } of open.inquiries) await work.command('lead', id, 'withdraw');
}

export type Offering = Awaited<ReturnType<typeof startOffering>>;
