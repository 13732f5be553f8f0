import { type JobNotice, jobNoticeKeyOf } from '../../../core/inquiry/outbox/job-notice.ts';
import { addSeconds } from '../../../core/inquiry/values/ids.ts';
import { type Job, jobAlarmAt } from '../../../core/job/job.ts';
import {
  alarmShards,
  computeShard,
  indexPartitions,
  noticeAlarmSeconds,
  type TableItem,
  tableKeys,
  toEpochSeconds,
} from '../table.ts';

/** How long a job can be looked up: half a year after its start. */
const lifeSeconds = 180 * 86_400;

export function jobExpiryOf({ createdAt }: Pick<Job, 'createdAt'>): { N: string } {
  return toEpochSeconds(addSeconds(createdAt, lifeSeconds));
}

export function buildJobItem(job: Job): TableItem {
  const alarm = jobAlarmAt(job);
  return {
    ...tableKeys.job(job.id),
    kind: { S: 'job' },
    version: { N: String(job.version) },
    data: { S: JSON.stringify(job) },
    expiresAt: jobExpiryOf(job),
    ...(alarm === undefined
      ? {}
      : {
          alPk: { S: indexPartitions.alarm(computeShard(job.id, alarmShards)) },
          alSk: { S: `${alarm}#${job.id}` },
        }),
  };
}

/** A notice ends with its job. */
export function buildJobNoticeItem(notice: JobNotice): TableItem {
  const key = jobNoticeKeyOf(notice);
  const isOpen = notice.state === 'pending' || notice.state === 'sending';
  const due = addSeconds(notice.sendingUntil ?? notice.owedAt, noticeAlarmSeconds);
  return {
    ...tableKeys.jobNotice(notice.jobId, key),
    kind: { S: 'notice' },
    state: { S: notice.state },
    attempts: { N: String(notice.attempts) },
    data: { S: JSON.stringify(notice) },
    expiresAt: jobExpiryOf({ createdAt: notice.facts.startedAt }),
    ...(isOpen
      ? {
          alPk: { S: indexPartitions.alarm(computeShard(notice.jobId, alarmShards)) },
          alSk: { S: `${due}#${notice.jobId}#${key}` },
        }
      : {}),
  };
}
