/** Work on several items at a time. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { inLanes } from "../../../src/service/lanes.ts";

describe("lanes", () => {
  it("begin items in their order, and never more at a time than there are lanes", async () => {
    const begun: number[] = [];
    let now = 0;
    let most = 0;
    await inLanes(
      3,
      Array.from({ length: 20 }, (_, at) => at),
      async (at) => {
        begun.push(at);
        most = Math.max(most, ++now);
        await sleep(at % 3);
        now -= 1;
      },
    );
    expect(begun).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect(most).toBe(3);
  });

  it("begin nothing after a failure, which comes when what was under way has ended", async () => {
    const ended: number[] = [];
    const work = inLanes(2, [0, 1, 2, 3, 4], async (at) => {
      if (at === 0) throw new Error("the first");
      await sleep(5);
      ended.push(at);
    });
    await expect(work).rejects.toThrow("the first");
    expect(ended).toEqual([1]);
  });

  it.each([[0], [1]])("take %d items", async (count) => {
    let done = 0;
    await inLanes(4, Array.from({ length: count }), () => Promise.resolve(void (done += 1)));
    expect(done).toBe(count);
  });
});
