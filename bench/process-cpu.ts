import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** The processes that a process has started, and those that these have. */
export async function findDescendants(pid: number): Promise<number[]> {
  const { stdout } = await execFileAsync('ps', ['-e', '-o', 'pid=,ppid=']);
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found: number[] = [];
  const look = (parent: number): void => {
    for (const [child, of] of pairs) {
      if (of === parent && child !== undefined && !found.includes(child)) {
        found.push(child);
        look(child);
      }
    }
  };
  look(pid);
  return found;
}

/** Processor seconds, user and system, that processes have used so far; Linux only. */
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
