import type { Refusal } from '../../inquiry/refusal.ts';
import type { DeskSettings } from '../../inquiry/terms/desk-settings.ts';
import type { DeskId, InquiryId, Instant, Sub } from '../../inquiry/values/ids.ts';
import type { PersonDecider } from '../ports.ts';
import type { Offboarding, StartedOffboarding } from './offboarding.ts';

/** Where offboardings begin. */
export interface Offboardings {
  /**
   * Puts what `decide` makes of the person and starts the work that follows, both or neither.
   *
   * Where nothing is to change about the person, what is under way for them already stands for a
   * new one, whatever is said this time. `no-other-lead` as of `PeopleKeeper`.
   */
  start(
    offboarding: Offboarding,
    decide: PersonDecider,
    startedBy: Sub,
    now: Instant,
  ): Promise<StartedOffboarding | Refusal | 'no-other-lead'>;
}

/** Finds what somebody holds. */
export interface HeldWork {
  /**
   * Whatever they may hold, by an index that may lag and by what was written of late, which is read
   * consistently; in the order of the ids, each once.
   */
  find(agent: Sub, desks: readonly DeskId[]): Promise<readonly InquiryId[]>;
}

/** The desk settings in force, which are changed by new versions. */
export interface DeskSettingsStore {
  read(): Promise<DeskSettings>;
  /**
   * Puts what `make` makes of the newest settings as a new version, making it again when somebody
   * was faster; nothing where it makes nothing.
   *
   * @returns the version's number
   */
  change(
    make: (settings: DeskSettings) => DeskSettings | undefined,
    version: {
      readonly by: { readonly sub: Sub; readonly name: string };
      readonly note: string;
      readonly at: Instant;
    },
  ): Promise<number | undefined>;
}
