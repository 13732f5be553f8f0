import * as z from 'zod';
import { ofType } from './read-messaging.ts';
import type { Resolver } from './resolve-intrinsics.ts';
import type { Resource } from './resource.ts';

const Key = z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) });
const Projection = z.object({
  ProjectionType: z.string(),
  NonKeyAttributes: z.array(z.string()).optional(),
});
const Index = z.object({
  IndexName: z.string(),
  KeySchema: z.array(Key),
  Projection,
});

const TableProperties = z.object({
  KeySchema: z.array(Key),
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z.array(Index).optional(),
  LocalSecondaryIndexes: z.array(Index).optional(),
  StreamSpecification: z.object({ StreamViewType: z.string() }).optional(),
  TimeToLiveSpecification: z
    .object({ AttributeName: z.string().optional(), Enabled: z.boolean() })
    .optional(),
});

export interface Table {
  readonly name: string;
  readonly arn: string;
  /** What a stream mapping of the template refers to. */
  readonly streamArn: string;
  readonly keys: readonly string[];
  /** The input of CreateTable. */
  readonly definition: Readonly<Record<string, unknown>>;
  readonly ttlAttribute: string | undefined;
}

export function readTables(resources: readonly Resource[], resolver: Resolver): Table[] {
  return [
    ...ofType(resources, 'AWS::DynamoDB::Table'),
    ...ofType(resources, 'AWS::DynamoDB::GlobalTable'),
  ].map((resource) => {
    const properties = TableProperties.parse(resolver.properties(resource));
    const { ref, attributes } = resolver.names(resource);
    const { StreamSpecification: stream, TimeToLiveSpecification: ttl } = properties;
    return {
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
  });
}
