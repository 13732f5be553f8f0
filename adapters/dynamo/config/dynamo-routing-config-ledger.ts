import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type {
  NewestVersionNumbers,
  RoutingConfigLedger,
} from '../../../core/routing/configuration/config-ports.ts';
import {
  type RoutingConfigHead,
  type RoutingConfigKind,
  type RoutingConfigVersion,
  routingConfigKinds,
} from '../../../core/routing/configuration/routing-config.ts';
import { type Item, keys, type Table, text } from '../table.ts';
import { writeUnlessRaced } from '../write-unless-raced.ts';
import { configVersion, headUpdate, readConfigHead, versionItem } from './config-items.ts';

/** The versions of the rule set and of the desk settings in DynamoDB. */
export class DynamoConfigVersions implements RoutingConfigLedger {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async readNewestNumbers(): Promise<NewestVersionNumbers> {
    const { routing, desks } = await readConfigHead(this.#table);
    return { routing, desks };
  }

  read<Kind extends RoutingConfigKind>(
    kind: Kind,
    version: number,
  ): Promise<RoutingConfigVersion<Kind> | undefined> {
    return configVersion(this.#table, kind, version, routingConfigKinds[kind].schema);
  }

  async listVersions(kind: RoutingConfigKind, limit: number): Promise<RoutingConfigHead[]> {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      // A page ends after 1 MB of whole versions, however little of them is asked for.
      const answer: QueryCommandOutput = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': keys.config(kind, 0).pk },
          ExpressionAttributeNames: { '#head': 'head' },
          ProjectionExpression: '#head',
          ScanIndexForward: false,
          ConsistentRead: true,
          Limit: limit - items.length,
          ExclusiveStartKey: start,
        }),
      );
      items.push(...(answer.Items ?? []));
      start = answer.LastEvaluatedKey;
    } while (start !== undefined && items.length < limit);
    return items.map((item) => JSON.parse(text(item, 'head') ?? '{}') as RoutingConfigHead);
  }

  async put<Kind extends RoutingConfigKind>(
    kind: Kind,
    version: RoutingConfigVersion<Kind>,
    seen: NewestVersionNumbers,
  ): Promise<boolean | 'too-large'> {
    const Item = versionItem(kind, version);
    if (Item === undefined) return 'too-large';
    const TableName = this.#table.name;
    const ConditionExpression = 'attribute_not_exists(pk)';
    return writeUnlessRaced(this.#table, [
      { Put: { TableName, Item, ConditionExpression } },
      headUpdate(this.#table, kind, version.version, seen),
    ]);
  }
}
