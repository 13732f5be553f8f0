/**
 * What a reason in a trace may be about: it reads `<fact>: <value>`, or just `not`.
 *
 * A condition of several parts has a name per part, such as `desk.depth: bpo 12`; the value begins
 * with the name of the desk, calendar or field.
 */
export const reasonFacts = [
  'channel',
  'form',
  'field',
  'field.contains',
  'field.exists',
  'text',
  'subject',
  'words',
  'pattern',
  'sender',
  'senderDomain',
  'department',
  'vip',
  'external',
  'automated',
  'language',
  'category',
  'service',
  'criticality',
  'priority',
  'tag',
  'attachments.any',
  'attachments.type',
  'attachments.name',
  'attachments.held',
  'attachments.count',
  'time.open',
  'time',
  'desk.open',
  'desk.depth',
  'desk.oldestMinutes',
  'desk.present',
  'desk.waitMinutes',
  'contract.accepts',
  'contract.covered',
  'contract.volumeLeft',
  'earlier',
  'not',
] as const;
export type ReasonFact = (typeof reasonFacts)[number];
