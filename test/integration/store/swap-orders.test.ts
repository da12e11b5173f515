/**
 * A swap that billing makes or schedules through our own API is an order: it silences what looks like misuse from an hour
 * before it until a day after it, and no longer; nothing of it is forgotten meanwhile, and a third box is not excused.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
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
const TESTS = 12;
const none = { ifMatch: null, ifNoneMatch: false };
let records: Records;
let used = 0;
/** A service of its own for each test: the old box, the one that comes for it, and somebody else's. */
let user: string;
let [old, fresh, other] = [0, 0, 0];
const macs = (device: number): string => `02:00:01:00:${String(device).padStart(2, "0")}:00`;

beforeAll(async () => {
  records = await misuseRecords(T0 - 40 * DAY, 3 * TESTS);
});
afterAll(async () => {
  await records.database.close();
});
beforeEach(async () => {
  await records.database.setNow(T0 - 9 * DAY);
  await records.forget();
  await records.policy({ rules: { P12: { enabled: true } } });
  [old, fresh, other] = [3 * used, 3 * used + 1, 3 * used + 2];
  used += 1;
  user = `cpe-${used}`;
  const credentials = { username: user, realm: "isp.example" };
  await records.fleet.putDocument(records.keys[old] ?? 0, { credentials }, BILLING, none, {
    dryRun: false,
  });
  for (const device of [old, fresh, other]) {
    const shows = device === old ? { user } : {};
    await records.read(device, { atMs: T0 - 3 * DAY, mac: macs(device), ...shows });
  }
  await records.evaluate();
});

async function swapAt(atMs: number): Promise<void> {
  await records.database.setNow(atMs);
  const asked = {
    expectSerial: null,
    oldIs: "returned",
    precondition: null,
    allow: () => undefined,
  };
  const [from = 0, to = 0] = [records.keys[old], records.keys[fresh]];
  await records.fleet.swapDocument(from, to, BILLING, asked, { dryRun: false });
}

/** Billing wants the service on the new box from then on, and off the old one. */
async function scheduleAt(tellMs: number, effectiveMs: number): Promise<void> {
  await records.database.setNow(tellMs);
  const credentials = { username: user, realm: "isp.example" };
  const later = { dryRun: false, effectiveAt: new Date(effectiveMs) };
  const [from = 0, to = 0] = [records.keys[old], records.keys[fresh]];
  await records.fleet.putDocument(to, { credentials }, BILLING, none, later);
  await records.fleet.endDocument(from, BILLING, null, later);
}

/** Told when they have ended, to the server that looks at them then. */
async function told(
  nowMs: number,
  runs: readonly (readonly [number, number, number])[],
): Promise<void> {
  await records.database.setNow(nowMs);
  await records.tell(
    runs.flatMap(([device, fromMs, untilMs], index) =>
      session({ user, mac: macs(device), nas: `bng-${index + 1}`, fromMs, untilMs }),
    ),
  );
}

describe("two boxes at once (P01)", () => {
  const both = (fromMs: number, untilMs: number) =>
    [
      [old, fromMs - HOUR, untilMs],
      [fresh, fromMs, untilMs],
    ] as const;

  it("are misuse without an order", async () => {
    await told(T0, both(T0 - 2 * HOUR, T0));
    expect(await records.open()).toContain("P01 confirmed");
  });

  it("are none in the hours around a swap, and are misuse when they go on after its day", async () => {
    await swapAt(T0 - HOUR);
    await told(T0, both(T0 - 2 * HOUR + 5 * MINUTE, T0));
    expect(await records.open()).toEqual([]);
    await told(T0 + 26 * HOUR, both(T0 - 2 * HOUR + 5 * MINUTE, T0 + 26 * HOUR));
    expect(await records.open()).toContain("P01 confirmed");
  });

  it("are misuse during a swap, where one of them is a third box", async () => {
    await swapAt(T0 - HOUR);
    await told(T0, [
      [fresh, T0 - 50 * MINUTE, T0],
      [other, T0 - 40 * MINUTE, T0],
    ]);
    expect(await records.open()).toContain("P01 confirmed");
  });
});

describe("a box that is not bound (P05)", () => {
  it("is none where billing scheduled it for the next hour, and is one when that is cancelled", async () => {
    await scheduleAt(T0 - 2 * HOUR, T0 + 10 * MINUTE);
    await told(T0, [[fresh, T0 - 40 * MINUTE, T0]]);
    expect(await records.open()).toEqual([]);
    const [to = 0] = [records.keys[fresh]];
    expect(await records.fleet.cancelScheduled(to, BILLING)).toBe(true);
    await records.evaluate();
    expect(await records.open()).toEqual(["P05 suspected"]);
  });

  it("is one that ran a day before the hour for which it was scheduled long ago", async () => {
    await scheduleAt(T0 - 2 * DAY, T0 + DAY);
    await told(T0, [[fresh, T0 - HOUR, T0]]);
    expect(await records.open()).toEqual(["P05 suspected"]);
  });

  it("is honest from then on, where the schedule was kept", async () => {
    await scheduleAt(T0 - 2 * DAY, T0 - HOUR);
    await records.database.setNow(T0 - HOUR);
    expect(await records.fleet.applyScheduled()).toBe(2);
    await told(T0 + 2 * DAY, [[fresh, T0 - HOUR, T0 + 2 * DAY]]);
    expect(await records.open()).toEqual([]);
  });

  it("is explained by a swap that is booked hours after it was plugged in", async () => {
    await told(T0, [[fresh, T0 - HOUR, T0]]);
    expect(await records.open()).toEqual(["P05 suspected"]);
    await swapAt(T0 + HOUR);
    await records.evaluate();
    expect(await records.open()).toEqual([]);
  });
});

describe("one credential configured on two boxes (P08)", () => {
  it("is none on the day of the swap, and is misuse when both still show it after that", async () => {
    await swapAt(T0 - HOUR);
    await records.read(fresh, { atMs: T0, user, mac: macs(fresh) });
    await records.read(old, { atMs: T0 + MINUTE, user, mac: macs(old) });
    await records.evaluate();
    expect(await records.open()).toEqual([]);
    await records.read(fresh, { atMs: T0 + 26 * HOUR, user, mac: macs(fresh) });
    await records.read(old, { atMs: T0 + 27 * HOUR, user, mac: macs(old) });
    await records.evaluate();
    expect(await records.open()).toContain("P08 confirmed");
  });
});

describe("boxes that take turns (P12)", () => {
  const turns = (fromMs: number) =>
    Array.from(
      { length: 6 },
      (_, n) =>
        [
          n % 2 === 0 ? old : fresh,
          fromMs + n * 40 * MINUTE,
          fromMs + n * 40 * MINUTE + 30 * MINUTE,
        ] as const,
    );

  it("are misuse without an order", async () => {
    await told(T0, turns(T0 - 5 * HOUR));
    expect((await records.open()).join()).toContain("P12");
  });

  it("are none while a box is swapped and tried, one against the other", async () => {
    await swapAt(T0 - 5 * HOUR);
    await told(T0, turns(T0 - 5 * HOUR));
    expect(await records.open()).toEqual([]);
  });
});
