import { describe, expect, it } from "vitest";
import { problem, run } from "./world.ts";

const DONE = { body: { selected: 3, changed: 2, held: 1 } };

describe("an action on all devices that a selector chooses", () => {
  it("says how many it touched, and how many it left as they are", async () => {
    const answers = { "POST /v1/devices/reconcile?expect=3": DONE };
    const { code, out, err, calls } = await run(["reconcile", "-l", "site=cpt", "--expect", "3"], {
      answers,
    });
    expect([code, out]).toEqual([0, "2 devices due now.\n"]);
    expect(err).toContain("1 device held, and left as they are");
    expect(calls[0]?.body).toEqual({ selector: "site=cpt" });
  });

  it("is refused with the number to repeat it with, and asked for on a terminal (I12)", async () => {
    const refused = problem("count_unconfirmed", 409, { details: { count: 212 } });
    const answers = {
      "POST /v1/devices/hold": refused,
      "POST /v1/devices/hold?expect=212": { body: { selected: 212, changed: 212, held: 0 } },
    };
    const argv = ["hold", "-l", "site=cpt", "--reason", "mast works"];
    const script = await run(argv, { answers });
    expect(script.code).toBe(6);
    expect(script.err).toContain("repeat it with --expect 212");
    const typed = await run(argv, {
      answers,
      io: { isTTY: true, ask: () => Promise.resolve("212") },
    });
    expect([typed.code, typed.out]).toEqual([0, "212 devices held: nothing is written to them.\n"]);
    const no = await run(argv, { answers, io: { isTTY: true, ask: () => Promise.resolve("2") } });
    expect(no.code).toBe(6);
  });

  it.for([
    [["release", "A"]],
    [["release", "--reason", "r"]],
    [["release", "A", "-l", "site=cpt", "--reason", "r"]],
    [["release", "A", "--model", "M", "--reason", "r"]],
    [["reconcile", "A", "--expect", "3"]],
  ])("does not guess: %j", async ([argv = []]) => {
    const { code, calls } = await run(argv);
    expect([code, calls]).toEqual([64, []]);
  });
});
