import * as z from 'zod';
import { filterByType } from './read-messaging.ts';
import { makeArn } from './region.ts';
import type { IntrinsicResolver } from './resolve-intrinsics.ts';
import { readRestored, type StackResource } from './resource.ts';

const KeySchemaElement = z.object({
  AttributeName: z.string(),
  KeyType: z.enum(['HASH', 'RANGE']),
});
const Projection = z.object({
  ProjectionType: z.string(),
  NonKeyAttributes: z.array(z.string()).optional(),
});
const IndexProperties = z.object({
  IndexName: z.string(),
  KeySchema: z.array(KeySchemaElement),
  Projection,
});

const TableProperties = z.object({
  KeySchema: z.array(KeySchemaElement),
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z.array(IndexProperties).optional(),
  LocalSecondaryIndexes: z.array(IndexProperties).optional(),
  StreamSpecification: z.object({ StreamViewType: z.string() }).optional(),
  TimeToLiveSpecification: z
    .object({ AttributeName: z.string().optional(), Enabled: z.boolean() })
    .optional(),
});

export interface TableResource {
  readonly name: string;
  readonly arn: string;
  /** The ARN to which stream mappings of the template refer. */
  readonly streamArn: string;
  readonly keys: readonly string[];
  /** The input of CreateTable. */
  readonly definition: Readonly<Record<string, unknown>>;
  readonly ttlAttribute: string | undefined;
}

/** Reads the tables, and beside each one the restored one that is used in its place. */
export function readTables(
  resources: readonly StackResource[],
  resolver: IntrinsicResolver,
): TableResource[] {
  return [
    ...filterByType(resources, 'AWS::DynamoDB::Table'),
    ...filterByType(resources, 'AWS::DynamoDB::GlobalTable'),
  ].flatMap((resource) => {
    const properties = TableProperties.parse(resolver.properties(resource));
    const { ref, attributes } = resolver.names(resource);
    const { StreamSpecification: stream, TimeToLiveSpecification: ttl } = properties;
    const table: TableResource = {
      name: ref,
      arn: attributes['Arn'] ?? '',
      streamArn: attributes['StreamArn'] ?? '',
      keys: properties.KeySchema.map(({ AttributeName }) => AttributeName),
      definition: {
        TableName: ref,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: properties.KeySchema,
        AttributeDefinitions: properties.AttributeDefinitions,
        ...(properties.GlobalSecondaryIndexes && {
          GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes,
        }),
        ...(properties.LocalSecondaryIndexes && {
          LocalSecondaryIndexes: properties.LocalSecondaryIndexes,
        }),
        ...(stream && {
          StreamSpecification: { StreamEnabled: true, StreamViewType: stream.StreamViewType },
        }),
      },
      ttlAttribute: ttl?.Enabled === true ? ttl.AttributeName : undefined,
    };
    const restored = readRestored(resource);
    if (restored === undefined) return [table];
    const { name, streamArn = '' } = restored;
    const definition = { ...table.definition, TableName: name };
    const arn = makeArn('dynamodb', `table/${name}`);
    return [table, { ...table, name, arn, streamArn, definition }];
  });
}
