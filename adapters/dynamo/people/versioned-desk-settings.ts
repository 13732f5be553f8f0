import { setTimeout } from 'node:timers/promises';
import {
  type DeskSettings,
  DeskSettingsVersion,
  shippedDeskSettings,
} from '../../../core/inquiry/terms/desk-settings.ts';
import type { DeskSettingsStore } from '../../../core/people/offboarding/offboard-ports.ts';
import type { RoutingConfigLedger } from '../../../core/routing/configuration/config-ports.ts';

const attemptLimit = 8;
const pauseMilliseconds = 50;

type SettingsChangeParameters = Parameters<DeskSettingsStore['change']>;

/** The desk settings as versions, which leads put as well. */
export class VersionedDeskSettings implements DeskSettingsStore {
  readonly #versions: Pick<RoutingConfigLedger, 'readNewestNumbers' | 'read' | 'put'>;

  constructor(versions: Pick<RoutingConfigLedger, 'readNewestNumbers' | 'read' | 'put'>) {
    this.#versions = versions;
  }

  async read(): Promise<DeskSettings> {
    const { desks } = await this.#versions.readNewestNumbers();
    return this.#version(desks);
  }

  async change(
    edit: SettingsChangeParameters[0],
    { by, note, at }: SettingsChangeParameters[1],
  ): Promise<number | undefined> {
    for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
      const newest = await this.#versions.readNewestNumbers();
      const body = edit(await this.#version(newest.desks));
      if (body === undefined) return undefined;
      const version = newest.desks + 1;
      const newVersion = DeskSettingsVersion.parse({ version, recordedAt: at, by, note, body });
      const isPut = await this.#versions.put('desks', newVersion, newest);
      if (isPut === 'too-large') throw new RangeError('the desk settings have grown too large');
      if (isPut) return version;
      await setTimeout(Math.random() * pauseMilliseconds * 2 ** attempt);
    }
    throw new Error('others kept putting versions of the desk settings');
  }

  async #version(number: number): Promise<DeskSettings> {
    const stored = number === 0 ? shippedDeskSettings : await this.#versions.read('desks', number);
    if (stored === undefined) throw new TypeError('the newest desk settings are missing');
    return stored.body;
  }
}
