import * as z from 'zod';
import { MaskingPolicy } from '../../masking/masking-policy.ts';
import { DeskId, EmailAddress, type Instant, PoolId, VendorId } from '../values/ids.ts';
import { Category, type Priority, ServiceId } from '../values/vocabulary.ts';
import { defineImmediateVersion } from './config-version.ts';

/** Thresholds for what waits at a desk; each measure counts on its own. */
export const DeskLoad = z
  .strictObject({
    depth: z.int().min(0).max(10_000).optional(),
    oldestMinutes: z.int().min(0).max(100_000).optional(),
    /** The predicted wait of one more inquiry. */
    waitMinutes: z.int().min(0).max(100_000).optional(),
  })
  .refine((load) => Object.keys(load).length > 0, { error: 'a load names a measure' });
export type DeskLoad = z.infer<typeof DeskLoad>;

/**
 * Sends new inquiries to another desk once any measure has reached `enter`, until all of them have
 * fallen to `leave`, so that it does not flap between the two.
 */
export const OverflowSettings = z
  .strictObject({ to: DeskId, enter: DeskLoad, leave: DeskLoad })
  .superRefine(({ enter, leave }, context) => {
    for (const measure of ['depth', 'oldestMinutes', 'waitMinutes'] as const) {
      const above = enter[measure];
      const below = leave[measure];
      if ((above === undefined) !== (below === undefined)) {
        const message = 'a measure is named by both or by none';
        context.addIssue({ code: 'custom', message, path: ['leave', measure] });
      } else if (above !== undefined && below !== undefined && below >= above) {
        const message = 'it is left at less than it was entered at';
        context.addIssue({ code: 'custom', message, path: ['leave', measure] });
      }
    }
  });
export type OverflowSettings = z.infer<typeof OverflowSettings>;

/** Another desk, or `hold` to wait until this one opens. */
const OutsideCoverage = z.union([z.literal('hold'), z.strictObject({ desk: DeskId })]);

/**
 * What a vendor has agreed to do at its desk. Its coverage hours are the desk's calendar and its
 * OLA thresholds those of the desk, both in the policies.
 */
export const VendorContract = z.strictObject({
  /** The categories it accepts; by default all. */
  categories: z.array(Category).min(1).max(200).optional(),
  /** Where the rest goes. */
  otherwise: DeskId,
  outsideCoverage: OutsideCoverage.default('hold'),
  /**
   * How many inquiries may come to the desk in a month of its calendar's zone, and what happens to
   * those `beyond`.
   */
  monthlyVolume: z
    .strictObject({
      inquiries: z.int().min(1).max(1_000_000),
      beyond: z.enum(['otherwise', 'accept']).default('otherwise'),
    })
    .optional(),
});
export type VendorContract = z.infer<typeof VendorContract>;

/** An agent to whom a category or service always goes first. */
export const StandingAssignment = z
  .strictObject({
    agent: EmailAddress,
    categories: z.array(Category).max(200).default([]),
    services: z.array(ServiceId).max(200).default([]),
  })
  .refine(({ categories, services }) => categories.length + services.length > 0, {
    error: 'it names a category or a service',
  });
export type StandingAssignment = z.infer<typeof StandingAssignment>;

/** How an internal desk's work is assigned to its agents. */
export const AssignmentSettings = z.strictObject({
  /**
   * `pull` assigns nothing: agents claim. `sticky` prefers agents who know the inquiry or
   * requester.
   */
  policy: z.enum(['pull', 'round-robin', 'least-loaded', 'sticky']).default('least-loaded'),
  /** For `sticky`: agents know a requester whom they answered within so many days. */
  knownDays: z.int().min(1).max(90).default(30),
  standing: z.array(StandingAssignment).max(200).default([]),
  /** How much one agent carries, unless the registry sets their own capacity. */
  capacity: z.int().min(1).max(10_000).default(40),
  /** How much an inquiry weighs by its priority. */
  weights: z
    .strictObject({
      critical: z.int().min(0).max(100).default(4),
      high: z.int().min(0).max(100).default(2),
      medium: z.int().min(0).max(100).default(1),
      low: z.int().min(0).max(100).default(1),
    } satisfies Record<Priority, z.ZodType>)
    .prefault({}),
});
export type AssignmentSettings = z.infer<typeof AssignmentSettings>;

const LocalizedName = z.strictObject({
  ja: z.string().min(1).max(100),
  en: z.string().min(1).max(100),
});

/** The configured attributes of one of the desks of the stage. */
export const DeskAttributes = z.strictObject({
  name: LocalizedName.optional(),
  claimSeconds: z.int().min(5).max(900).optional(),
  leaseSeconds: z.int().min(30).max(86_400).optional(),
  offerSeconds: z.int().min(60).max(86_400).optional(),
  whenClosed: z.enum(['queue', 'hold']).optional(),
  /** How long one inquiry takes an agent, for predicting the wait. */
  handleMinutes: z.int().min(1).max(1440).default(15),
  contract: VendorContract.optional(),
  overflow: OverflowSettings.optional(),
  assignment: AssignmentSettings.prefault({}),
});
export type DeskAttributes = z.infer<typeof DeskAttributes>;

/** Several desks that share incoming work. */
export const DeskPool = z.strictObject({
  name: LocalizedName,
  /**
   * `category`: the first member that names the category; `share`: by weight; `order`: the first
   * that accepts it now.
   */
  choose: z.enum(['category', 'share', 'order']),
  members: z
    .array(
      z.strictObject({
        desk: DeskId,
        categories: z.array(Category).max(200).optional(),
        share: z.int().min(0).max(1000).default(1),
      }),
    )
    .min(1)
    .max(20),
});
export type DeskPool = z.infer<typeof DeskPool>;

/**
 * A key with which a vendor's system signs; its secret is derived from the stage's signing secret.
 */
export const VendorKey = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
  state: z.enum(['active', 'retired']).default('active'),
});
export type VendorKey = z.infer<typeof VendorKey>;

export const VendorSettings = z.strictObject({
  name: LocalizedName.optional(),
  masking: MaskingPolicy.prefault({}),
  /** Its own ticketing system, which is notified of work and sends signed answers. */
  system: z
    .strictObject({
      /** Only https to public addresses, which is checked when connecting. */
      url: z
        .url({ protocol: /^https?$/ })
        .max(2000)
        .optional(),
      keys: z.array(VendorKey).max(10).default([]),
    })
    .optional(),
});
export type VendorSettings = z.infer<typeof VendorSettings>;

/** One version of `CONFIG#desks`: the attributes of the desks of the stage, pools and vendors. */
export const DeskSettings = z.strictObject({
  desks: z.record(DeskId, DeskAttributes).default({}),
  pools: z.record(PoolId, DeskPool).default({}),
  vendors: z.record(VendorId, VendorSettings).default({}),
});
export type DeskSettings = z.infer<typeof DeskSettings>;

/** A version of the desk settings, in force from when it is recorded. */
export const DeskSettingsVersion = defineImmediateVersion(DeskSettings);
export type DeskSettingsVersion = z.infer<typeof DeskSettingsVersion>;

/** Nothing is configured: every desk as the stage defines it, and the strictest masking. */
export const shippedDeskSettings: DeskSettingsVersion = {
  version: 0,
  recordedAt: '1970-01-01T00:00:00.000Z' as Instant,
  body: DeskSettings.parse({}),
};
