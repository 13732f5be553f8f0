import type { JobNotice, JobNoticeKind } from '../inquiry/outbox/job-notice.ts';
import { countSetAside, type Job, jobAlarmAt } from './job.ts';

/**
 * Computes whom a change of a job concerns, and what they are told: the starter and the leads when
 * it needs a person or is done but for some rows, the starter alone when its input was refused.
 */
export function computeJobNotices(before: Job, after: Job): JobNotice[] {
  const kind = findNoticeKind(before, after);
  if (kind === undefined) return [];
  const starter = { to: 'person', sub: after.startedBy } as const;
  const recipients = kind === 'refused' ? [starter] : [starter, { to: 'leads' } as const];
  const nextRunAt = jobAlarmAt(after);
  return recipients.map((recipient) => ({
    jobId: after.id,
    seq: after.version,
    kind,
    recipient,
    facts: {
      jobKind: after.jobKind,
      startedAt: after.createdAt,
      done: after.checkpoint - countSetAside(after),
      failures: after.failures,
      setAside: countSetAside(after),
      ...(nextRunAt === undefined ? {} : { nextRunAt }),
      ...(after.reason === undefined ? {} : { reason: after.reason }),
    },
    state: 'pending',
    owedAt: after.updatedAt,
    attempts: 0,
  }));
}

function findNoticeKind(before: Job, after: Job): JobNoticeKind | undefined {
  if (after.state === 'failed') return 'refused';
  if (after.state === 'done') return countSetAside(after) > 0 ? 'set-aside' : undefined;
  const isStuck = after.needsPersonAt !== undefined && before.needsPersonAt === undefined;
  return isStuck ? 'stuck' : undefined;
}
