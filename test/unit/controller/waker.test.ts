/** What comes between a look and the sleep behind it ends that sleep, and no other. */
import { describe, expect, it } from "vitest";
import { Waker } from "../../../src/controller/waker.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const NEVER = new AbortController().signal;

function bench() {
  const clock = new VirtualClock();
  const waker = new Waker(clock);
  /** How long a sleep of 500 ms takes, when `during` happens in the middle of it. */
  const slept = async (during: () => void = () => undefined, signal = NEVER): Promise<number> => {
    const began = clock.monotonicMs();
    let endMs = NaN;
    const sleeping = waker.sleep(500, signal).then(() => {
      endMs = clock.monotonicMs();
    });
    await clock.advance(200);
    during();
    await clock.advance(1_000);
    await sleeping;
    return endMs - began;
  };
  return { waker, slept };
}

describe("a sleep that others can end", () => {
  it("lasts as long as it was asked for when nobody comes", async () => {
    const { slept } = bench();
    expect(await slept()).toBe(500);
  });

  it("ends when somebody comes, and the next one does not end for that too", async () => {
    const { waker, slept } = bench();
    expect(
      await slept(() => {
        waker.wake();
      }),
    ).toBe(200);
    expect(await slept()).toBe(500);
  });

  it("is over at once when somebody came since the look, however often, and only once", async () => {
    const { waker, slept } = bench();
    waker.looking();
    waker.wake();
    waker.wake();
    expect(await slept()).toBe(0);
    expect(await slept()).toBe(500);
  });

  it("is not cut short by who came before the look: that look has seen it", async () => {
    const { waker, slept } = bench();
    waker.wake();
    waker.looking();
    expect(await slept()).toBe(500);
  });

  it("ends with its signal", async () => {
    const { slept } = bench();
    const ended = new AbortController();
    expect(
      await slept(() => {
        ended.abort();
      }, ended.signal),
    ).toBe(200);
    expect(await slept(undefined, ended.signal)).toBe(0);
  });
});
