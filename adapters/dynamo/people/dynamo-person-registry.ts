import { setTimeout } from 'node:timers/promises';
import { QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Person, Role } from '../../../core/access/person.ts';
import type { PersonRegistry } from '../../../core/access/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../../core/inquiry/refusal.ts';
import type { EmailAddress, Instant, Sub } from '../../../core/inquiry/values/ids.ts';
import type {
  PersonChangeResult,
  PersonDecider,
  PersonRegistryWriter,
} from '../../../core/people/ports.ts';
import {
  type DynamoTable,
  dataOf,
  getItems,
  indexPartitions,
  readStringAttribute,
  type TableItem,
  tableKeys,
} from '../table.ts';
import { writeUnlessRaced } from '../write-unless-raced.ts';

const attemptLimit = 8;
const pauseMilliseconds = 20;
const roleLimit = 1_000;

/** A person with the version of their entry. */
type RegistryEntry = { readonly person: Person; readonly version: number };

/** What is read and written in one breath with a person. */
type CompanionItem = {
  readonly key?: ReturnType<typeof tableKeys.personByAddress>;
  /** Called with the person as decided, if anything is changed. */
  readonly buildWrites?: (person: Person) => readonly TransactWriteItem[];
};

/**
 * The registry in DynamoDB: an item under the address and a copy of it under the `sub`, written in
 * one transaction, so that one consistent read finds either.
 */
export class DynamoPersonRegistry implements PersonRegistry, PersonRegistryWriter {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async bySub(sub: Sub): Promise<Person | undefined> {
    const [item] = await getItems(this.#table, [tableKeys.personBySub(sub)]);
    return personOf(item);
  }

  async byAddress(address: EmailAddress): Promise<Person | undefined> {
    const [person] = await this.byAddresses([address]);
    return person;
  }

  async byAddresses(addresses: readonly EmailAddress[]): Promise<Person[]> {
    if (addresses.length === 0) return [];
    const keys = [...new Set(addresses)].map((address) => tableKeys.personByAddress(address));
    const items = await getItems(this.#table, keys);
    return items.flatMap((item) => personOf(item) ?? []);
  }

  async byRole(role: Role): Promise<Person[]> {
    const { people } = await this.page(role, roleLimit);
    return people;
  }

  async page(
    role: Role,
    limit: number,
    after?: EmailAddress,
  ): Promise<{ people: Person[]; next?: EmailAddress }> {
    const addresses: EmailAddress[] = [];
    let start: TableItem | undefined;
    do {
      const answer = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          IndexName: 'agent',
          KeyConditionExpression: 'agPk = :role AND agSk > :after',
          ExpressionAttributeValues: {
            ':role': { S: indexPartitions.role(role) },
            // Every address is greater than a blank.
            ':after': { S: after ?? ' ' },
          },
          Limit: limit + 1 - addresses.length,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of answer.Items ?? [])
        addresses.push(readStringAttribute(item, 'agSk') as EmailAddress);
      start = answer.LastEvaluatedKey;
    } while (start !== undefined && addresses.length <= limit);
    const page = addresses.slice(0, limit);
    const last = page.at(-1);
    // The index may lag behind the entries, which hold the current roles.
    const people = (await this.byAddresses(page)).filter((person) => person.role === role);
    return addresses.length > limit && last !== undefined ? { people, next: last } : { people };
  }

  async put(person: Person): Promise<void> {
    const result = await this.change(person.address, person.sub, () => ({
      person,
      needsLead: false,
    }));
    if (isRefusal(result)) throw new Error(result.detail);
  }

  /** @param companion an item that is read for each decision, and may be written with it */
  async change(
    address: EmailAddress,
    sub: Sub | undefined,
    decide: (...given: [...Parameters<PersonDecider>, TableItem?]) => ReturnType<PersonDecider>,
    companion: CompanionItem = {},
  ): Promise<PersonChangeResult | Refusal | 'no-other-lead'> {
    const { key, buildWrites: buildCompanionWrites = () => [] } = companion;
    for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
      const [byAddress, ...others] = await getItems(this.#table, [
        tableKeys.personByAddress(address),
        ...(sub === undefined ? [] : [tableKeys.personBySub(sub)]),
        ...(key === undefined ? [] : [key]),
      ]);
      const bySub = sub === undefined ? undefined : others.shift();
      const before = entryOf(byAddress);
      const holder = entryOf(bySub);
      const other = holder?.person.address === address ? undefined : holder;
      const decision = decide(before?.person, other?.person, others[0]);
      if (isRefusal(decision)) return decision;
      if (decision === 'unchanged') {
        if (before === undefined) throw new TypeError('nobody stands there unchanged');
        return { outcome: 'unchanged', person: before.person };
      }
      const lead = decision.needsLead ? await this.#findOtherLead(address) : undefined;
      if (decision.needsLead && lead === undefined) return 'no-other-lead';
      const writes = [
        ...buildWrites(this.#table.name, before, decision.person, other, lead),
        ...buildCompanionWrites(decision.person),
      ];
      if (await writeUnlessRaced(this.#table, writes)) {
        const outcome = before === undefined ? 'created' : 'updated';
        return { outcome, person: decision.person };
      }
      await setTimeout(Math.random() * pauseMilliseconds * 2 ** attempt);
    }
    return refuse('transient.conflict', 'Others kept changing the same people; try again.');
  }

