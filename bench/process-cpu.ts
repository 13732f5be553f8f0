import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** Finds all descendants of a process. */
export async function findDescendants(pid: number): Promise<number[]> {
  const { stdout } = await execFileAsync('ps', ['-e', '-o', 'pid=,ppid=']);
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const descendants: number[] = [];
  const collectChildren = (parent: number): void => {
    for (const [child, parentPid] of pairs) {
      if (parentPid === parent && child !== undefined && !descendants.includes(child)) {
        descendants.push(child);
        collectChildren(child);
      }
    }
  };
  collectChildren(pid);
  return descendants;
}

/** Reads the processor seconds, user and system, that processes have used so far; Linux only. */
export async function readCpuSeconds(pids: readonly number[]): Promise<number> {
  const ticksPerSecond = Number((await execFileAsync('getconf', ['CLK_TCK'])).stdout);
  const ticks = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      // The second field is the command in parentheses, which may hold spaces.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
    }),
  );
  return ticks.reduce((sum, count) => sum + count, 0) / ticksPerSecond;
}
