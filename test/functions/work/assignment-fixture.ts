import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import { helpDeskActors } from '../../core/help-desk.ts';
import { startWorkFixture, type WorkFixture } from './work-fixture.ts';

export const pushDeskAgents = ['staff1', 'staff2', 'lead'] as const;
export type PushDeskAgent = (typeof pushDeskAgents)[number];

/** The functions of work, with the agents of the push desk at hand. */
export async function startAssignmentFixture() {
  const work = await startWorkFixture();
  return {
    work,
    /** Makes those named present and the others away, with no other changes. */
    present: async (...names: readonly PushDeskAgent[]) => {
      for (const name of pushDeskAgents) {
        const presence = names.includes(name) ? 'present' : 'away';
        await work.put({ ...helpDeskActors[name], presence });
      }
    },
    holderOf: async (id: InquiryId) => (await work.ledger.load(id))?.inquiry.holder?.agent,
    withdrawAll: () => withdrawAll(work),
  };
}

async function withdrawAll(work: WorkFixture): Promise<void> {
  const open = await work.index.page({ by: 'open' }, 100);
  for (const { id } of open.inquiries) await work.command('lead', id, 'withdraw');
}

export type AssignmentFixture = Awaited<ReturnType<typeof startAssignmentFixture>>;
