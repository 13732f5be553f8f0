import type { LoadedInquiry } from '../../inquiry/ports.ts';
import type { Sub } from '../../inquiry/values/ids.ts';
import type {
  ServiceLevelConfigByKind,
  ServiceLevelConfigKind,
  ServiceLevelVersionLists,
} from './service-level-config.ts';

/** Every version of the calendars and policies at the time of the call. */
export interface ServiceLevelHistory {
  readVersions(): Promise<ServiceLevelVersionLists>;
}

/** A version to put, and the numbers of the newest ones that it was checked against. */
export type PendingConfigVersion = {
  [Kind in ServiceLevelConfigKind]: {
    readonly kind: Kind;
    readonly version: ServiceLevelConfigByKind[Kind];
  };
}[ServiceLevelConfigKind] & { readonly head: Readonly<Record<ServiceLevelConfigKind, number>> };

/** The versions of calendars and policies; a version never changes. */
export interface ServiceLevelConfigLedger {
  /**
   * Puts a version together with the job that recomputes the clocks of all open inquiries; false
   * when another version has been put since.
   */
  put(
    pending: PendingConfigVersion,
    job: { readonly id: string; readonly startedBy: Sub },
  ): Promise<boolean>;
}

/** The open inquiries by shard of the alarms index, which may lag a moment behind. */
export interface OpenInquiries {
  readonly shards: number;
  /** Reads inquiries of a shard from a place on, as they are now; no `next` after the last. */
  readPage(
    shard: number,
    limit: number,
    after?: string,
  ): Promise<{ readonly loaded: readonly LoadedInquiry[]; readonly next?: string }>;
}
