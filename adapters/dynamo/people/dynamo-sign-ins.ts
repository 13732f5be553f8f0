import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Person } from '../../../core/access/person.ts';
import type { Randomness } from '../../../core/inquiry/ports.ts';
import { isRefusal, refuse } from '../../../core/inquiry/refusal.ts';
import type { EmailAddress, Sub } from '../../../core/inquiry/values/ids.ts';
import type { RegisteredAccount } from '../../../core/people/sign-in/decide-sign-in.ts';
import type { SignInChange, SignInRegistry } from '../../../core/people/sign-in/sign-in-ports.ts';
import { buildAuditItem } from '../audit/audit-items.ts';
import { type DynamoTable, type TableItem, tableKeys } from '../table.ts';
import type { DynamoPersonRegistry } from './dynamo-person-registry.ts';

/**
 * Sign-ins over the registry: person, audit entry and the mark that an address has been first lead
 * are written in one transaction.
 */
export class DynamoSignIns implements SignInRegistry {
  readonly #table: Pick<DynamoTable, 'name'>;
  readonly #people: Pick<DynamoPersonRegistry, 'bySub' | 'change'>;
  readonly #random: Pick<Randomness, 'id'>;

  constructor(
    table: Pick<DynamoTable, 'name'>,
    people: Pick<DynamoPersonRegistry, 'bySub' | 'change'>,
    random: Pick<Randomness, 'id'>,
  ) {
    this.#table = table;
    this.#people = people;
    this.#random = random;
  }

  async bySub(sub: Sub): Promise<Person | undefined> {
    return this.#people.bySub(sub);
  }

  async change(
    address: EmailAddress,
    sub: Sub,
    decide: (registered: RegisteredAccount) => SignInChange | undefined,
  ): Promise<boolean> {
    const key = tableKeys.firstLead(address);
    let change: SignInChange | undefined;
    const result = await this.#people.change(
      address,
      sub,
      (before, holder, mark) => {
        const bySub = holder ?? (before?.sub === sub ? before : undefined);
        change = decide({ bySub, byAddress: before, hasBeenFirstLead: mark !== undefined });
        return change === undefined ? nothingToSave : { person: change.person, needsLead: false };
      },
      { key, buildWrites: () => (change === undefined ? [] : this.#buildWrites(change, key)) },
    );
    return result === nothingToSave || !(isRefusal(result) || result === 'no-other-lead');
  }

  #buildWrites(
    { audit, makesFirstLead }: SignInChange,
    key: ReturnType<typeof tableKeys.firstLead>,
  ): TransactWriteItem[] {
    const entry = buildAuditItem({ id: this.#random.id(audit.at), ...audit });
    const mark = { ...key, kind: { S: 'first-lead' }, at: { S: audit.at } };
    return [this.#putNew(entry), ...(makesFirstLead ? [this.#putNew(mark)] : [])];
  }

  #putNew(Item: TableItem): TransactWriteItem {
    const ConditionExpression = 'attribute_not_exists(pk)';
    return { Put: { TableName: this.#table.name, Item, ConditionExpression } };
  }
}

/** Ends a change of the registry without one; it reaches nobody. */
const nothingToSave = refuse('people.unknown', 'Nothing is to be saved.');
