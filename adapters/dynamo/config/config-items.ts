import { gunzipSync, gzipSync } from 'node:zlib';
import { GetItemCommand, QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type * as z from 'zod';
import { type DynamoTable, dataOf, getItems, type TableItem, tableKeys } from '../table.ts';

/** The numbers of the newest versions, 0 while there is only the shipped one. */
export type ConfigHead = Readonly<Record<ConfigDocumentKind, number>>;

/** The kinds of configuration; each is one document with versions. */
export type ConfigDocumentKind = 'policies' | 'calendars' | 'desks' | 'routing';

export async function readConfigHead({ client, name }: DynamoTable): Promise<ConfigHead> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: name, Key: tableKeys.configHead, ConsistentRead: true }),
  );
  return {
    policies: Number(Item?.['policies']?.N ?? 0),
    calendars: Number(Item?.['calendars']?.N ?? 0),
    desks: Number(Item?.['desks']?.N ?? 0),
    routing: Number(Item?.['routing']?.N ?? 0),
  };
}

/** Reads the versions of a kind after the given one, in the order in which they were put. */
export async function readStoredVersions<Version>(
  { client, name }: DynamoTable,
  kind: ConfigDocumentKind,
  after: number,
  schema: z.ZodType<Version>,
): Promise<Version[]> {
  const { pk, sk } = tableKeys.config(kind, after);
  const versions: Version[] = [];
  let start: TableItem | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: 'pk = :pk AND sk > :after',
        ExpressionAttributeValues: { ':pk': pk, ':after': sk },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    for (const item of answer.Items ?? []) versions.push(schema.parse(decodeVersion(item)));
    start = answer.LastEvaluatedKey;
  } while (start !== undefined);
  return versions;
}

export async function readStoredVersion<Version>(
  table: DynamoTable,
  kind: ConfigDocumentKind,
  version: number,
  schema: z.ZodType<Version>,
): Promise<Version | undefined> {
  const [item] = await getItems(table, [tableKeys.config(kind, version)]);
  return item === undefined ? undefined : schema.parse(decodeVersion(item));
}

/** An item holds 400 KB; this leaves room for its other attributes. */
const zippedLimit = 350_000;
/** Up to this size a version stays readable in the table. */
const plainLimit = 65_536;

/** Builds the item of a version; undefined when it is too large even compressed. */
export function buildVersionItem(
  kind: ConfigDocumentKind,
  version: { readonly version: number; readonly body: unknown },
): TableItem | undefined {
  const json = JSON.stringify(version);
  const { body: _, ...head } = version;
  const common = {
    ...tableKeys.config(kind, version.version),
    kind: { S: 'config' },
    head: { S: JSON.stringify(head) },
  };
  if (json.length <= plainLimit) return { ...common, data: { S: json } };
  const zipped = gzipSync(json);
  return zipped.length > zippedLimit ? undefined : { ...common, zipped: { B: zipped } };
}

function decodeVersion(item: TableItem): unknown {
  const zipped = item['zipped']?.B;
  return zipped === undefined
    ? dataOf<unknown>(item)
    : JSON.parse(gunzipSync(zipped).toString('utf8'));
}

/**
 * Makes a version the newest of its kind, unless one of the numbers in `seen` has changed since it
 * was read; the head's other kinds stay as they are.
 */
export function buildHeadUpdate(
  { name }: DynamoTable,
  kind: ConfigDocumentKind,
  version: number,
  seen: Partial<ConfigHead>,
): TransactWriteItem {
  const kinds = Object.keys(seen) as ConfigDocumentKind[];
  const unchanged = kinds.map((one) =>
    seen[one] === 0 ? `(attribute_not_exists(${one}) OR ${one} = :${one})` : `${one} = :${one}`,
  );
  return {
    Update: {
      TableName: name,
      Key: tableKeys.configHead,
      UpdateExpression: `SET kind = :kind, ${kind} = :version`,
      ConditionExpression: unchanged.join(' AND '),
      ExpressionAttributeValues: {
        ':kind': { S: 'config' },
        ':version': { N: String(version) },
        ...Object.fromEntries(kinds.map((one) => [`:${one}`, { N: String(seen[one] ?? 0) }])),
      },
    },
  };
}
