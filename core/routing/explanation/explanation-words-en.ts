import type { Instant } from '../../inquiry/values/ids.ts';
import { serviceLevelWords } from '../../wording/service-level-words.ts';
import type { ExplainedStep, ExplanationWords, RoutingDisplayNames } from './explanation-words.ts';
import { splitReasonValue, translateValue } from './reason-value.ts';

const { priorities } = serviceLevelWords.en;
const channels = { mail: 'mail', form: 'a form', phone: 'phone' };
const languages = { ja: 'Japanese', en: 'English' };
const choices = { category: 'by category', share: 'by share', order: 'in order' };
const missing = { desk: 'desk', pool: 'pool', policy: 'SLA policy' };

const quote = (text: string) => `“${text}”`;
const chooseWord = (value: string, yes: string, no: string) => (value === 'true' ? yes : no);
const formatCount = (count: string, one: string, many: string) =>
  `${count} ${count === '1' ? one : many}`;

/** Formats a value of a desk's id and a rest, such as `bpo 12`. */
function formatDeskReason(
  value: string,
  names: RoutingDisplayNames,
  format: (desk: string, rest: string) => string,
): string {
  const [desk, rest] = splitReasonValue(value);
  return format(`desk ${quote(names.desk(desk))}`, rest);
}

function formatSetting(what: string): (value: string | undefined) => string {
  return (value) =>
    value === undefined ? `set the ${what}` : `set the ${what} to ${quote(value)}`;
}

/** The reasons in brackets; empty without any. */
function formatReasons({ reasons }: ExplainedStep): string {
  return reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
}

