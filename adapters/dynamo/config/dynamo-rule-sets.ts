import { RuleSetVersion } from '../../../core/routing/configuration/routing-config.ts';
import type { RuleSets } from '../../../core/routing/ports.ts';
import type { RuleSet } from '../../../core/routing/rules/rule-set.ts';
import type { DynamoTable } from '../table.ts';
import { readConfigHead, readStoredVersion } from './config-items.ts';

/** How long a rule set counts as the newest; after that a newer one is in force everywhere. */
const freshMilliseconds = 5_000;

/** The table's rule set in force, read again only when there is a newer version. */
export class DynamoRuleSets implements RuleSets {
  readonly #table: DynamoTable;
  readonly #now: () => number;
  #known: RuleSet | undefined;
  #checkedAt: number | undefined;

  /** @param now milliseconds of any clock that only goes forward */
  constructor(table: DynamoTable, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  async readNewest(): Promise<RuleSet | undefined> {
    const at = this.#now();
    if (this.#checkedAt !== undefined && at - this.#checkedAt < freshMilliseconds)
      return this.#known;
    const { routing } = await readConfigHead(this.#table);
    const known = this.#known;
    if (routing > (known?.version ?? 0)) {
      const newest = await readStoredVersion(this.#table, 'routing', routing, RuleSetVersion);
      if (newest === undefined) throw new TypeError(`there is no rule set ${routing}`);
      if (newest.body.version > (this.#known?.version ?? 0)) this.#known = newest.body;
    }
    this.#checkedAt = at;
    return this.#known;
  }
}
