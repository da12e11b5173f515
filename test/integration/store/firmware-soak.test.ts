/** A download in the store, from its intent over the first sight of its version to its verdict. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sql } from "kysely";
import type { Conclusion } from "../../../src/model/conclusion.ts";
import { NO_FAULTS, UNLEARNT, type WorkItem } from "../../../src/model/records.ts";
import type { Lease, PassRecord } from "../../../src/ports/engine-store.ts";
import { testDatabase, type TestDatabase } from "../../support/database.ts";
import { startStack, type Stack } from "../../support/stack.ts";

const HOP = { image: "fw-2", sha256: "a".repeat(64), over: "1", version: "2" };
const DOWNLOAD = {
  ...{ action: "download", ...HOP, fileName: "fw_2.bin" },
  ...{ fileType: "1 Firmware Upgrade Image", sizeBytes: 9 },
} as const;
const FIRST = new Date("2026-03-01T12:00:00.250Z");
const SECOND = new Date("2026-03-01T12:10:00Z");
const SOAKS: Conclusion = {
  ...{ state: "unverified", reason: "FirmwareSoaking", message: "", conditions: [], failures: {} },
  ...{ reachable: true, next: { class: "drift", inMs: 60_000, reason: "soaks" }, events: [] },
  ...{ faults: NO_FAULTS, quarantines: null },
};

let database: TestDatabase;
let stack: Stack;
let lease: Lease;
let key: number;
let intent: number;

beforeAll(async () => {
  database = await testDatabase();
  stack = await startStack(database.db, {
    simulator: { count: 1, models: ["talk-frequency-table"] },
  });
  await stack.seed({ frequency: false });
  const taken = await stack.engine.acquireLease("sim", 0, "test", 600_000, 1);
  if (taken === null) throw new Error("no lease");
  lease = taken;
  key = (await database.db.selectFrom("devices").select("device").executeTakeFirstOrThrow()).device;
});
afterAll(async () => {
  await stack.engine.releaseLease(lease);
  await stack.close();
  await database.close();
});

/** A download that the ACS took. */
beforeEach(async () => {
  await sql`delete from intents`.execute(database.db);
  const stands = await stack.engine.intend(lease, {
    ...{ key, changeId: "c", class: "drift", generation: "g", mapHash: "", planHash: "" },
    ...{ step: 0, steps: 1, fields: ["firmware"], edits: [DOWNLOAD], reason: "it runs 1" },
    ...{ settleMs: 0, cause: null },
  });
  if (stands.kind !== "recorded") throw new Error(stands.kind);
  intent = stands.id;
  await stack.engine.recordOutcome(intent, "accepted", "task-7", []);
});

async function inHand(): Promise<WorkItem> {
  await sql`update work set due_at = now(), holder = null, lease_until = null, class = 3`.execute(
    database.db,
  );
  const [work] = await stack.engine.claim(lease, "drift", 1, 60_000);
  if (work === undefined) throw new Error("not due");
  return work;
}

/** A pass that found this out. */
async function pass(
  found: Partial<Pick<PassRecord, "verdicts" | "firmwareSeen" | "lease">>,
): Promise<boolean> {
  return await stack.engine.record({
    ...{ work: await inHand(), lease, generation: "g", conclusion: SOAKS },
    ...{ evidenceBudgetMs: 86_400_000, observations: [], contact: true, reach: UNLEARNT },
    ...{ verdicts: [], executedLate: [], believed: [], firmwareSeen: null, revocationsProven: [] },
    ...{
      waitsFor: null,
      mapProven: null,
      equal: [],
      quarantines: null,
      settledUnder: null,
      ...found,
    },
  });
}

const loaded = async () => {
  const device = await stack.engine.load(key);
  if (device === null) throw new Error("gone");
  return device;
};
/** What the API says that the ACS may still do. */
const outstanding = async () => (await stack.fleet.device(key)).openIntents;

describe("a download that the ACS took", () => {
  it("is loaded with its image and versions, with the name that the ACS gave it, and not yet seen", async () => {
    const { openIntents } = await loaded();
    expect(openIntents).toMatchObject([
      { id: intent, outcome: "accepted", ticket: "task-7", download: { hop: HOP, seenAt: null } },
    ]);
    expect(await outstanding()).toMatchObject([
      { fields: ["firmware"], does: ["download fw-2"], verdict: null },
    ]);
  });

  it("keeps when its version was seen first, whatever a later pass says, and is then only soaking", async () => {
    expect(await pass({ firmwareSeen: { id: intent, at: FIRST } })).toBe(true);
    expect((await loaded()).openIntents[0]?.download?.seenAt).toEqual(FIRST);
    expect(await outstanding(), "the ACS has done it").toEqual([]);
    expect(await pass({ firmwareSeen: { id: intent, at: SECOND } })).toBe(true);
    expect((await loaded()).openIntents[0]?.download?.seenAt).toEqual(FIRST);
    expect(await pass({})).toBe(true);
    expect((await loaded()).openIntents[0]?.download?.seenAt).toEqual(FIRST);
  });

  it("is not seen by a pass of one whose lease is gone", async () => {
    const seen = { id: intent, at: FIRST };
    const old = { ...lease, fence: lease.fence - 1 };
    expect(await pass({ firmwareSeen: seen, lease: old })).toBe(false);
    expect((await loaded()).openIntents[0]?.download?.seenAt).toBe(null);
  });

  it("is over with its verdict", async () => {
    await pass({ firmwareSeen: { id: intent, at: FIRST } });
    await pass({ verdicts: [{ id: intent, verdict: "verified", mayFireMs: null }] });
    const { openIntents, ledger } = await loaded();
    expect([openIntents, ledger, await outstanding()]).toEqual([[], [], []]);
  });

  it("that was given up stays in the ledger while the ACS may still do it", async () => {
    await pass({ verdicts: [{ id: intent, verdict: "lost", mayFireMs: 3_600_000 }] });
    const { openIntents, ledger } = await loaded();
    expect(openIntents).toEqual([]);
    expect(ledger).toMatchObject([{ id: intent, edits: [DOWNLOAD] }]);
    expect(await outstanding()).toMatchObject([{ verdict: "lost", does: ["download fw-2"] }]);
  });
});

describe("a contact that the ACS tells of", () => {
  const contact = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  it.for([
    { name: "while it is fetched makes the device due", seen: null, due: 1 },
    { name: "while it soaks does not: its next read has its time", seen: FIRST, due: 0 },
  ])("$name", async ({ seen, due }) => {
    await sql`update intents set seen_at = ${seen}`.execute(database.db);
    await sql`update work set due_at = now() + interval '1 hour', holder = null`.execute(
      database.db,
    );
    await sql`
      update device_status
      set reachable = true, state = 'unverified', acs_contact_at = ${contact(0)}`.execute(
      database.db,
    );
    const row = await database.db.selectFrom("devices").select("device_id").executeTakeFirst();
    const listed = { id: row?.device_id ?? "", identity: null, bootstrappedAt: null };
    const told = { ...listed, lastContactAt: contact(1) };
    expect(await stack.engine.contacted(lease, [told], "next")).toBe(due);
  });
});
