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
import { type DynamoTable, readStringAttribute, type TableItem, tableKeys } from '../table.ts';
import { writeUnlessRaced } from '../write-unless-raced.ts';
import {
  buildHeadUpdate,
  buildVersionItem,
  readConfigHead,
  readStoredVersion,
} from './config-items.ts';

/** The versions of the rule set and of the desk settings in DynamoDB. */
export class DynamoRoutingConfigLedger implements RoutingConfigLedger {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
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
    return readStoredVersion(this.#table, kind, version, routingConfigKinds[kind].schema);
  }

  async listVersions(kind: RoutingConfigKind, limit: number): Promise<RoutingConfigHead[]> {
    const items: TableItem[] = [];
    let start: TableItem | undefined;
    do {
      // A page ends after 1 MB of whole versions, however small the projection.
      const answer: QueryCommandOutput = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': tableKeys.config(kind, 0).pk },
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
    return items.map(
      (item) => JSON.parse(readStringAttribute(item, 'head') ?? '{}') as RoutingConfigHead,
    );
  }

  async put<Kind extends RoutingConfigKind>(
    kind: Kind,
    version: RoutingConfigVersion<Kind>,
    seen: NewestVersionNumbers,
  ): Promise<boolean | 'too-large'> {
    const Item = buildVersionItem(kind, version);
    if (Item === undefined) return 'too-large';
    const TableName = this.#table.name;
    const ConditionExpression = 'attribute_not_exists(pk)';
    return writeUnlessRaced(this.#table, [
      { Put: { TableName, Item, ConditionExpression } },
      buildHeadUpdate(this.#table, kind, version.version, seen),
    ]);
  }
}
