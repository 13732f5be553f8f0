import { RuleSetVersion } from '../../../core/routing/configuration/routing-config.ts';
import type { RuleSets } from '../../../core/routing/ports.ts';
import type { RuleSet } from '../../../core/routing/rules/rule-set.ts';
import type { DynamoTable } from '../table.ts';
import { readConfigHead, readStoredVersion } from './config-items.ts';

/** How long a rule set is taken for the newest; a new one is in force everywhere after that. */
const freshMilliseconds = 5_000;

/** The rule set in force by the table, read again only when there is a newer version. */
export class DynamoRuleSets implements RuleSets {
  readonly #table: DynamoTable;
  readonly #now: () => number;
  #known: RuleSet | undefined;
  #askedAt: number | undefined;

  /** @param now milliseconds of any clock that only goes forward */
  constructor(table: DynamoTable, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  async readNewest(): Promise<RuleSet | undefined> {
    const at = this.#now();
    if (this.#askedAt !== undefined && at - this.#askedAt < freshMilliseconds) return this.#known;
    const { routing } = await readConfigHead(this.#table);
    const known = this.#known;
    if (routing > (known?.version ?? 0)) {
      const newest = await readStoredVersion(this.#table, 'routing', routing, RuleSetVersion);
      if (newest === undefined) throw new TypeError(`there is no rule set ${routing}`);
      if (newest.body.version > (this.#known?.version ?? 0)) this.#known = newest.body;
    }
    this.#askedAt = at;
    return this.#known;
  }
}
