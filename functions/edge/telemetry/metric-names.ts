/**
 * The namespace of every metric. Their dimension `service` names the stage, `toritsugi-<stage>`:
 * Powertools reads it from `POWERTOOLS_SERVICE_NAME`.
 */
export const metricNamespace = 'Toritsugi';

/** The capabilities that count failures, each named as its folder of `functions/`. */
export type Capability =
  | 'intake'
  | 'relay'
  | 'routing'
  | 'work'
  | 'vendor'
  | 'sla'
  | 'notice'
  | 'people'
  | 'audit'
  | 'job'
  | 'docs';

/** Names of metrics, shared by those who emit them and the alarms that watch them. */
export const metricNames = {
  /** A queue or stream record that fits no schema. */
  recordUnreadable: 'RecordUnreadable',
  /** A record whose handler threw. */
  recordCrashed: 'RecordCrashed',
  /** A record whose handler asked for a retry. */
  recordRetried: 'RecordRetried',
  /** A record that was refused for good. */
  recordRefused: 'RecordRefused',
  recordDone: 'RecordDone',
  /** An HTTP request answered with 500. */
  requestFailed: 'RequestFailed',
  /** A request that could not be recorded, and was refused for it. */
  auditFailed: 'AuditFailed',
  /** A desk became so full that new inquiries go to another. */
  overflowBegun: 'OverflowBegun',
  /** The desk has emptied enough to get new inquiries again. */
  overflowEnded: 'OverflowEnded',
  /** A run of a job that failed, and is repeated after a pause. */
  jobRunFailed: 'JobRunFailed',
  /** A row or inquiry that a job left out, since it failed again and again. */
  jobRowSetAside: 'JobRowSetAside',
  /** A schedule's run that threw. */
  scheduleFailed: 'ScheduleFailed',
  /** A reply or resolution that was sent again and may have arrived twice. */
  noticeRepeated: 'NoticeRepeated',
  /** A notice withheld because of a limit or an unreachable recipient. */
  noticeWithheld: 'NoticeWithheld',
  /** A notice that is given up unsent. */
  noticeFailed: 'NoticeFailed',
  /** An address that did not get our mail, or complained about it. */
  noticeBounced: 'NoticeBounced',
} as const;
/**
 * Counts failures once more, by stage and `capability`: one metric that one alarm of the capability
 * watches, since AWS charges for each metric of an alarm.
 */
export const failedMetric = 'Failed';
/** What is a failure, and of which capability: of the function's own, or always of the same. */
export const failureMetrics: ReadonlyMap<MetricName, Capability | 'own'> = new Map([
  [metricNames.requestFailed, 'own'],
  [metricNames.recordUnreadable, 'own'],
  [metricNames.recordCrashed, 'own'],
  [metricNames.scheduleFailed, 'own'],
  [metricNames.noticeFailed, 'notice'],
  [metricNames.jobRunFailed, 'job'],
  [metricNames.jobRowSetAside, 'job'],
  [metricNames.auditFailed, 'audit'],
]);
export type MetricName = (typeof metricNames)[keyof typeof metricNames];
