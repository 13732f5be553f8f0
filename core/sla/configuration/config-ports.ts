import type { LoadedInquiry } from '../../inquiry/ports.ts';
import type { Sub } from '../../inquiry/values/ids.ts';
import type {
  ServiceLevelConfigByKind,
  ServiceLevelConfigKind,
  ServiceLevelVersionLists,
} from './service-level-config.ts';

/** Every version of the calendars and policies there is at the moment of asking. */
export interface ServiceLevelHistory {
  readVersions(): Promise<ServiceLevelVersionLists>;
}

/** A version to be put, and the numbers of the newest ones that it was judged by. */
export type PendingConfigVersion = {
  [Kind in ServiceLevelConfigKind]: {
    readonly kind: Kind;
    readonly version: ServiceLevelConfigByKind[Kind];
  };
}[ServiceLevelConfigKind] & { readonly head: Readonly<Record<ServiceLevelConfigKind, number>> };

/** The versions of calendars and policies, none of which is ever changed. */
export interface ServiceLevelConfigLedger {
  /**
   * Puts a version together with the job that reckons the clocks of all open inquiries anew; false
   * when another version has been put since.
   */
  put(
    put: PendingConfigVersion,
    job: { readonly id: string; readonly startedBy: Sub },
  ): Promise<boolean>;
}

/** The open inquiries by the shards of the alarms index, which may lag a moment behind. */
export interface OpenInquiries {
  readonly shards: number;
  /** Some inquiries of a shard after a place in it, as they are now; no `next` after the last. */
  readPage(
    shard: number,
    limit: number,
    after?: string,
  ): Promise<{ readonly loaded: readonly LoadedInquiry[]; readonly next?: string }>;
}
