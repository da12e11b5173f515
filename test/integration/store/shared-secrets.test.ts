/**
 * P10 from what CPEs show of the secrets with which they and their ACS know each other: one on several boxes is one finding,
 * with all of them; digests are all that is kept.
 */
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
/** Stands in no row. */
const TEMPLATE = "C4n4ry7f3a-template";
const ALL_ON = { P10: { enabled: true } };
let records: Records;

beforeAll(async () => {
  records = await misuseRecords(T0 - 40 * DAY, 6);
});
afterAll(async () => {
  await records.database.close();
});
beforeEach(async () => {
  await records.database.setNow(T0);
  await records.forget();
  await records.policy({ rules: ALL_ON });
});

const fingerprint = (secret: string): string => records.digest("shown-secret", secret);
const acs = (secret: string) => ({ connection_request: secret });

/** Each box is read at its minute, and what was left to the queue is evaluated when it is due. */
async function reads(atMs: number, shown: readonly Read["secrets"][]): Promise<string[]> {
  for (const [device, secrets = {}] of shown.entries()) {
    const mac = `02:00:01:00:0${device}:00`;
    await records.read(device, { atMs: atMs + device * 1_000, mac, secrets });
  }
  await records.database.setNow(atMs + 10 * MINUTE);
  await records.evaluate();
  return await records.open();
}

async function finding(): Promise<{ members: readonly string[]; text: string; all: string }> {
  const rows = await records.database.db.selectFrom("findings").select("content").execute();
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`${rows.length} findings`);
  const { members, text } = row.content;
  return { members, text, all: JSON.stringify(row.content) };
}

describe("one connection-request password on several boxes (P10)", () => {
  it("is suspected when it was seen on two, and confirmed when both showed it again", async () => {
    expect(await reads(T0, [acs(TEMPLATE), acs(TEMPLATE)])).toEqual(["P10 suspected"]);
    expect(await reads(T0 + DAY, [acs(TEMPLATE), acs(TEMPLATE)])).toEqual(["P10 confirmed"]);
  });

  it("is one finding, with every box that has it", async () => {
    await reads(T0, [acs(TEMPLATE), acs(TEMPLATE)]);
    await reads(
      T0 + DAY,
      Array.from({ length: 5 }, () => acs(TEMPLATE)),
    );
    const { members, all } = await finding();
    expect(members).toEqual(records.ids.slice(0, 5));
    expect(all).toContain(fingerprint(TEMPLATE));
  });

  it("is found also where one uses it as its login to the ACS", async () => {
    expect(await reads(T0, [acs(TEMPLATE), { acs: TEMPLATE }])).toEqual(["P10 suspected"]);
  });

  it("is a finding until one of two has another, however else either is evaluated meanwhile", async () => {
    await reads(T0, [acs(TEMPLATE), acs(TEMPLATE)]);
    await records.read(0, { atMs: T0 + HOUR, user: "another", mac: "02:00:01:00:00:00" });
    await records.evaluate();
    expect(await records.open()).toEqual(["P10 suspected"]);
    expect(await reads(T0 + DAY, [acs("its-own")])).toEqual([]);
  });

  it("is kept as a digest, and in clear nowhere (I18)", async () => {
    await reads(T0, [acs(TEMPLATE), { acs: TEMPLATE, service: TEMPLATE }]);
    const { db } = records.database;
    const tables = await sql<{ name: string }>`
      select table_name as name from information_schema.tables
      where table_schema in ('sim', 'public') and table_type = 'BASE TABLE'`.execute(db);
    const rows: string[] = [];
    for (const { name } of tables.rows) {
      const found = await sql<{
        row: string;
      }>`select t::text as row from ${sql.table(name)} t`.execute(db);
      rows.push(...found.rows.map(({ row }) => row));
    }
    expect(rows.filter((row) => row.includes(TEMPLATE))).toEqual([]);
    expect(rows.filter((row) => row.includes(fingerprint(TEMPLATE))).length).toBeGreaterThan(2);
  });
});

describe("what looks like it and is honest makes no finding (P10)", () => {
  it("boxes with a secret of their own each", async () => {
    expect(
      await reads(
        T0,
        ["a", "b", "c"].map((own) => acs(`own-${own}`)),
      ),
    ).toEqual([]);
  });

  it("boxes that show none", async () => {
    expect(await reads(T0, [{}, {}])).toEqual([]);
  });

  it("customers who chose the same password for their service", async () => {
    expect(await reads(T0, [{ service: TEMPLATE }, { service: TEMPLATE }])).toEqual([]);
  });

  it("a secret with which all boxes begin, which the policy lists by its fingerprint", async () => {
    const listed = [{ fingerprint: fingerprint(TEMPLATE), kind: "bootstrap" }];
    await records.policy({ rules: ALL_ON, listed });
    expect(await reads(T0, [acs(TEMPLATE), acs(TEMPLATE)])).toEqual([]);
  });

  it("a known default is the finding of each box that has it (P09), and none of all together", async () => {
    const listed = [{ fingerprint: fingerprint(TEMPLATE), kind: "default" }];
    await records.policy({ rules: ALL_ON, listed });
    await reads(T0, [acs(TEMPLATE), acs(TEMPLATE)]);
    await reads(T0 + HOUR, [{ acs: TEMPLATE }, acs(TEMPLATE)]);
    expect(await records.open()).toEqual(["P09 confirmed", "P09 confirmed"]);
  });

  it("and while the rule is off, nobody is asked about it", async () => {
    await records.policy({});
    await reads(T0, [acs(TEMPLATE), acs(TEMPLATE)]);
    const { rows } = await sql`select from fraud_due where kind = 'secret'`.execute(
      records.database.db,
    );
    expect(rows).toHaveLength(0);
  });
});
