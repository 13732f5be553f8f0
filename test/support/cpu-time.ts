/**
 * How many microseconds of the processor some work takes, whatever else the machine does meanwhile.
 * Only to be set against that of other work: how fast a machine is, no test can know.
 */
export async function cpuTimeOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
