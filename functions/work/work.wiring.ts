import { setTimeout } from 'node:timers/promises';
import { DynamoInquiryIndex } from '../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import { DynamoInquiryLedger } from '../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import type { DynamoTable } from '../../adapters/dynamo/table.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3OnDemand } from '../../adapters/s3/s3-on-demand.ts';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';

/** The table and its indexes. */
export function wireTable({ TABLE_NAME }: { readonly TABLE_NAME: string }) {
  const table: DynamoTable = { client: makeDynamoClient(), name: TABLE_NAME };
  return { table, index: new DynamoInquiryIndex(table) };
}

/** The ledger with the store for bodies that are too large for it. */
export function wireLedger(
  table: DynamoTable,
  { CONTENT_BUCKET }: { readonly CONTENT_BUCKET: string },
) {
  const s3 = new S3OnDemand();
  const ledger = new DynamoInquiryLedger(table, s3.content(CONTENT_BUCKET));
  return { ledger, s3 };
}

/** The ledger for functions that neither read nor write messages. */
export function wireLedgerWithoutBodies(table: DynamoTable) {
  return new DynamoInquiryLedger(table, {
    get: () => Promise.resolve(undefined),
    put: () => Promise.reject(new TypeError('this function writes no messages')),
  });
}

/** What performing a command needs besides the ledger. */
export const systemPorts = {
  random: nodeRandomness,
  pause: (milliseconds: number) => setTimeout(milliseconds),
};