  /** Marks a registered address as undeliverable; ignores any other. */
  async markUndeliverable(address: EmailAddress, at: Instant): Promise<void> {
    // A failed mail must not add anybody to the registry.
    if ((await this.byAddress(address)) === undefined) return;
    await this.change(address, undefined, (before) =>
      before === undefined || before.undeliverableAt !== undefined
        ? 'unchanged'
        : { person: { ...before, undeliverableAt: at }, needsLead: false },
    );
  }

  /** Finds an active lead with a `sub`, other than the person at the address. */
  async #findOtherLead(address: EmailAddress): Promise<RegistryEntry | undefined> {
    const leads = await this.byRole('lead');
    const candidate = leads.find(
      (lead) => lead.address !== address && lead.state === 'active' && lead.sub !== undefined,
    );
    if (candidate === undefined) return undefined;
    const [item] = await getItems(this.#table, [tableKeys.personByAddress(candidate.address)]);
    const entry = entryOf(item);
    const isStillLead = entry?.person.role === 'lead' && entry.person.state === 'active';
    return isStillLead && entry.person.sub !== undefined ? entry : undefined;
  }
}

/**
 * Builds the writes of both items of a person, the removal of the old `sub`, the entry that loses
 * its `sub` to this person, and a check that the lead it depends on is unchanged.
 */
function buildWrites(
  TableName: string,
  before: RegistryEntry | undefined,
  person: Person,
  holder: RegistryEntry | undefined,
  lead: RegistryEntry | undefined,
): TransactWriteItem[] {
  const version = (before?.version ?? 0) + 1;
  const ifUnchanged = (entry: RegistryEntry | undefined) =>
    entry === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues: { ':version': { N: String(entry.version) } },
        };
  const ownedBy = (address: EmailAddress) => ({
    ConditionExpression: 'attribute_not_exists(pk) OR #address = :address',
    ExpressionAttributeNames: { '#address': 'address' },
    ExpressionAttributeValues: { ':address': { S: address } },
  });
  const oldSub = before?.person.sub;
  return [
    { Put: { TableName, Item: buildAddressItem(person, version), ...ifUnchanged(before) } },
    ...(person.sub === undefined
      ? []
      : [
          {
            Put: {
              TableName,
              Item: buildCopyItem(person, person.sub, version),
              ...ownedBy(holder?.person.address ?? person.address),
            },
          },
        ]),
    ...(oldSub === undefined || oldSub === person.sub
      ? []
      : [
          { Delete: { TableName, Key: tableKeys.personBySub(oldSub), ...ownedBy(person.address) } },
        ]),
    ...(holder === undefined
      ? []
      : [
          {
            Put: {
              TableName,
              Item: buildAddressItem(removeSub(holder.person), holder.version + 1),
              ...ifUnchanged(holder),
            },
          },
        ]),
    ...(lead === undefined
      ? []
      : [
          {
            ConditionCheck: {
              TableName,
              Key: tableKeys.personByAddress(lead.person.address),
              ...ifUnchanged(lead),
              ConditionExpression: 'version = :version',
            },
          },
        ]),
  ];
}

function buildAddressItem(person: Person, version: number): TableItem {
  return {
    ...tableKeys.personByAddress(person.address),
    ...buildEntryItem(person, version),
    agPk: { S: indexPartitions.role(person.role) },
    agSk: { S: person.address },
  };
}

function buildCopyItem(person: Person, sub: Sub, version: number): TableItem {
  return { ...tableKeys.personBySub(sub), ...buildEntryItem(person, version) };
}

function buildEntryItem(person: Person, version: number): TableItem {
  return {
    kind: { S: 'person' },
    address: { S: person.address },
    version: { N: String(version) },
    data: { S: JSON.stringify(person) },
  };
}

function entryOf(item: TableItem | undefined): RegistryEntry | undefined {
  const person = personOf(item);
  return person === undefined ? undefined : { person, version: Number(item?.['version']?.N) };
}

/** Adds the fields that entries did not have when they were first written. */
function personOf(item: TableItem | undefined): Person | undefined {
  const person = dataOf<Person>(item);
  return person === undefined ? undefined : { ...person, ...defaultNewFields(person) };
}

function defaultNewFields({ skills = [], absences = [] }: Partial<Person>) {
  return { skills, absences };
}

function removeSub(person: Person): Person {
  const { sub: _, ...rest } = person;
  return rest;
}
