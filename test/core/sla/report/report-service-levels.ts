import { StageDesks } from '../../../../core/inquiry/terms/desk.ts';
import { shippedPolicies } from '../../../../core/inquiry/terms/shipped-service-levels.ts';
import { Instant } from '../../../../core/inquiry/values/ids.ts';
import { makeServiceLevels } from '../../inquiry/clock/make-service-levels.ts';

const queueUrl = 'http://queues.example/desk';
const makeDesk = (id: string, name: string) => ({
  ...{ id, kind: 'internal', mode: 'pull', name: { ja: name, en: id }, queueUrl },
});

export const reportDesks = StageDesks.parse([
  makeDesk('staff', '社内IT担当'),
  { ...makeDesk('bpo', '委託先A窓口'), kind: 'outsourced', vendor: 'vendor-a' },
  { ...makeDesk('bpo-b', '委託先B窓口'), kind: 'outsourced', vendor: 'vendor-b' },
  makeDesk('far', '=海外窓口'),
]);

type PoliciesInput = Parameters<typeof makeServiceLevels>[0][number]['policies'];
type PolicyInput = NonNullable<PoliciesInput['policies']>[string];

/** Without warnings, since they change nothing in a report. */
const standard: PolicyInput = removeWarnings(
  shippedPolicies.body.policies[shippedPolicies.body.otherwise] as PolicyInput,
);
const stricter: PolicyInput = {
  ...standard,
  clocks: {
    ...standard.clocks,
    resolution: {
      calendar: 'tokyo-office',
      targets: { critical: 'PT2H', high: 'PT6H', medium: 'PT14H', low: 'PT35H' },
    },
  },
};

function removeWarnings(policy: PolicyInput): PolicyInput {
  const clocks = Object.entries(policy.clocks).map(([name, terms]) => [
    name,
    { ...terms, warnAt: [] },
  ]);
  return { ...policy, clocks: Object.fromEntries(clocks) };
}

function makePoliciesVersion(standardPolicy: PolicyInput): PoliciesInput {
  const continued: PolicyInput = { ...standardPolicy, reopen: 'continue', retarget: 'from-change' };
  return {
    policies: { standard: standardPolicy, continued },
    deskCalendars: { ...shippedPolicies.body.deskCalendars, far: 'new-york' },
    chains: [],
    thresholds: [
      ...shippedPolicies.body.thresholds,
      { desk: 'far', clock: 'pickup', priority: 'high', attainment: 99.9 },
    ],
  };
}

/** When the stricter version of the policies is put, and comes into force. */
export const policyChangeAt = Instant.parse('2026-11-12T03:00:00.000Z');
const always = Instant.parse('2020-01-01T00:00:00.000Z');
const day = ['09:00-17:00'];
const week = { mon: day, tue: day, wed: day, thu: day, fri: day };

/** The shipped service levels, with a policy that continues cycles and a desk in another zone; stricter later. */
export const reportServiceLevels = makeServiceLevels(
  [
    { put: always, policies: makePoliciesVersion(standard) },
    { put: policyChangeAt, policies: makePoliciesVersion(stricter) },
  ],
  [{ put: always, calendars: { 'new-york': { zone: 'America/New_York', week } } }],
);
