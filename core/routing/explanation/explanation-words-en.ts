import type { Instant } from '../../inquiry/values/ids.ts';
import { serviceLevelWords } from '../../wording/service-level-words.ts';
import type { ExplainWords, Names, Telling } from './explanation-words.ts';
import { parted, wordFor } from './reason-value.ts';

const { priorities } = serviceLevelWords.en;
const channels = { mail: 'mail', form: 'a form', phone: 'phone' };
const languages = { ja: 'Japanese', en: 'English' };
const choices = { category: 'by category', share: 'by share', order: 'in order' };
const missing = { desk: 'desk', pool: 'pool', policy: 'SLA policy' };

const quoted = (text: string) => `“${text}”`;
const either = (value: string, yes: string, no: string) => (value === 'true' ? yes : no);
const counted = (count: string, one: string, many: string) =>
  `${count} ${count === '1' ? one : many}`;

/** Of a desk and a value, as `bpo 12`. */
function ofDesk(value: string, names: Names, say: (desk: string, rest: string) => string): string {
  const [desk, rest] = parted(value);
  return say(`desk ${quoted(names.desk(desk))}`, rest);
}

function setTo(what: string): (value: string | undefined) => string {
  return (value) =>
    value === undefined ? `set the ${what}` : `set the ${what} to ${quoted(value)}`;
}

/** Why, where there is anything to say. */
function why({ reasons }: Telling): string {
  return reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
}

