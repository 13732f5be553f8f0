import { setImmediate } from 'node:timers/promises';
import { ServiceLevels } from '../../../core/inquiry/clock/service-levels.ts';
import type { Desk } from '../../../core/inquiry/terms/desk.ts';
import { DeskSettingsVersion } from '../../../core/inquiry/terms/desk-settings.ts';
import {
  shippedCalendars,
  shippedPolicies,
} from '../../../core/inquiry/terms/shipped-service-levels.ts';
import { CalendarsVersion, PoliciesVersion } from '../../../core/inquiry/terms/sla-policies.ts';
import {
  applyDeskSettings,
  buildShippedTerms,
  type Terms,
  type TermsInForce,
} from '../../../core/inquiry/terms/terms.ts';
import type { ServiceLevelHistory } from '../../../core/sla/configuration/config-ports.ts';
import {
  newestVersionNumberOf,
  type ServiceLevelVersionLists,
} from '../../../core/sla/configuration/service-level-config.ts';
import type { DynamoTable } from '../table.ts';
import { readConfigHead, readStoredVersion, readStoredVersions } from './config-items.ts';

type KnownTerms = { readonly versions: ServiceLevelVersionLists; readonly terms: Terms };

/**
 * The terms in force by the table: each read asks for the newest version numbers, and for the
 * versions only when some are newer than those it knows.
 *
 * Reads that start in the same turn of the event loop share one request, so that a batch of
 * messages costs as much as one. Compiled terms are kept until there is a newer version.
 * @see docs/adr/0015-configuration-in-force.md
 */
export class DynamoTerms implements TermsInForce, ServiceLevelHistory {
  readonly #table: DynamoTable;
  readonly #stageDesks: readonly Desk[];
  #known: KnownTerms;
  #pendingRead: Promise<KnownTerms> | undefined;

  constructor(table: DynamoTable, desks: readonly Desk[]) {
    this.#table = table;
    this.#stageDesks = desks;
    this.#known = {
      versions: { policies: [shippedPolicies], calendars: [shippedCalendars] },
      terms: buildShippedTerms(desks),
    };
  }

  async read(): Promise<Terms> {
    return (await this.#readShared()).terms;
  }

  async readVersions(): Promise<ServiceLevelVersionLists> {
    return (await this.#readShared()).versions;
  }

  #readShared(): Promise<KnownTerms> {
    this.#pendingRead ??= this.#readNewest();
    return this.#pendingRead;
  }

  async #readNewest(): Promise<KnownTerms> {
    // A read that starts after this request is sent must not get its answer, which may be older.
    await setImmediate();
    this.#pendingRead = undefined;
    const head = await readConfigHead(this.#table);
    for (;;) {
      const known = this.#known;
      const policies = newestVersionNumberOf(known.versions.policies);
      const calendars = newestVersionNumberOf(known.versions.calendars);
      const { version: settings } = known.terms.settings;
      const isNewest = policies >= head.policies && calendars >= head.calendars;
      if (isNewest && settings >= head.desks) return known;
      const [morePolicies, moreCalendars, newSettings] = await Promise.all([
        readStoredVersions(this.#table, 'policies', policies, PoliciesVersion),
        readStoredVersions(this.#table, 'calendars', calendars, CalendarsVersion),
        settings >= head.desks
          ? undefined
          : readStoredVersion(this.#table, 'desks', head.desks, DeskSettingsVersion),
      ]);
      // Another read has loaded them in the meantime.
      if (this.#known !== known) continue;
      const { versions, terms } = isNewest
        ? known
        : addVersions(known, morePolicies, moreCalendars);
      this.#known = {
        versions,
        terms:
          newSettings === undefined
            ? terms
            : applyDeskSettings(terms, this.#stageDesks, newSettings),
      };
      return this.#known;
    }
  }
}

function addVersions(
  { versions, terms }: KnownTerms,
  morePolicies: readonly PoliciesVersion[],
  moreCalendars: readonly CalendarsVersion[],
): KnownTerms {
  const policies: ServiceLevelVersionLists['policies'] = [...versions.policies, ...morePolicies];
  const calendars: ServiceLevelVersionLists['calendars'] = [
    ...versions.calendars,
    ...moreCalendars,
  ];
  const serviceLevels = new ServiceLevels(policies, calendars);
  return { versions: { policies, calendars }, terms: { ...terms, serviceLevels } };
}