export const englishExplanationWords: ExplanationWords = {
  facts: {
    channel: (value) => `it came by ${translateValue(channels, value)}`,
    form: (value) => `the form is ${quote(value)}`,
    field: (value) => {
      const [name, rest] = splitReasonValue(value);
      return `the field ${quote(name)} is ${quote(rest)}`;
    },
    'field.contains': (value) => {
      const [name, rest] = splitReasonValue(value);
      return `the field ${quote(name)} contains ${quote(rest)}`;
    },
    'field.exists': (value) => {
      const [name, rest] = splitReasonValue(value);
      return `the field ${quote(name)} ${chooseWord(rest, 'is filled in', 'is empty')}`;
    },
    text: (value) => `the subject or the message contains ${quote(value)}`,
    subject: (value) => `the subject contains ${quote(value)}`,
    words: (value) => `the subject or the message has the word ${quote(value)}`,
    pattern: (value) => `the subject or the message fits the pattern ${quote(value)}`,
    sender: (value) => `the sender is ${value}`,
    senderDomain: (value) => `the sender's domain is ${value}`,
    department: (value) => `the requester's department is ${quote(value)}`,
    vip: (value) => chooseWord(value, 'the requester is a VIP', 'the requester is not a VIP'),
    external: (value) => chooseWord(value, 'it came from outside', 'it came from inside'),
    automated: (value) => chooseWord(value, 'a machine sent it', 'a person sent it'),
    language: (value) => `the language is ${translateValue(languages, value)}`,
    category: (value) => `the category is ${quote(value)}`,
    service: (value, names) => `the service is ${quote(names.service(value))}`,
    criticality: (value) =>
      `the service's criticality is ${quote(translateValue(priorities, value))}`,
    priority: (value) => `the priority is ${quote(translateValue(priorities, value))}`,
    tag: (value) => `it is tagged ${quote(value)}`,
    'attachments.any': (value) => chooseWord(value, 'it has attachments', 'it has no attachments'),
    'attachments.type': (value) => `an attachment is of type ${value}`,
    'attachments.name': (value) => `an attachment's name contains ${quote(value)}`,
    'attachments.held': (value) =>
      chooseWord(value, 'an attachment is withheld', 'no attachment is withheld'),
    'attachments.count': (value) => `it has ${formatCount(value, 'attachment', 'attachments')}`,
    'time.open': (value) => {
      const [calendar, rest] = splitReasonValue(value);
      return `the calendar ${quote(calendar)} is ${chooseWord(rest, 'open', 'closed')}`;
    },
    time: (value) => {
      const [calendar, rest] = splitReasonValue(value);
      return `it is ${rest} by the calendar ${quote(calendar)}`;
    },
    'desk.open': (value, names) =>
      formatDeskReason(
        value,
        names,
        (desk, rest) => `${desk} is ${chooseWord(rest, 'open', 'closed')}`,
      ),
    'desk.depth': (value, names) =>
      formatDeskReason(value, names, (desk, rest) => {
        const waiting = formatCount(rest, 'inquiry waits', 'inquiries wait');
        return `${waiting} at ${desk}`;
      }),
    'desk.oldestMinutes': (value, names) =>
      formatDeskReason(
        value,
        names,
        (desk, rest) =>
          `the oldest at ${desk} has waited ${formatCount(rest, 'minute', 'minutes')}`,
      ),
    'desk.present': (value, names) =>
      formatDeskReason(
        value,
        names,
        (desk, rest) => `${formatCount(rest, 'agent is', 'agents are')} present at ${desk}`,
      ),
    'desk.waitMinutes': (value, names) =>
      formatDeskReason(
        value,
        names,
        (desk, rest) => `the wait expected at ${desk} is ${formatCount(rest, 'minute', 'minutes')}`,
      ),
    'contract.accepts': (value, names) =>
      formatDeskReason(
        value,
        names,
        (desk, rest) =>
          `the contract of ${desk} ${chooseWord(rest, 'takes', 'does not take')} this category`,
      ),
    'contract.covered': (value, names) =>
      formatDeskReason(
        value,
        names,
        (desk, rest) =>
          `it is ${chooseWord(rest, 'within', 'outside')} the contract hours of ${desk}`,
      ),
    'contract.volumeLeft': (value, names) =>
      formatDeskReason(
        value,
        names,
        (desk, rest) =>
          `the month's contract volume of ${desk} is ${chooseWord(rest, 'not used up', 'used up')}`,
      ),
    'contract.volume': (value, names) =>
      formatDeskReason(value, names, (desk, rest) => {
        const [used = '', limit = ''] = rest.split(' of ');
        return `${desk} has had ${used} of the ${limit} inquiries a month in its contract`;
      }),
    earlier: (value) =>
      `the requester has ${formatCount(value, 'earlier inquiry', 'earlier inquiries')}`,
    not: () => 'what is excluded does not apply',
    missing: (value) => {
      const [what, id] = splitReasonValue(value);
      return `there is no ${translateValue(missing, what)} ${quote(id)}`;
    },
    pool: (value, names) => {
      const [pool, rest] = splitReasonValue(value);
      const [choose, desk] = splitReasonValue(rest);
      const by = translateValue(choices, choose);
      return `pool ${quote(names.pool(pool))} chooses ${by}: desk ${quote(names.desk(desk))}`;
    },
    overflow: (value, names) =>
      formatDeskReason(
        value,
        names,
        (desk, to) => `${desk} overflows to desk ${quote(names.desk(to))}`,
      ),
    'held.until': (value, names) => `held until ${names.time(value as Instant)}`,
  },
  steps: {
    otherwise: 'Default',
    services: 'Words of services',
    'missing-desk': 'Missing desk',
    'missing-pool': 'Missing pool',
    'missing-policy': 'Missing SLA policy',
    pool: 'Choice from a pool',
    'contract-category': 'Categories of the contract',
    'contract-volume': 'Monthly volume of the contract',
    'contract-coverage': 'Hours of the contract',
    hold: 'Held until opening',
    overflow: 'Overflow',
    'last-resort': 'Last resort',
  },
  sets: {
    desk: (value, names) => formatSetting('desk')(value === undefined ? value : names.desk(value)),
    pool: (value, names) => formatSetting('pool')(value === undefined ? value : names.pool(value)),
    priority: (value) => formatSetting('priority')(value && translateValue(priorities, value)),
    impact: (value) => formatSetting('impact')(value && translateValue(priorities, value)),
    urgency: (value) => formatSetting('urgency')(value && translateValue(priorities, value)),
    category: formatSetting('category'),
    service: (value, names) =>
      formatSetting('service')(value === undefined ? value : names.service(value)),
    policy: formatSetting('SLA policy'),
    tags: (value) => (value === undefined ? 'added tags' : `added the tags ${quote(value)}`),
    skills: (value) =>
      value === undefined ? 'added skills needed' : `added the skills ${quote(value)} as needed`,
    expedite: () => 'put it before others of its priority',
    hold: () => 'asked to hold it until the desk opens',
    flag: (value) => `flagged it for the lead${value === undefined ? '' : `: ${quote(value)}`}`,
    availableAt: () => 'held it until the desk opens',
  },
  rule: (step) => {
    const because =
      step.reasons.length === 0
        ? 'it matched'
        : `it matched because ${step.reasons.join(', and ')}`;
    const sets =
      step.sets.length === 0
        ? 'but changed nothing that had been decided'
        : `and ${step.sets.join(', ')}`;
    const decides = step.decides ? ' This rule decided where it goes.' : '';
    return `Rule ${quote(step.name)}: ${because}, ${sets}.${decides}`;
  },
  step: (rule, step) => {
    switch (rule) {
      case 'otherwise':
        return `No rule had decided all of it, so the default ${step.sets.join(', ')}.`;
      case 'services':
        return `It names a service, which ${step.sets.join(', ')}${formatReasons(step)}.`;
      case 'missing-desk':
        return `The desk that was named does not exist, so another got it${formatReasons(step)}.`;
      case 'missing-pool':
        return `No desk could be chosen from the pool that was named, so another got it${formatReasons(step)}.`;
      case 'missing-policy':
        return `The SLA policy that was named does not exist, so the standard one holds${formatReasons(step)}.`;
      case 'pool':
        return `A desk was chosen from the pool${formatReasons(step)}.`;
      case 'contract-category':
        return `The contract does not cover its category, so it went where the contract says${formatReasons(step)}.`;
      case 'contract-volume':
        return `The contract's volume of the month is used up, so it went where the contract says${formatReasons(step)}.`;
      case 'contract-coverage':
        return step.holds
          ? `It came outside the contract's hours and is held until they begin${formatReasons(step)}.`
          : `It came outside the contract's hours, so it went where the contract says${formatReasons(step)}.`;
      case 'hold':
        return `The desk was closed, so it is held until the desk opens${formatReasons(step)}.`;
      case 'overflow':
        return step.matched
          ? `The desk was overloaded, so it went to where its overflow goes${formatReasons(step)}.`
          : `The desk was overloaded, but its overflow could not take it, so it stayed${formatReasons(step)}.`;
      case 'last-resort':
        return `No desk on the way could take it, so it went to a desk of our own${formatReasons(step)}.`;
      default:
        return rule satisfies never;
    }
  },
  routed: ({ at, desk, priority, category, by, until }) => {
    const decided = by === undefined ? '' : ` Where it goes was decided by ${by}.`;
    const held = until === undefined ? '' : ` It is held until ${until}.`;
    return `${at}: routed to desk ${quote(desk)} with priority ${quote(priority)} and category ${quote(category)}.${decided}${held}`;
  },
  transferred: ({ at, by, from, desk }) => {
    const left = from === undefined ? '' : ` from desk ${quote(from)}`;
    return `${at}: ${by} transferred it${left} to desk ${quote(desk)}.`;
  },
  system: 'the system',
  separator: ', ',
  summary: {
    routed: (desk, by, transfers) => {
      const decided = by === undefined ? '' : ` by ${by}`;
      const since =
        transfers === 0
          ? ''
          : ` It has been transferred ${formatCount(String(transfers), 'time', 'times')} since.`;
      return `This inquiry was routed to desk ${quote(desk)}${decided}.${since}`;
    },
    unrouted: {
      new: 'It has not been routed yet; the rules will route it shortly.',
      quarantined: 'It is in quarantine and has not been routed; it will be once it is released.',
      transferred: 'Somebody transferred it before the rules routed it.',
      resolved: 'It was resolved before it was routed, and came to no desk.',
      closed: 'It ended before it was routed, and came to no desk.',
      merged: 'It was merged into another inquiry before it was routed.',
      queued: 'There is no record of its being routed by rules.',
      in_progress: 'There is no record of its being routed by rules.',
      waiting: 'There is no record of its being routed by rules.',
    },
  },
};
