/**
 * What a reason in a trace may be about: each reads `<fact>: <value>`, or is `not` alone.
 *
 * Besides the conditions' own names there are parts of those that have several, such as
 * `desk.depth: bpo 12`, whose value begins with the desk's, calendar's or field's name.
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
