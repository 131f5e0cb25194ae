/** Something several users share: opened by the first, closed with the last. */
export interface SharedResource<T> {
  /** Opens it, or joins those who have it open. A failure is the caller's alone to retry: the next `acquire` opens anew. */
  acquire(): Promise<T>;
  /** Gives back what one `acquire` gave. The last one closes it. */
  release(): Promise<void>;
}

/** Shares what `open` makes. */
export function createSharedResource<T extends { close(): Promise<void> }>(open: () => Promise<T>): SharedResource<T> {
  let users = 0;
  let opened: Promise<T> | undefined;
  return {
    async acquire() {
      users++;
      opened ??= open();
      const mine = opened;
      try {
        return await mine;
      } catch (error) {
        users--;
        if (opened === mine) opened = undefined;
        throw error;
      }
    },
    async release() {
      users--;
      if (users > 0 || opened === undefined) return;
      const last = opened;
      opened = undefined;
      await (await last).close();
    },
  };
}
