/** What an alarm tells its recipients; `article` is the heading in the runbook. */
export interface AlarmEntry {
  readonly impact: string;
  readonly article: string;
  /**
   * Each metric of an alarm costs USD 0.10 a month. Other stages are told of what is broken, not
   * of what is slow or of the account's reputation.
   */
  readonly productionOnly?: true;
}

/** All alarms by name. A stage may have several of one name: one per desk or function. */
export const alarmCatalog = {
  'intake-late': {
    impact: 'Mails that employees sent are not becoming inquiries; nobody is working on them.',
    article: 'intake-late',
    productionOnly: true,
  },
  'intake-dead': {
    impact:
      'Mails that cannot be read are not reaching the quarantine; the lead does not see them.',
    article: 'intake-dead',
  },
  'intake-silent': {
    impact:
      'Mails whose delivery was interrupted are not looked for; they stay unseen in the bucket.',
    article: 'intake-silent',
  },
  'intake-failing': {
    impact: 'Mails, forms or phone logs fail on their way in; employees may get errors.',
    article: 'intake-failing',
  },
  'relay-late': {
    impact:
      'New inquiries are stored but not passed on: no routing, no acknowledgement, no warning.',
    article: 'relay-late',
    productionOnly: true,
  },
  'relay-dead': {
    impact:
      'Some events were not passed on; their inquiries wait a minute or more until announced again.',
    article: 'relay-dead',
  },
  'relay-failing': {
    impact: 'Passing events on fails; inquiries and notices are delayed while it is retried.',
    article: 'relay-failing',
  },
  'routing-late': {
    impact: 'New inquiries reach no desk; response times run while nobody can see them.',
    article: 'routing-late',
    productionOnly: true,
  },
  'routing-dead': {
    impact: 'Some inquiries could not be routed; they belong to no desk until someone acts.',
    article: 'routing-dead',
  },
  'routing-failing': {
    impact: 'Routing fails; inquiries reach their desks late or not at all.',
    article: 'routing-failing',
  },
  'desk-late': {
    impact:
      'News of waiting work is not being taken at a desk; its inquiries may be waiting untouched.',
    article: 'desk-late',
    productionOnly: true,
  },
  'desk-dead': {
    impact:
      'News of waiting work could not be handled at a desk; some work is not offered to anyone.',
    article: 'desk-dead',
  },
  'work-silent': {
    impact:
      'Desks are not told again of work that waits; inquiries whose message was lost stay put.',
    article: 'work-silent',
  },
  'work-failing': {
    impact: 'Agents get errors while claiming, reading or answering; requesters wait.',
    article: 'work-failing',
  },
  'vendor-late': {
    impact: "Commands that a vendor's system sent are not performed; what it answered is not seen.",
    article: 'vendor-late',
    productionOnly: true,
  },
  'vendor-dead': {
    impact:
      "Some commands of a vendor's system could not be read or performed; an answer may be lost.",
    article: 'vendor-dead',
  },
  'vendor-failing': {
    impact:
      "Vendors' systems are not told of the work that waits for them; or leads cannot read a key.",
    article: 'vendor-failing',
  },
  'sla-late': {
    impact: 'Warnings, breaches, lost leases and reminders are noticed late.',
    article: 'sla-late',
    productionOnly: true,
  },
  'sla-dead': {
    impact: 'Some deadlines pass unnoticed; nobody is warned of them.',
    article: 'sla-dead',
  },
  'sla-silent': {
    impact: 'No deadline is looked for: no warnings, no breaches, no lease ends, no reminders.',
    article: 'sla-silent',
  },
  'sla-failing': {
    impact:
      'Warnings and lease ends come late; or leads cannot review, report, acknowledge or configure.',
    article: 'sla-failing',
  },
  'notice-late': {
    impact: 'Requesters and agents get their mail late: acknowledgements, answers, warnings.',
    article: 'notice-late',
    productionOnly: true,
  },
  'notice-dead': {
    impact: 'Some mail was not sent; a requester may be waiting for an answer that was written.',
    article: 'notice-dead',
  },
  'notice-failing': {
    impact: 'Sending mail, recording bounces or showing status pages fails.',
    article: 'notice-failing',
  },
  'bounce-late': {
    impact: 'Agents do not learn that their answers did not arrive.',
    article: 'bounce-late',
    productionOnly: true,
  },
  'bounce-dead': {
    impact: 'Some undelivered answers stay unknown to the agents who wrote them.',
    article: 'bounce-dead',
  },
  'notice-bounced': {
    impact: 'So much mail bounces that AWS may stop all sending: no answers to anyone.',
    article: 'notice-bounced',
    productionOnly: true,
  },
  'notice-complained': {
    impact: 'So many recipients complain that AWS may stop all sending: no answers to anyone.',
    article: 'notice-complained',
    productionOnly: true,
  },
  'audit-failing': {
    impact:
      'Agents get errors instead of inquiries, since what they see cannot be recorded; or leads cannot read who saw what.',
    article: 'audit-failing',
  },
  'people-failing': {
    impact:
      'The registry of people cannot be read or changed, or nobody can sign in; new agents cannot start, leavers stay.',
    article: 'people-failing',
  },
  'job-late': {
    impact: 'Imports and other long work that people asked for do not start.',
    article: 'job-late',
    productionOnly: true,
  },
  'job-dead': {
    impact:
      'Messages about imports or other long work could not be handled; the work goes on later.',
    article: 'job-dead',
  },
  'job-failing': {
    impact: 'Imports and other long work fail or leave rows out, or they cannot be followed.',
    article: 'job-failing',
  },
  'docs-failing': {
    impact:
      'The API description or the health check fails; load balancers and integrators see an outage.',
    article: 'docs-failing',
  },
  'schedule-dead': {
    impact: 'Scheduled runs could not be started; what they look for is found late.',
    article: 'schedule-dead',
  },
  'ledger-throttled': {
    impact: 'The table refuses requests: taking in, routing and answering slow down everywhere.',
    article: 'ledger-throttled',
    productionOnly: true,
  },
  'api-failing': {
    impact:
      'The API answers with errors: the form, the console and the dashboard do not work reliably.',
    article: 'api-failing',
  },
} as const satisfies Record<string, AlarmEntry>;
export type AlarmName = keyof typeof alarmCatalog;
