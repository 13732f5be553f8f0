import type {
  JsonPatchOperation,
  RoutingConfigByKind,
  RoutingConfigHead,
  RoutingConfigKind,
  RoutingConfigVersion,
} from './routing-config.ts';

/** The numbers of the newest versions, 0 while there is only the shipped one. */
export type NewestVersionNumbers = Readonly<Record<RoutingConfigKind, number>>;

/** The versions of the rule set and of the desk settings; a version never changes. */
export interface RoutingConfigLedger {
  readNewestNumbers(): Promise<NewestVersionNumbers>;
  /** Undefined where no version of that number was put. */
  read<Kind extends RoutingConfigKind>(
    kind: Kind,
    version: number,
  ): Promise<RoutingConfigVersion<Kind> | undefined>;
  /** The latest versions that were put, newest first. */
  listVersions(kind: RoutingConfigKind, limit: number): Promise<RoutingConfigHead[]>;
  /**
   * Puts a version; false when another of either kind was put after `seen` was read, because each
   * kind is checked against the other.
   *
   * `too-large` when it does not fit into an item even compressed.
   */
  put<Kind extends RoutingConfigKind>(
    kind: Kind,
    version: RoutingConfigVersion<Kind>,
    seen: NewestVersionNumbers,
  ): Promise<boolean | 'too-large'>;
}

/** Computes the operations that turn one document into another, to be applied in order. */
export type DocumentComparer = <Kind extends RoutingConfigKind>(
  before: RoutingConfigByKind[Kind],
  after: RoutingConfigByKind[Kind],
) => JsonPatchOperation[];
