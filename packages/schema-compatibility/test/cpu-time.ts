/** Milliseconds of work that a task takes, however busy the machine is with other things. */
export function cpuTimeOf(task: () => void): number {
  const before = process.cpuUsage();
  task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
