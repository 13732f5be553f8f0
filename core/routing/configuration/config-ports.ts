import type {
  JsonPatchOperation,
  RoutingConfigByKind,
  RoutingConfigHead,
  RoutingConfigKind,
  RoutingConfigVersion,
} from './routing-config.ts';

/** The numbers of the newest versions, 0 while there is only the shipped one. */
export type NewestVersionNumbers = Readonly<Record<RoutingConfigKind, number>>;

/** The versions of the rule set and of the desk settings, none of which is ever changed. */
export interface RoutingConfigLedger {
  readNewestNumbers(): Promise<NewestVersionNumbers>;
  /** One that was put; undefined where there is none of the number. */
  read<Kind extends RoutingConfigKind>(
    kind: Kind,
    version: number,
  ): Promise<RoutingConfigVersion<Kind> | undefined>;
  /** The newest of those that were put, newest first. */
  listVersions(kind: RoutingConfigKind, limit: number): Promise<RoutingConfigHead[]>;
  /**
   * Puts a version; false when another of either kind has been put since `seen` was read, since
   * each is judged by the other.
   *
   * `too-large` when it does not fit into an item even compressed.
   */
  put<Kind extends RoutingConfigKind>(
    kind: Kind,
    version: RoutingConfigVersion<Kind>,
    seen: NewestVersionNumbers,
  ): Promise<boolean | 'too-large'>;
}

/** Tells what changes from one document to another, as steps that are taken one after another. */
export type DocumentComparer = <Kind extends RoutingConfigKind>(
  before: RoutingConfigByKind[Kind],
  after: RoutingConfigByKind[Kind],
) => JsonPatchOperation[];