export const englishWords: ExplainWords = {
  facts: {
    channel: (value) => `it came by ${wordFor(channels, value)}`,
    form: (value) => `the form is ${quoted(value)}`,
    field: (value) => {
      const [name, rest] = parted(value);
      return `the field ${quoted(name)} is ${quoted(rest)}`;
    },
    'field.contains': (value) => {
      const [name, rest] = parted(value);
      return `the field ${quoted(name)} contains ${quoted(rest)}`;
    },
    'field.exists': (value) => {
      const [name, rest] = parted(value);
      return `the field ${quoted(name)} ${either(rest, 'is filled in', 'is empty')}`;
    },
    text: (value) => `the subject or the message contains ${quoted(value)}`,
    subject: (value) => `the subject contains ${quoted(value)}`,
    words: (value) => `the subject or the message has the word ${quoted(value)}`,
    pattern: (value) => `the subject or the message fits the pattern ${quoted(value)}`,
    sender: (value) => `the sender is ${value}`,
    senderDomain: (value) => `the sender's domain is ${value}`,
    department: (value) => `the requester's department is ${quoted(value)}`,
    vip: (value) => either(value, 'the requester is a VIP', 'the requester is not a VIP'),
    external: (value) => either(value, 'it came from outside', 'it came from inside'),
    automated: (value) => either(value, 'a machine sent it', 'a person sent it'),
    language: (value) => `the language is ${wordFor(languages, value)}`,
    category: (value) => `the category is ${quoted(value)}`,
    service: (value, names) => `the service is ${quoted(names.service(value))}`,
    criticality: (value) => `the service's criticality is ${quoted(wordFor(priorities, value))}`,
    priority: (value) => `the priority is ${quoted(wordFor(priorities, value))}`,
    tag: (value) => `it is tagged ${quoted(value)}`,
    'attachments.any': (value) => either(value, 'it has attachments', 'it has no attachments'),
    'attachments.type': (value) => `an attachment is of type ${value}`,
    'attachments.name': (value) => `an attachment's name contains ${quoted(value)}`,
    'attachments.held': (value) =>
      either(value, 'an attachment is withheld', 'no attachment is withheld'),
    'attachments.count': (value) => `it has ${counted(value, 'attachment', 'attachments')}`,
    'time.open': (value) => {
      const [calendar, rest] = parted(value);
      return `the calendar ${quoted(calendar)} is ${either(rest, 'open', 'closed')}`;
    },
    time: (value) => {
      const [calendar, rest] = parted(value);
      return `it is ${rest} by the calendar ${quoted(calendar)}`;
    },
    'desk.open': (value, names) =>
      ofDesk(value, names, (desk, rest) => `${desk} is ${either(rest, 'open', 'closed')}`),
    'desk.depth': (value, names) =>
      ofDesk(value, names, (desk, rest) => {
        const waiting = counted(rest, 'inquiry waits', 'inquiries wait');
        return `${waiting} at ${desk}`;
      }),
    'desk.oldestMinutes': (value, names) =>
      ofDesk(
        value,
        names,
        (desk, rest) => `the oldest at ${desk} has waited ${counted(rest, 'minute', 'minutes')}`,
      ),
    'desk.present': (value, names) =>
      ofDesk(
        value,
        names,
        (desk, rest) => `${counted(rest, 'agent is', 'agents are')} present at ${desk}`,
      ),
    'desk.waitMinutes': (value, names) =>
      ofDesk(
        value,
        names,
        (desk, rest) => `the wait expected at ${desk} is ${counted(rest, 'minute', 'minutes')}`,
      ),
    'contract.accepts': (value, names) =>
      ofDesk(
        value,
        names,
        (desk, rest) =>
          `the contract of ${desk} ${either(rest, 'takes', 'does not take')} this category`,
      ),
    'contract.covered': (value, names) =>
      ofDesk(
        value,
        names,
        (desk, rest) => `it is ${either(rest, 'within', 'outside')} the contract hours of ${desk}`,
      ),
    'contract.volumeLeft': (value, names) =>
      ofDesk(
        value,
        names,
        (desk, rest) =>
          `the month's contract volume of ${desk} is ${either(rest, 'not used up', 'used up')}`,
      ),
    'contract.volume': (value, names) =>
      ofDesk(value, names, (desk, rest) => {
        const [used = '', limit = ''] = rest.split(' of ');
        return `${desk} has had ${used} of the ${limit} inquiries a month in its contract`;
      }),
    earlier: (value) =>
      `the requester has ${counted(value, 'earlier inquiry', 'earlier inquiries')}`,
    not: () => 'what is excluded does not apply',
    missing: (value) => {
      const [what, id] = parted(value);
      return `there is no ${wordFor(missing, what)} ${quoted(id)}`;
    },
    pool: (value, names) => {
      const [pool, rest] = parted(value);
      const [choose, desk] = parted(rest);
      const by = wordFor(choices, choose);
      return `pool ${quoted(names.pool(pool))} chooses ${by}: desk ${quoted(names.desk(desk))}`;
    },
    overflow: (value, names) =>
      ofDesk(value, names, (desk, to) => `${desk} overflows to desk ${quoted(names.desk(to))}`),
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
    desk: (value, names) => setTo('desk')(value === undefined ? value : names.desk(value)),
    pool: (value, names) => setTo('pool')(value === undefined ? value : names.pool(value)),
    priority: (value) => setTo('priority')(value && wordFor(priorities, value)),
    impact: (value) => setTo('impact')(value && wordFor(priorities, value)),
    urgency: (value) => setTo('urgency')(value && wordFor(priorities, value)),
    category: setTo('category'),
    service: (value, names) => setTo('service')(value === undefined ? value : names.service(value)),
    policy: setTo('SLA policy'),
    tags: (value) => (value === undefined ? 'added tags' : `added the tags ${quoted(value)}`),
    skills: (value) =>
      value === undefined ? 'added skills needed' : `added the skills ${quoted(value)} as needed`,
    expedite: () => 'put it before others of its priority',
    hold: () => 'asked to hold it until the desk opens',
    flag: (value) => `flagged it for the lead${value === undefined ? '' : `: ${quoted(value)}`}`,
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
    return `Rule ${quoted(step.name)}: ${because}, ${sets}.${decides}`;
  },
  step: (rule, step) => {
    switch (rule) {
      case 'otherwise':
        return `No rule had decided all of it, so the default ${step.sets.join(', ')}.`;
      case 'services':
        return `It names a service, which ${step.sets.join(', ')}${why(step)}.`;
      case 'missing-desk':
        return `The desk that was named does not exist, so another got it${why(step)}.`;
      case 'missing-pool':
        return `No desk could be chosen from the pool that was named, so another got it${why(step)}.`;
      case 'missing-policy':
        return `The SLA policy that was named does not exist, so the standard one holds${why(step)}.`;
      case 'pool':
        return `A desk was chosen from the pool${why(step)}.`;
      case 'contract-category':
        return `The contract does not cover its category, so it went where the contract says${why(step)}.`;
      case 'contract-volume':
        return `The contract's volume of the month is used up, so it went where the contract says${why(step)}.`;
      case 'contract-coverage':
        return step.holds
          ? `It came outside the contract's hours and is held until they begin${why(step)}.`
          : `It came outside the contract's hours, so it went where the contract says${why(step)}.`;
      case 'hold':
        return `The desk was closed, so it is held until the desk opens${why(step)}.`;
      case 'overflow':
        return step.matched
          ? `The desk was overloaded, so it went to where its overflow goes${why(step)}.`
          : `The desk was overloaded, but its overflow could not take it, so it stayed${why(step)}.`;
      case 'last-resort':
        return `No desk on the way could take it, so it went to a desk of our own${why(step)}.`;
      default:
        return rule satisfies never;
    }
  },
  routed: ({ at, desk, priority, category, by, until }) => {
    const decided = by === undefined ? '' : ` Where it goes was decided by ${by}.`;
    const held = until === undefined ? '' : ` It is held until ${until}.`;
    return `${at}: routed to desk ${quoted(desk)} with priority ${quoted(priority)} and category ${quoted(category)}.${decided}${held}`;
  },
  transferred: ({ at, by, from, desk }) => {
    const left = from === undefined ? '' : ` from desk ${quoted(from)}`;
    return `${at}: ${by} transferred it${left} to desk ${quoted(desk)}.`;
  },
  system: 'the system',
  separator: ', ',
  summary: {
    routed: (desk, by, transfers) => {
      const decided = by === undefined ? '' : ` by ${by}`;
      const since =
        transfers === 0
          ? ''
          : ` It has been transferred ${counted(String(transfers), 'time', 'times')} since.`;
      return `This inquiry was routed to desk ${quoted(desk)}${decided}.${since}`;
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
