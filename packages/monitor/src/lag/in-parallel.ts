/** Does `work` with every item, so many at a time. Once `isOver` is true nothing more is begun. Rejects with the first failure. */
export async function inParallel<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
  isOver: () => boolean = () => false,
): Promise<void> {
  const rest = items.values();
  const takeOn = async (): Promise<void> => {
    for (const item of rest) {
      if (isOver()) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, takeOn));
}
