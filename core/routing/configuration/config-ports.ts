import type { BodyOf, Change, ConfigKind, VersionHead, VersionOf } from './routing-config.ts';

/** The numbers of the newest versions, 0 while there is only the shipped one. */
export type Heads = Readonly<Record<ConfigKind, number>>;

/** The versions of the rule set and of the desk settings, none of which is ever changed. */
export interface ConfigVersions {
  heads(): Promise<Heads>;
  /** One that was put; undefined where there is none of the number. */
  read<Kind extends ConfigKind>(kind: Kind, version: number): Promise<VersionOf<Kind> | undefined>;
  /** The newest of those that were put, newest first. */
  history(kind: ConfigKind, limit: number): Promise<VersionHead[]>;
  /**
   * Puts a version; false when another of either kind has been put since `seen` was read, since
   * each is judged by the other.
   *
   * `too-large` when it does not fit into an item even compressed.
   */
  put<Kind extends ConfigKind>(
    kind: Kind,
    version: VersionOf<Kind>,
    seen: Heads,
  ): Promise<boolean | 'too-large'>;
}

/** Tells what changes from one document to another, as steps that are taken one after another. */
export type Compare = <Kind extends ConfigKind>(
  before: BodyOf[Kind],
  after: BodyOf[Kind],
) => Change[];
