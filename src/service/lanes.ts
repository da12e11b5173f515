/** Several at a time: where each item waits for the disk, one waits while others go on. */

/**
 * Items are begun in their order. The first failure begins nothing more, and is thrown when what was under way has ended.
 *
 * @param count how many at a time
 */
export async function inLanes<T>(
  count: number,
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let next = left.next(); !failed && next.done !== true; next = left.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: count }, lane));
  const first = ends.find((end) => end.status === "rejected");
  if (first !== undefined) throw first.reason;
}
