import * as z from 'zod';
import type { ServiceLevels } from '../clock/service-levels.ts';
import type { DeskId, VendorId } from '../values/ids.ts';
import type { Desk } from './desk.ts';
import {
  DeskAttributes,
  type DeskSettings,
  type DeskSettingsVersion,
  shippedDeskSettings,
  VendorSettings,
} from './desk-settings.ts';
import { shippedServiceLevels } from './shipped-service-levels.ts';

/** When time alone acts on an inquiry. All in seconds. */
export const LifecycleTimings = z.strictObject({
  /** An unrouted inquiry is announced to routing again after this, doubling up to `announceLimit`. */
  announce: z.int().min(1).default(60),
  announceLimit: z.int().min(1).default(3600),
  /** A waiting inquiry is announced to its desk again; well inside SQS's retention of 14 days. */
  announceQueued: z.int().min(60).default(86_400),
  /** The requester is reminded of the open question after this. */
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
  /** The leads are reminded of a quarantined inquiry after this. */
  quarantineAge: z.int().min(60).default(86_400),
});
export type LifecycleTimings = z.infer<typeof LifecycleTimings>;

/** The policies and desks in force, which decisions take as an argument. */
export type Terms = {
  /** The desks of the stage, with their configured attributes. */
  readonly desks: readonly Desk[];
  readonly settings: DeskSettingsVersion;
  readonly lifecycle: LifecycleTimings;
  /** All versions of the policies and calendars. */
  readonly serviceLevels: ServiceLevels;
};

const defaultAttributes = DeskAttributes.parse({});
const defaultVendorSettings = VendorSettings.parse({});

/** Reads the terms that are in force now. */
export interface TermsInForce {
  read(): Promise<Terms>;
}

/** The terms of a stage with the shipped lifecycle, policies and calendars. */
export function buildShippedTerms(desks: readonly Desk[]): Terms {
  return {
    desks,
    settings: shippedDeskSettings,
    lifecycle: LifecycleTimings.parse({}),
    serviceLevels: shippedServiceLevels,
  };
}

/** Applies a version of the desk settings to the desks of the stage. */
export function applyDeskSettings(
  terms: Terms,
  stage: readonly Desk[],
  settings: DeskSettingsVersion,
): Terms {
  return { ...terms, settings, desks: stage.map((desk) => configureDesk(desk, settings.body)) };
}

function configureDesk(desk: Desk, { desks }: DeskSettings): Desk {
  const attributes = desks[desk.id];
  if (attributes === undefined) return desk;
  return {
    ...desk,
    name: attributes.name ?? desk.name,
    claimSeconds: attributes.claimSeconds ?? desk.claimSeconds,
    leaseSeconds: attributes.leaseSeconds ?? desk.leaseSeconds,
    offerSeconds: attributes.offerSeconds ?? desk.offerSeconds,
    whenClosed: attributes.whenClosed ?? desk.whenClosed,
  };
}

/** The configured attributes of a desk, or the defaults. */
export function findDeskAttributes(
  { settings }: Pick<Terms, 'settings'>,
  desk: DeskId,
): DeskAttributes {
  return settings.body.desks[desk] ?? defaultAttributes;
}

/** The configured settings of a vendor, or the defaults with the strictest masking. */
export function findVendorSettings(
  { settings }: Pick<Terms, 'settings'>,
  vendor: VendorId,
): VendorSettings {
  return settings.body.vendors[vendor] ?? defaultVendorSettings;
}

export function findDesk(terms: Terms, id: string): Desk | undefined {
  return terms.desks.find((desk) => desk.id === id);
}
