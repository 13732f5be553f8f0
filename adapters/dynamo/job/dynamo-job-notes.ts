import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Job, JobId } from '../../../core/job/job.ts';
import type { JobNotes } from '../../../core/job/ports.ts';
import { type DynamoTable, readStringAttribute, type TableItem, tableKeys } from '../table.ts';
import { jobExpiryOf } from './job-items.ts';

/** An item holds 400 KB. */
const pieceBytes = 300_000;

/**
 * Notes of jobs in DynamoDB, cut into items that each hold a piece.
 *
 * The first piece is written last and says how many there are: so a note that is found is complete,
 * and what is left of a longer one before is not read.
 */
export class DynamoJobNotes implements JobNotes {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async save(job: Pick<Job, 'id' | 'createdAt'>, name: string, note: string): Promise<void> {
    const bytes = Buffer.from(note);
    const pieces = Math.max(1, Math.ceil(bytes.length / pieceBytes));
    for (let piece = pieces - 1; piece >= 0; piece -= 1) {
      const start = piece * pieceBytes;
      await this.#table.client.send(
        new PutItemCommand({
          TableName: this.#table.name,
          Item: {
            pk: tableKeys.job(job.id).pk,
            sk: { S: `NOTE#${name}#${String(piece).padStart(4, '0')}` },
            kind: { S: 'job-note' },
            pieces: { N: String(pieces) },
            data: { B: bytes.subarray(start, start + pieceBytes) },
            expiresAt: jobExpiryOf(job),
          },
        }),
      );
    }
  }

  async find(id: JobId, prefix: string): Promise<string[]> {
    const notes: { readonly name: string; left: number; readonly pieces: Uint8Array[] }[] = [];
    let start: TableItem | undefined;
    do {
      const answer = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :notes)',
          ExpressionAttributeValues: {
            ':pk': tableKeys.job(id).pk,
            ':notes': { S: `NOTE#${prefix}` },
          },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of answer.Items ?? []) {
        const [, name = '', piece = ''] = readStringAttribute(item, 'sk')?.split('#') ?? [];
        const data = item['data']?.B ?? new Uint8Array();
        const last = notes.at(-1);
        if (Number(piece) === 0) {
          notes.push({ name, left: Number(item['pieces']?.N) - 1, pieces: [data] });
        } else if (last?.name === name && last.left > 0) {
          last.pieces.push(data);
          last.left -= 1;
        }
      }
      start = answer.LastEvaluatedKey;
    } while (start !== undefined);
    return notes.map(({ pieces }) => Buffer.concat(pieces).toString());
  }
}
