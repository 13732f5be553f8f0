import { exportStage } from './export-stage.ts';
import { importStage } from './import-stage.ts';
import { openStage } from './open-stage.ts';
import { type Direction, parseTransferArguments, UsageError } from './transfer-arguments.ts';
import { TransferError } from './transfer-error.ts';

/** The stream of the embedded engine shows a write at once. */
const LOCAL_SETTLE_SECONDS = 1;

async function transfer(direction: Direction, args: readonly string[]): Promise<void> {
  const { folder, stage: choice, atRest, ...given } = parseTransferArguments(direction, args);
  const stage = await openStage(direction, choice, process.env);
  const report = (line: string) => console.log(line);
  const limits = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  );
  try {
    if (direction === 'import') {
      await importStage(stage, folder, { report, ...limits });
      console.log(`Imported ${folder} into ${stage.table.name}.`);
    } else {
      const { instant } = await exportStage(stage, folder, {
        ...(stage.isLocal ? { settleSeconds: LOCAL_SETTLE_SECONDS } : {}),
        ...{ report, atRest: atRest || stage.isAtRest },
        ...limits,
      });
      console.log(`Exported ${stage.table.name} as of ${instant} to ${folder}.`);
    }
  } finally {
    await stage.close();
  }
}

const [direction, ...args] = process.argv.slice(2);
try {
  if (direction !== 'export' && direction !== 'import') throw new UsageError('export or import?');
  await transfer(direction, args);
} catch (error) {
  const isExpected = error instanceof UsageError || error instanceof TransferError;
  if (!isExpected) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
