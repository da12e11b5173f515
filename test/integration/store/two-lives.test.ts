/** P03 from what reads tell of the last boot: one serial on two boxes is found, and what an honest box goes through is not. */
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  HOUR,
  MINUTE,
  misuseRecords,
  type Read,
  type Records,
} from "../../support/misuse-records.ts";

const T0 = Date.parse("2026-11-26T12:00:00Z");
const DAY = 24 * HOUR;
let records: Records;

beforeAll(async () => {
  records = await misuseRecords(T0 - 40 * DAY, 2);
});
afterAll(async () => {
  await records.database.close();
});
beforeEach(async () => {
  await records.database.setNow(T0 - 9 * DAY);
  await records.forget();
  await records.policy({ rules: { P03: { enabled: true } } });
});

/** Each read with what it says of the last boot; evaluated after each. */
async function reads(given: readonly Omit<Read, "user">[]): Promise<string[]> {
  const seen: string[] = [];
  for (const one of given) {
    await records.read(0, { user: "cpe-1001", ...one });
    await records.evaluate();
    seen.push(...(await records.open()));
  }
  return seen;
}

/** Of the queue, after a read and before it is evaluated. */
async function due(): Promise<number> {
  const { rows } = await sql`select from fraud_due`.execute(records.database.db);
  return rows.length;
}

const at = (atMs: number, bootedMs: number, more: Partial<Read> = {}) => ({
  atMs,
  bootedMs,
  ...more,
});

describe("one serial in two boxes (P03)", () => {
  it("is confirmed when the first life goes on after the second was read", async () => {
    const [first, second] = [T0 - 5 * DAY, T0 - 2 * DAY];
    const found = await reads([
      at(T0 - 36 * HOUR, first),
      at(T0 - 24 * HOUR, second),
      at(T0 - 12 * HOUR, first),
    ]);
    expect(found.at(-1)).toBe("P03 confirmed");
  });

  it("is suspected as soon as one was up at the time at which the other says to have booted", async () => {
    expect(await reads([at(T0 - 24 * HOUR, T0 - 5 * DAY), at(T0, T0 - 48 * HOUR)])).toEqual([
      "P03 suspected",
    ]);
  });

  it("is confirmed of two boots of one afternoon only when each was read twice", async () => {
    const [first, second] = [T0 - 5 * HOUR, T0 - 3 * HOUR];
    const found = await reads([
      at(T0 - HOUR, first),
      at(T0 - 40 * MINUTE, second),
      at(T0 - 20 * MINUTE, first),
      at(T0, second),
    ]);
    expect(found.at(-2), "the one between may be an old answer").toBe("P03 suspected");
    expect(found.at(-1)).toBe("P03 confirmed");
  });
});

describe("what looks like one and is honest makes no finding (P03)", () => {
  it.for<[string, readonly Omit<Read, "user">[]]>([
    ["a box that nobody restarts", [at(T0 - 3 * DAY, T0 - 9 * DAY), at(T0, T0 - 9 * DAY + MINUTE)]],
    [
      "a power cut, and a second one",
      [
        at(T0 - 3 * DAY, T0 - 9 * DAY),
        at(T0 - 2 * DAY, T0 - 2 * DAY - HOUR),
        at(T0, T0 - 5 * MINUTE),
      ],
    ],
    [
      "a factory reset, which its ACS tells",
      [
        at(T0 - 3 * DAY, T0 - 9 * DAY, { bootstrapped: "2026-11-01T00:00:00.000Z" }),
        at(T0, T0 - HOUR, { bootstrapped: "2026-11-26T11:00:00.000Z" }),
      ],
    ],
    [
      "another firmware, and back to the one before, each with its restart",
      [
        at(T0 - 5 * HOUR, T0 - 9 * DAY, { firmware: "1.0" }),
        at(T0 - 3 * HOUR, T0 - 4 * HOUR, { firmware: "2.0" }),
        at(T0 - HOUR, T0 - 2 * HOUR, { firmware: "1.0" }),
      ],
    ],
    [
      "an uptime of zero after the boot, and one that counts from 1970 until the clock is set",
      [
        at(T0 - 3 * DAY, T0 - 9 * DAY),
        at(T0 - 2 * DAY, T0 - 2 * DAY),
        at(T0 - DAY, 0),
        at(T0, T0 - 2 * DAY),
      ],
    ],
    [
      "one that does not say how long it is up",
      [{ atMs: T0 - 3 * DAY }, { atMs: T0 - 2 * DAY }, at(T0 - DAY, T0 - 4 * DAY), { atMs: T0 }],
    ],
    [
      "an answer that came a quarter of an hour late",
      [
        at(T0 - HOUR, T0 - 9 * DAY),
        at(T0 - 30 * MINUTE, T0 - 9 * DAY + 15 * MINUTE),
        at(T0, T0 - 9 * DAY),
      ],
    ],
  ])("%s", async ([, given]) => {
    expect(await reads(given)).toEqual([]);
  });

  it("and a restart is not even asked about, nor is anything where the rule is off", async () => {
    const show = (one: ReturnType<typeof at>): Promise<void> =>
      records.read(0, { user: "cpe-1001", ...one });
    await reads([at(T0 - 3 * DAY, T0 - 9 * DAY)]);
    await show(at(T0 - 2 * DAY, T0 - 2 * DAY - HOUR));
    expect(await due(), "a restart").toBe(0);
    await records.policy({ rules: { P03: { enabled: false } } });
    await show(at(T0 - DAY, T0 - 9 * DAY));
    expect(await due(), "off").toBe(0);
    await records.policy({ rules: { P03: { enabled: true } } });
    await show(at(T0, T0 - 2 * DAY - HOUR));
    expect(await due(), "the life between").toBe(1);
  });
});
