import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { TransferError } from './transfer-error.ts';

/** Which stage is meant: a local host's, or the one of these names at AWS or an endpoint. */
export interface StageChoice {
  /** The data directory of a local host. */
  readonly data: string | undefined;
  readonly table: string | undefined;
  readonly mailBucket: string | undefined;
  readonly contentBucket: string | undefined;
}

export interface TransferArguments {
  readonly folder: string;
  readonly stage: StageChoice;
  readonly atRest: boolean;
  readonly settleSeconds: number | undefined;
  readonly segments: number | undefined;
  readonly parallel: number | undefined;
}

export type Direction = 'export' | 'import';

const FOLDER_OPTION = { export: 'to', import: 'from' } as const;

const STAGE_USAGE = `The stage, either of a local host:
  --data <folder>            its data folder; names come from the host
or at AWS, or wherever AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_DYNAMODB_STREAMS and
AWS_ENDPOINT_URL_S3 lead:
  --table <name> --mail-bucket <name> --content-bucket <name>
  --outputs <file>           reads these from what cdk deploy --outputs-file wrote
  --stage <name>             which stage of that file, where it has several`;

const USAGE: Readonly<Record<Direction, string>> = {
  export: `Usage: npm run export -- --to <folder> <stage> [options]
Exports all items of a stage as of one instant, and all objects, while it may be in use.

${STAGE_USAGE}

Options:
  --segments <number>        parts of the table that are read at a time (4)
  --parallel <number>        objects that are copied at a time (8)
  --settle <seconds>         until when the stream shows what was written (10; local 1)
  --at-rest                  nothing writes to the stage: its stream is not read`,
  import: `Usage: npm run import -- --from <folder> <stage> [options]
Imports an export into an empty table and empty buckets, or continues where it was interrupted.
In a data folder without a host the table and buckets are created, as the local stage names them.

${STAGE_USAGE}

Options:
  --parallel <number>        batches of items, or objects, that are written at a time (4)`,
};

/** The command line cannot be understood, or asks for help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function parseTransferArguments(
  direction: Direction,
  args: readonly string[],
): TransferArguments {
  const usage = USAGE[direction];
  const values = parseOptions(args, usage);
  if (values.help === true) throw new UsageError(usage);
  const fail = (problem: string): never => {
    throw new UsageError(`${problem}\n\n${usage}`);
  };
  const option = FOLDER_OPTION[direction];
  const folder = values[option] ?? fail(`--${option} <folder> is missing.`);
  const outputs = values.outputs === undefined ? {} : readOutputs(values.outputs, values.stage);
  const stage = {
    data: values.data,
    table: values.table ?? outputs.table,
    mailBucket: values['mail-bucket'] ?? outputs.mailBucket,
    contentBucket: values['content-bucket'] ?? outputs.contentBucket,
  };
  const isNamed = [stage.table, stage.mailBucket, stage.contentBucket].every(
    (name) => name !== undefined,
  );
  if (stage.data === undefined && !isNamed) {
    fail('Say which stage: --data, or --table, --mail-bucket and --content-bucket, or --outputs.');
  }
  const count = (name: 'segments' | 'parallel' | 'settle', least: number): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    const number = Number(text);
    return Number.isInteger(number) && number >= least && number <= 100
      ? number
      : fail(`--${name} takes a number from ${least} to 100, not "${text}".`);
  };
  return {
    ...{ folder, stage, atRest: values['at-rest'] ?? false },
    settleSeconds: count('settle', 0),
    segments: count('segments', 1),
    parallel: count('parallel', 1),
  };
}

function parseOptions(args: readonly string[], usage: string) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        to: text,
        from: text,
        data: text,
        table: text,
        'mail-bucket': text,
        'content-bucket': text,
        outputs: text,
        stage: text,
        segments: text,
        parallel: text,
        settle: text,
        'at-rest': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`);
  }
}

type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Reads the names from the file that `cdk deploy --outputs-file` writes: outputs by stack. */
function readOutputs(
  file: string,
  stage: string | undefined,
): Partial<Record<'table' | 'mailBucket' | 'contentBucket', string>> {
  const outputs = readJson(file);
  const stacks = Object.entries(outputs).filter(
    ([name, { TableName }]) =>
      TableName !== undefined && (stage === undefined || isStackOf(name, stage)),
  );
  const [stack] = stacks;
  if (stack === undefined || stacks.length > 1) {
    throw new TransferError(
      `${file} has ${stacks.length} stacks with a table${stage === undefined ? '' : ` of stage ${stage}`}. ` +
        'Say which stage by --stage, or name table and buckets.',
    );
  }
  const { TableName: table, MailBucket: mailBucket, ContentBucket: contentBucket } = stack[1];
  return Object.fromEntries(
    Object.entries({ table, mailBucket, contentBucket }).filter(([, name]) => name !== undefined),
  );
}

function isStackOf(name: string, stage: string): boolean {
  return name === `toritsugi-${stage}` || name.startsWith(`toritsugi-${stage}-`);
}

function readJson(file: string): Outputs {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Outputs;
  } catch (error) {
    throw new TransferError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
