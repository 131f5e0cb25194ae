/** What of the machine this process holds: sockets, and timers that are due some time. */
export interface HeldResources {
  readonly sockets: number;
  readonly timers: number;
}

export function countResources(): HeldResources {
  const kinds = process.getActiveResourcesInfo();
  const count = (...wanted: readonly string[]): number => kinds.filter((kind) => wanted.includes(kind)).length;
  return { sockets: count("TCPSocketWrap", "TCPServerWrap", "TCPConnectWrap"), timers: count("Timeout") };
}
