import { describe, expect, it } from "vitest";
import type { ApiWhy } from "../../../src/model/api-why.ts";
import { DETAIL } from "./fleet.ts";
import { run } from "./world.ts";

const WHY = {
  device: DETAIL,
  freshUntil: "2026-11-23T20:42:00Z",
  keeps: [],
  next: { kind: "range", from: "2026-11-22T21:04:00Z", to: "2026-11-22T21:12:00Z" },
  rate: { perMinute: 4.6, callP50Ms: 4_100, callP90Ms: 8_200 },
  readWaitsSince: null,
  changes: [
    {
      changeId: "c1",
      fields: ["credentials"],
      step: 0,
      steps: 1,
      reason: "username differs",
      sentAt: "2026-11-22T20:50:00Z",
      outcome: "accepted",
      outcomeDetail: null,
      verdict: null,
    },
  ],
};

async function why(given: Partial<Record<keyof ApiWhy, unknown>> = {}, ...flags: string[]) {
  const answers = { "GET /v1/devices/CPE-0417/why": { body: { ...WHY, ...given } } };
  return await run(["why", "CPE-0417", ...flags], { answers });
}

describe("why", () => {
  it("says on one screen why the device is so, who wants what, and when it is its turn", async () => {
    const { out, code } = await why();
    expect(code).toBe(0);
    expect(out.split("\n").length).toBeLessThan(24);
    for (const words of [
      "CPE-0417 (WIXB-175, 3.2.4) is ≠ drifted for 22 min",
      "credentials: username changed outside (DifferenceFound)",
      "the CPE differs from its record",
      "18 min ago through map wixb, fresh for 23 h",
      "class drift, 11 devices before it: drift found",
      "21:04 UTC to 21:12 UTC (in 4 min to in 12 min, p50 to p90), and then at its next Inform",
      "4.6 devices a minute, a call takes 4.1 s to 8.2 s",
      "cpe1@isp.example; password set · fp 3f9a",
      "wan.ppp.credential: old@isp.example",
      "document billing rev 2",
      "10 min ago   c1  credentials  accepted  not settled by a read",
      "The ACS may still execute:",
    ]) {
      expect(out.replaceAll(/ {3,}/g, "   ")).toContain(words);
    }
  });

  it.for([
    {
      name: "no moment for a device that is away, only how often it is looked for",
      given: { next: { kind: "offline", everyMs: 90_000 } },
      says: "when it shows a sign of life (the last one 3 min ago); probed about every 1 min till then",
    },
    {
      name: "a bound where no rate was measured",
      given: { next: { kind: "notBefore", at: "2026-11-22T21:05:00Z" } },
      says: "not before 21:05 UTC (in 5 min); no rate yet",
    },
    {
      name: "that nothing is due",
      given: { next: { kind: "nothing" } },
      says: "nothing is due; it waits for somebody to want something",
    },
    {
      name: "the day where it is another one",
      given: { next: { kind: "notBefore", at: "2026-11-24T01:05:00Z" } },
      says: "not before 2026-11-24 01:05 UTC",
    },
    {
      name: "what keeps it, with the command that ends it",
      given: {
        keeps: [
          { what: "stop", detail: "stopped by thandi: mast", next: "plumb resume", wholly: true },
        ],
        next: { kind: "blocked", at: null },
      },
      says: "stopped by thandi: mast   plumb resume",
    },
    {
      name: "that what was read is too old",
      given: { freshUntil: "2026-11-22T20:00:00Z" },
      says: "too old: what it shows is unknown",
    },
    {
      name: "that a read waits for an Inform",
      given: { readWaitsSince: "2026-11-22T20:58:00Z" },
      says: "A read waits in the ACS for its next Inform, asked 2 min ago.",
    },
    {
      name: "what the ACS may still execute of what was superseded",
      given: {
        device: {
          ...DETAIL,
          openIntents: [
            {
              ...DETAIL.openIntents[0],
              verdict: "superseded",
              does: ["Device.PPP.Interface.1.Username"],
              canTakeBack: false,
              mayFireUntil: "2026-11-29T20:50:00Z",
            },
          ],
        },
      },
      says:
        "credentials: step 1 of 1, accepted, 10 min ago, superseded since, change c1, " +
        "it would do Device.PPP.Interface.1.Username, it cannot be taken back, expected until 2026-11-29 20:50 UTC",
    },
  ])("says $name", async ({ given, says }) => {
    expect((await why(given)).out).toContain(says);
  });

  it("prints the facts as JSON, and says what there is when there is no such device", async () => {
    expect(JSON.parse((await why({}, "-o", "json")).out)).toEqual(JSON.parse(JSON.stringify(WHY)));
    expect((await run(["why"])).code).toBe(64);
    expect((await run(["help", "why"])).out).toContain("plumb why CPE-0871");
  });
});
