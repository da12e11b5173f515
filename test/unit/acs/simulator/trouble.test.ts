import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HttpReply } from "../../../../src/acs/simulator/face.ts";
import { logNormal, randomFrom } from "../../../../src/acs/simulator/random.ts";
import { Mixer } from "../../../../src/acs/simulator/trouble.ts";

const reply = (body: string): HttpReply => ({ status: 200, contentType: "text/xml", body });

/** Calls that all begin together and end in the given order; what each caller got. */
async function answers(
  order: readonly number[],
  seed: string,
  probability: number,
): Promise<string[]> {
  const mixer = new Mixer(randomFrom(seed), () => probability);
  const ends: (() => void)[] = [];
  const callers = order.map((_, index) =>
    mixer.pass(
      () =>
        new Promise((resolve) => {
          ends[index] = () => {
            resolve(reply(String(index)));
          };
        }),
    ),
  );
  for (const index of order) ends[index]?.();
  return (await Promise.all(callers)).map((each) => each.body);
}

describe("mix-ups", () => {
  it("give every caller exactly one answer, whatever the order in which calls end", async () => {
    const order = fc.integer({ min: 1, max: 9 }).chain((n) =>
      fc.shuffledSubarray(
        Array.from({ length: n }, (_, i) => i),
        { minLength: n },
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        order,
        fc.string(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (ends, seed, p) => {
          const got = await answers(ends, seed, p);
          expect([...got].sort()).toEqual(ends.map(String).sort());
        },
      ),
    );
  });

  it("never happen to calls that do not overlap", async () => {
    const mixer = new Mixer(randomFrom("s"), () => 1);
    for (const body of ["a", "b", "c"]) {
      expect(await mixer.pass(() => Promise.resolve(reply(body)))).toEqual(reply(body));
    }
  });

  it("swap pairs and leave the odd one alone", async () => {
    expect(await answers([0, 1, 2], "s", 1)).toEqual(["1", "0", "2"]);
    expect(await answers([2, 1, 0], "s", 0)).toEqual(["0", "1", "2"]);
  });
});

describe("a log-normal latency", () => {
  it("has its median where it was asked, and the p90 at 1.9 medians for a sigma of 0.5", () => {
    const random = randomFrom("latency");
    const draws = Array.from({ length: 20_000 }, () => logNormal(100, 0.5, random)).sort(
      (a, b) => a - b,
    );
    expect(draws[10_000]).toBeGreaterThan(97);
    expect(draws[10_000]).toBeLessThan(103);
    expect(draws[18_000]).toBeGreaterThan(180);
    expect(draws[18_000]).toBeLessThan(200);
  });
});
