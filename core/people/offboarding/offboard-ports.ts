import type { Refusal } from '../../inquiry/refusal.ts';
import type { DeskSettings } from '../../inquiry/terms/desk-settings.ts';
import type { DeskId, InquiryId, Instant, Sub } from '../../inquiry/values/ids.ts';
import type { PersonDecider } from '../ports.ts';
import type { Offboarding, StartedOffboarding } from './offboarding.ts';

/** Starts offboardings, which run as jobs. */
export interface Offboardings {
  /**
   * Saves what `decide` makes of the person and starts the job that follows, both or neither.
   *
   * Where the person does not change, an offboarding of theirs that is under way stands for the new
   * one, whatever the new one says. `no-other-lead` as in `PersonRegistryWriter`.
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
   * All that they may hold, from an index that may lag and from recent writes, which are read
   * consistently; in the order of the ids, each once.
   */
  find(agent: Sub, desks: readonly DeskId[]): Promise<readonly InquiryId[]>;
}

/** The desk settings in force; a change is a new version. */
export interface DeskSettingsStore {
  read(): Promise<DeskSettings>;
  /**
   * Puts what `make` makes of the newest settings as a new version, calling it again when somebody
   * else was faster; puts nothing where it returns undefined.
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
