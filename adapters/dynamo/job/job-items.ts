import { addSeconds } from '../../../core/inquiry/values/ids.ts';
import { type Job, jobAlarmAt } from '../../../core/job/job.ts';
import { alarmShards, epochSeconds, type Item, indexKeys, keys, shardOf } from '../table.ts';

/** How long a job can be looked up: half a year after its start. */
const lifeSeconds = 180 * 86_400;

export function jobExpiry({ createdAt }: Pick<Job, 'createdAt'>): { N: string } {
  return epochSeconds(addSeconds(createdAt, lifeSeconds));
}

export function jobItem(job: Job): Item {
  const alarm = jobAlarmAt(job);
  return {
    ...keys.job(job.id),
    kind: { S: 'job' },
    version: { N: String(job.version) },
    data: { S: JSON.stringify(job) },
    expiresAt: jobExpiry(job),
    ...(alarm === undefined
      ? {}
      : {
          alPk: { S: indexKeys.alarm(shardOf(job.id, alarmShards)) },
          alSk: { S: `${alarm}#${job.id}` },
        }),
  };
}
