/**
 * How many microseconds of processor time some work takes, whatever else the machine does.
 * Compare it with that of other work only: no test can know how fast a machine is.
 */
export async function cpuTimeOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
