import { addSeconds } from '../../../core/inquiry/values/ids.ts';
import { type Job, jobAlarmAt } from '../../../core/job/job.ts';
import {
  alarmShards,
  computeShard,
  indexPartitions,
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
