/** A suspended service: a session that begins after it is shown as let in, and a customer who keeps dialling is nobody's thief. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RadiusEvent } from "../../../src/fraud/radius-event.ts";
import type { AaaStore } from "../../../src/ports/aaa-store.ts";
import { aaaStore } from "../../../src/store/aaa.ts";
import { eventOf, made } from "../../support/radius-samples.ts";
import { BILLING } from "../../support/stack.ts";
import {
  HOUR,
  MINUTE,
  misuseRecords,
  session,
  type Records,
} from "../../support/misuse-records.ts";

const T0 = Date.parse("2026-11-26T12:00:00Z");
const DAY = 24 * HOUR;
const USER = "cpe-1001";
const MAC = "02:00:01:00:01:00";
const ANOTHER = "d4:ca:6d:bb:00:02";
const none = { ifMatch: null, ifNoneMatch: false };
let records: Records;
let store: AaaStore;
let device: number;

beforeAll(async () => {
  records = await misuseRecords(T0 - 40 * DAY, 2);
  store = aaaStore(records.database.db, () => {
    throw new Error("nothing is sent here");
  });
  device = records.keys[0] ?? 0;
  const credentials = { username: USER, realm: "isp.example" };
  await records.fleet.putDocument(device, { credentials }, BILLING, none, { dryRun: false });
});
afterAll(async () => {
  await records.database.close();
});
beforeEach(async () => {
  await records.database.setNow(T0);
  await records.forget();
  await resume();
});

async function suspendAt(atMs: number): Promise<void> {
  await records.database.setNow(atMs);
  await records.fleet.suspend(device, "nonPayment", BILLING);
}
const resume = () =>
  records.fleet.liftSuspension(device, { owner: "billing", reason: null }, BILLING);

/** Heard of at the end of the session. */
async function runs(
  nas: string,
  fromMs: number,
  untilMs: number,
  heardMs = untilMs,
): Promise<void> {
  await records.database.setNow(heardMs);
  await records.tell(session({ user: USER, mac: MAC, nas, fromMs, untilMs }));
}
async function shown(): Promise<string[]> {
  const { suspendedSince, sessions } = await store.sessionsOf(device);
  const since = suspendedSince === null ? "active" : "suspended";
  return sessions.map(({ nas, state }) => `${since} ${nas ?? ""} ${state}`);
}

describe("sessions at the AAA of a device", () => {
  it("run, where the service is active", async () => {
    await runs("bng-1", T0 - HOUR, T0);
    expect(await shown()).toEqual(["active bng-1 running"]);
  });

  it("outlast a suspension that came while they ran", async () => {
    await runs("bng-1", T0 - HOUR, T0);
    await suspendAt(T0 + MINUTE);
    expect(await shown()).toEqual(["suspended bng-1 outlasting"]);
  });

  it("were admitted, where they began after the suspension", async () => {
    await runs("bng-1", T0 - HOUR, T0);
    await suspendAt(T0 + MINUTE);
    await runs("bng-2", T0 + 10 * MINUTE, T0 + 30 * MINUTE);
    expect(await shown()).toEqual(["suspended bng-2 admitted", "suspended bng-1 outlasting"]);
  });

  it("are shown as admitted also when they have ended", async () => {
    await suspendAt(T0);
    await records.database.setNow(T0 + HOUR);
    const given = { user: USER, mac: MAC, nas: "bng-2" };
    const [fromMs, untilMs] = [T0 + 10 * MINUTE, T0 + 30 * MINUTE];
    await records.tell(session({ ...given, fromMs, untilMs, stops: true }));
    const { sessions } = await store.sessionsOf(device);
    expect(sessions).toMatchObject([{ state: "admitted", stoppedAt: new Date(untilMs) }]);
  });

  it.for<[string, () => Promise<void>]>([
    [
      "a login that crossed the suspension on its way",
      async () => {
        await suspendAt(T0);
        await runs("bng-1", T0 + 30_000, T0 + 30 * MINUTE);
      },
    ],
    [
      "a session of before it that came out of a spool",
      async () => {
        await suspendAt(T0);
        await runs("bng-1", T0 - HOUR, T0 - 10 * MINUTE, T0 + HOUR);
      },
    ],
    [
      "a session of before it, by a NAS whose clock is fast",
      async () => {
        await runs("bng-1", T0 + 20 * MINUTE, T0 + 40 * MINUTE, T0);
        await suspendAt(T0 + 5 * MINUTE);
      },
    ],
  ])("were not admitted: %s", async ([, happens]) => {
    await happens();
    expect(await shown()).toEqual(["suspended bng-1 outlasting"]);
  });

  it("are as they should be again after a resume", async () => {
    await suspendAt(T0);
    await runs("bng-1", T0 + 10 * MINUTE, T0 + 30 * MINUTE);
    await resume();
    expect(await shown()).toEqual(["active bng-1 running"]);
  });
});

describe("ten rejects and then an accept from a box that nobody knows (P15)", () => {
  const login = (verdict: string, atMs: number): RadiusEvent =>
    eventOf(
      made("post-auth", {
        "User-Name": `${USER}@isp.example`,
        "NAS-Identifier": "bng-1",
        "NAS-Port-Id": "bng-1/1",
        "Calling-Station-Id": ANOTHER,
        "Tmp-String-2": verdict,
        "Tmp-Integer-0": atMs / 1_000,
      }),
      new Date(atMs + 1_000),
    );
  /** From then on, each case on a day of its own: events are never forgotten. */
  const told = async (t0: number): Promise<string> => {
    await records.policy({ rules: { P15: { enabled: true } } });
    await records.database.setNow(t0 + 30 * MINUTE);
    await records.tell([
      ...Array.from({ length: 12 }, (_, n) => login("Access-Reject", t0 + n * MINUTE)),
      login("Access-Accept", t0 + 20 * MINUTE),
    ]);
    return (await records.open()).join();
  };
  const resumeAt = async (atMs: number): Promise<void> => {
    await records.database.setNow(atMs);
    await resume();
  };

  it("are guessing, of a service that is active", async () => {
    expect(await told(T0 + DAY)).toContain("P15 suspected");
  });

  it("are a customer who was suspended and dialled until he had paid", async () => {
    const t0 = T0 + 2 * DAY;
    await suspendAt(t0 - HOUR);
    await resumeAt(t0 + 15 * MINUTE);
    expect(await told(t0)).not.toContain("P15");
  });

  it("are a customer who is suspended still, and whom the AAA let in", async () => {
    const t0 = T0 + 3 * DAY;
    await suspendAt(t0 - HOUR);
    expect(await told(t0)).not.toContain("P15");
  });

  it("are guessing again, hours after the suspension was lifted", async () => {
    const t0 = T0 + 4 * DAY;
    await suspendAt(t0 - 3 * HOUR);
    await resumeAt(t0 - HOUR);
    expect(await told(t0)).toContain("P15 suspected");
  });
});
