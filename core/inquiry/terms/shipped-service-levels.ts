import { ServiceLevels } from '../clock/service-levels.ts';
import { Instant } from '../values/ids.ts';
import {
  CalendarsDocument,
  type CalendarsVersion,
  PoliciesDocument,
  type PoliciesVersion,
} from './sla-policies.ts';

const always = Instant.parse('1970-01-01T00:00:00.000Z');

const tokyoDay = ['09:00-12:00', '13:00-17:00'];
const bpoDay = ['08:00-20:00'];

function weekdays(day: readonly string[]) {
  return { mon: [...day], tue: [...day], wed: [...day], thu: [...day], fri: [...day] };
}

let calendars: CalendarsDocument | undefined;

/**
 * The calendars in force until a lead configures others: an office with a lunch break, and a
 * vendor's. Parsed when first read, since to know a time zone is the slowest part of a start.
 */
export const shippedCalendars: CalendarsVersion = {
  version: 0,
  from: always,
  recordedAt: always,
  get body() {
    calendars ??= parseCalendars();
    return calendars;
  },
};

function parseCalendars(): CalendarsDocument {
  return CalendarsDocument.parse({
    calendars: {
      'tokyo-office': {
        zone: 'Asia/Tokyo',
        week: weekdays(tokyoDay),
        holidays: { feed: 'jp' },
      },
      'bpo-weekdays': {
        zone: 'Asia/Tokyo',
        week: weekdays(bpoDay),
        holidays: { feed: 'jp' },
      },
    },
  });
}

let policies: PoliciesDocument | undefined;

/** The policies in force until a lead configures others, parsed when first read. */
export const shippedPolicies: PoliciesVersion = {
  version: 0,
  from: always,
  recordedAt: always,
  get body() {
    policies ??= parsePolicies();
    return policies;
  },
};

function parsePolicies(): PoliciesDocument {
  return PoliciesDocument.parse({
    policies: {
      standard: {
        name: { ja: '標準', en: 'Standard' },
        clocks: {
          first_response: {
            calendar: 'tokyo-office',
            targets: { critical: 'PT15M', high: 'PT1H', medium: 'PT4H', low: 'PT7H' },
            warnAt: [75],
          },
          next_response: {
            calendar: 'tokyo-office',
            targets: { critical: 'PT30M', high: 'PT2H', medium: 'PT4H', low: 'PT7H' },
            warnAt: [75],
          },
          resolution: {
            calendar: 'tokyo-office',
            targets: { critical: 'PT4H', high: 'PT8H', medium: 'PT21H', low: 'PT35H' },
            warnAt: [50, 75],
          },
          pickup: {
            calendar: 'tokyo-office',
            targets: { critical: 'PT10M', high: 'PT30M', medium: 'PT2H', low: 'PT4H' },
            warnAt: [75],
          },
          ownership: {
            calendar: 'tokyo-office',
            targets: { critical: 'PT3H', high: 'PT7H', medium: 'PT16H', low: 'PT28H' },
            warnAt: [75],
          },
        },
      },
    },
    otherwise: 'standard',
    deskCalendars: { bpo: 'bpo-weekdays', 'bpo-b': 'bpo-weekdays' },
    chains: [
      {
        id: 'service-levels',
        on: 'clock',
        warning: [{ to: 'holder' }],
        steps: [
          { afterMinutes: 0, tell: [{ to: 'holder' }, { to: 'leads' }] },
          { afterMinutes: 30, tell: [{ to: 'leads' }] },
        ],
        quiet: { outside: 'tokyo-office', except: ['critical'] },
      },
      {
        id: 'emergency',
        on: 'emergency',
        priorities: ['critical'],
        steps: [
          { afterMinutes: 0, tell: [{ to: 'leads' }] },
          { afterMinutes: 10, tell: [{ to: 'leads' }, { to: 'desk' }] },
          { afterMinutes: 30, tell: [{ to: 'leads' }, { to: 'desk' }] },
        ],
      },
    ],
    causes: [
      { id: 'vendor-late', label: { ja: '委託先の遅れ', en: 'Vendor was late' } },
      { id: 'wrong-route', label: { ja: '振り分け誤り', en: 'Sent to the wrong desk' } },
      {
        id: 'requester-unreachable',
        label: { ja: '依頼者に連絡がつかない', en: 'Requester could not be reached' },
      },
      { id: 'capacity', label: { ja: '人手不足', en: 'Too few people' } },
      { id: 'force-majeure', label: { ja: '不可抗力', en: 'Force majeure' } },
    ],
    thresholds: [
      { desk: 'bpo', clock: 'pickup', attainment: 95 },
      { desk: 'bpo', clock: 'ownership', attainment: 90 },
      { desk: 'bpo-b', clock: 'pickup', attainment: 95 },
      { desk: 'bpo-b', clock: 'ownership', attainment: 90 },
    ],
  });
}

export const shippedServiceLevels = new ServiceLevels([shippedPolicies], [shippedCalendars]);
