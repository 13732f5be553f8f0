/** The namespace and the dimension under which every metric stands. */
export const metricNamespace = 'Toritsugi';
export const metricService = 'toritsugi';

/** Names of metrics, shared by those who emit them and the alarms that watch them. */
export const metricNames = {
  /** A queue or stream record that fits no schema. */
  recordUnreadable: 'RecordUnreadable',
  /** A record whose handler threw. */
  recordCrashed: 'RecordCrashed',
  /** A record that asked to be tried again. */
  recordRetried: 'RecordRetried',
  /** A record whose business was refused for good. */
  recordRefused: 'RecordRefused',
  recordDone: 'RecordDone',
  /** An HTTP request answered with 500. */
  requestFailed: 'RequestFailed',
  /** A request that could not be recorded, and was refused for it. */
  auditFailed: 'AuditFailed',
  /** A desk so full that what comes to it goes to another from now on. */
  overflowBegun: 'OverflowBegun',
  /** It has emptied, and takes what comes to it again. */
  overflowEnded: 'OverflowEnded',
  /** A schedule's run that threw. */
  scheduleFailed: 'ScheduleFailed',
  /** A reply or resolution that was sent again and may have arrived twice. */
  noticeRepeated: 'NoticeRepeated',
  /** A notice that limits or an unreachable recipient kept back. */
  noticeWithheld: 'NoticeWithheld',
  /** A notice that will not be sent, or of which it is not known whether it was. */
  noticeFailed: 'NoticeFailed',
  /** An address that did not get, or did not want, mail of ours. */
  noticeBounced: 'NoticeBounced',
} as const;
export type MetricName = (typeof metricNames)[keyof typeof metricNames];
