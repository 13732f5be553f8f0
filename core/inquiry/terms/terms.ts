import * as z from 'zod';
import type { ServiceLevels } from '../clock/service-levels.ts';
import { DeskId, VendorId } from '../values/ids.ts';
import {
  DeskAttributes,
  type DeskSettings,
  type DeskSettingsVersion,
  shippedDeskSettings,
  VendorSettings,
} from './desk-settings.ts';
import { shippedLevels } from './shipped-service-levels.ts';

/**
 * A desk at which inquiries wait: `internal` is worked by staff, `outsourced` by a vendor's
 * operators. On a `pull` desk agents claim; on a `push` desk inquiries are assigned.
 */
export const Desk = z
  .strictObject({
    id: DeskId,
    kind: z.enum(['internal', 'outsourced']),
    mode: z.enum(['push', 'pull']),
    vendor: VendorId.optional(),
    name: z.strictObject({ ja: z.string(), en: z.string() }),
    queueUrl: z.url(),
    /** How long a claim lasts until its first heartbeat. */
    claimSeconds: z.int().min(5).max(900).default(60),
    /** How long a heartbeat prolongs a lease. */
    leaseSeconds: z.int().min(30).max(86_400).default(900),
    /** How long an assignment may stay unanswered. */
    offerSeconds: z.int().min(60).max(86_400).default(1800),
    /** What becomes of an inquiry that is routed here while closed: `hold` keeps it from claims. */
    whenClosed: z.enum(['queue', 'hold']).default('queue'),
  })
  .refine((desk) => (desk.kind === 'outsourced') === (desk.vendor !== undefined), {
    error: 'an outsourced desk has a vendor, and an internal one has none',
    path: ['vendor'],
  });
export type Desk = z.infer<typeof Desk>;

/** The stage's desks, as functions are given them in `DESKS`. */
export const Desks = z.preprocess(
  (value) => (typeof value === 'string' ? JSON.parse(value) : value),
  z.array(Desk).min(1).max(50),
);

/** What time alone does to an inquiry. All in seconds. */
export const Lifecycle = z.strictObject({
  /** An unrouted inquiry is announced to routing again after this, doubling up to `announceLimit`. */
  announce: z.int().min(1).default(60),
  announceLimit: z.int().min(1).default(3600),
  /** A waiting inquiry is announced to its desk again; well inside SQS's retention of 14 days. */
  announceQueued: z.int().min(60).default(86_400),
  /** The requester is reminded of what is waited for. */
  remind: z
    .int()
    .min(60)
    .default(3 * 86_400),
  /** After this many reminders without an answer, the inquiry waits at its desk again. */
  reminders: z.int().min(0).max(10).default(2),
  close: z
    .int()
    .min(60)
    .default(7 * 86_400),
  reopen: z
    .int()
    .min(60)
    .default(14 * 86_400),
  /** The leads are reminded of what lies in quarantine. */
  quarantineAge: z.int().min(60).default(86_400),
});
export type Lifecycle = z.infer<typeof Lifecycle>;

/** The policies and desks in force, which decisions take as an argument. */
export type Terms = {
  /** The stage's, with what configuration says of them. */
  readonly desks: readonly Desk[];
  readonly settings: DeskSettingsVersion;
  readonly lifecycle: Lifecycle;
  /** Policies and calendars of all times. */
  readonly levels: ServiceLevels;
};

const defaultAttributes = DeskAttributes.parse({});
const defaultVendor = VendorSettings.parse({});

/** Finds the terms that are in force at the moment of asking. */
export interface TermsInForce {
  read(): Promise<Terms>;
}

/** The terms of a stage with the shipped lifecycle, policies and calendars. */
export function shippedTerms(desks: readonly Desk[]): Terms {
  return {
    desks,
    settings: shippedDeskSettings,
    lifecycle: Lifecycle.parse({}),
    levels: shippedLevels,
  };
}

/** Terms in which a version of the desk settings is in force over the stage's desks. */
export function withDeskSettings(
  terms: Terms,
  stage: readonly Desk[],
  settings: DeskSettingsVersion,
): Terms {
  return { ...terms, settings, desks: stage.map((desk) => configured(desk, settings.body)) };
}

function configured(desk: Desk, { desks }: DeskSettings): Desk {
  const given = desks[desk.id];
  if (given === undefined) return desk;
  return {
    ...desk,
    name: given.name ?? desk.name,
    claimSeconds: given.claimSeconds ?? desk.claimSeconds,
    leaseSeconds: given.leaseSeconds ?? desk.leaseSeconds,
    offerSeconds: given.offerSeconds ?? desk.offerSeconds,
    whenClosed: given.whenClosed ?? desk.whenClosed,
  };
}

/** What is configured of a desk, with the defaults where nothing is. */
export function attributesOf({ settings }: Pick<Terms, 'settings'>, desk: DeskId): DeskAttributes {
  return settings.body.desks[desk] ?? defaultAttributes;
}

/** What is configured of a vendor, with the strictest masking where nothing is. */
export function vendorOf({ settings }: Pick<Terms, 'settings'>, vendor: VendorId): VendorSettings {
  return settings.body.vendors[vendor] ?? defaultVendor;
}

export function deskOf(terms: Terms, id: string): Desk | undefined {
  return terms.desks.find((desk) => desk.id === id);
}
