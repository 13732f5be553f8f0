import { ServiceLevels } from '../../../../core/inquiry/clock/service-levels.ts';
import {
  shippedCalendars,
  shippedPolicies,
  shippedServiceLevels,
} from '../../../../core/inquiry/terms/shipped-service-levels.ts';
import {
  CalendarsDocument,
  type CalendarsVersion,
  PoliciesDocument,
  type PoliciesVersion,
  type SlaPolicy,
} from '../../../../core/inquiry/terms/sla-policies.ts';
import type { Terms } from '../../../../core/inquiry/terms/terms.ts';
import type { Instant } from '../../../../core/inquiry/values/ids.ts';
import { deskListTerms } from '../../help-desk.ts';

/** The shipped policy of all inquiries. */
export const shippedStandardPolicy: SlaPolicy = shippedServiceLevels.findPolicy(0, undefined);

type Body<Schema extends { _zod: { input: unknown } }> = Schema['_zod']['input'];
export type PoliciesBody = Body<typeof PoliciesDocument>;
export type SlaPolicyBody = PoliciesBody['policies'][string];

/** When a version was put, and from when on it is in force: that same moment unless said. */
type PutVersion<Of> = { readonly put: Instant; readonly from?: Instant } & Of;

/** The shipped policies and calendars, and after them what else was put. */
export function makeServiceLevels(
  policies: readonly PutVersion<{ readonly policies: Partial<PoliciesBody> }>[],
  calendars: readonly PutVersion<Body<typeof CalendarsDocument>>[] = [],
): ServiceLevels {
  const versions = policies.map(
    ({ put, from = put, policies: changes }, index): PoliciesVersion => ({
      ...{ version: index + 1, from, recordedAt: put },
      body: PoliciesDocument.parse({ ...shippedPolicies.body, ...changes }),
    }),
  );
  const calendarVersions = calendars.map(
    ({ put, from = put, ...body }, index): CalendarsVersion => ({
      ...{ version: index + 1, from, recordedAt: put },
      body: CalendarsDocument.parse({
        calendars: { ...shippedCalendars.body.calendars, ...body.calendars },
      }),
    }),
  );
  return new ServiceLevels([shippedPolicies, ...versions], [shippedCalendars, ...calendarVersions]);
}

/** The shipped policies with some of the standard one changed, instead of the shipped ones. */
export function makeTerms(
  standard: Partial<SlaPolicyBody>,
  others: Partial<PoliciesBody> = {},
): Terms {
  const body = PoliciesDocument.parse({
    ...shippedPolicies.body,
    ...others,
    policies: {
      standard: { ...shippedStandardPolicy, ...standard },
    },
  });
  return {
    ...deskListTerms,
    serviceLevels: new ServiceLevels([{ ...shippedPolicies, body }], [shippedCalendars]),
  };
}

/** The shipped policies with other targets of resolution. */
export function makePoliciesWithTargets(
  targets: NonNullable<SlaPolicyBody['clocks']['resolution']>['targets'],
): Partial<PoliciesBody> {
  const { clocks } = shippedStandardPolicy;
  if (clocks.resolution === undefined) throw new TypeError('there is no resolution');
  const resolution = { ...clocks.resolution, targets };
  return {
    policies: { standard: { ...shippedStandardPolicy, clocks: { ...clocks, resolution } } },
  };
}
