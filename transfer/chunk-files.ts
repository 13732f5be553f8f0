import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { ChunkFile } from './manifest.ts';
import { TransferError } from './transfer-error.ts';

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** Characters of one file before compression; a file is in memory whole while it is handled. */
const CHUNK_LENGTH = 8 * 1024 * 1024;
/** What an import can continue from is the end of a file. */
const CHUNK_LINES = 5000;

/** Writes lines to compressed files, each with its digest. */
export class ChunkWriter {
  readonly files: ChunkFile[] = [];
  readonly #folder: string;
  readonly #name: string;
  #lines: string[] = [];
  #length = 0;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  async add(line: string): Promise<void> {
    this.#lines.push(line);
    this.#length += line.length + 1;
    if (this.#length >= CHUNK_LENGTH || this.#lines.length >= CHUNK_LINES) await this.#write();
  }

  async end(): Promise<readonly ChunkFile[]> {
    if (this.#lines.length > 0) await this.#write();
    return this.files;
  }

  async #write(): Promise<void> {
    const number = String(this.files.length + 1).padStart(6, '0');
    const file = `${this.#name}-${number}.jsonl.gz`;
    const bytes = await zip(`${this.#lines.join('\n')}\n`);
    await writeFile(join(this.#folder, file), bytes);
    this.files.push({ file, lines: this.#lines.length, sha256: computeSha256(bytes) });
    this.#lines = [];
    this.#length = 0;
  }
}

/** Reads the lines of a file; throws where it is not the one that was written. */
export async function readChunk(folder: string, chunk: ChunkFile): Promise<string[]> {
  const bytes = await readFile(join(folder, chunk.file)).catch(() => undefined);
  if (bytes === undefined) throw new TransferError(`${chunk.file} is missing in ${folder}.`);
  if (computeSha256(bytes) !== chunk.sha256) {
    throw new TransferError(`${chunk.file} in ${folder} is not what was exported: it has changed.`);
  }
  return (await unzip(bytes)).toString('utf8').split('\n').slice(0, -1);
}

function computeSha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
