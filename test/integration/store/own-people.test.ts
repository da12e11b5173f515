/** P18 from our own history: what a person did with credentials of ours, as the rule asks it; systems and honest work are none. */
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import type { Actor } from "../../../src/ports/actor.ts";
import { findingsStore } from "../../../src/store/fraud/findings.ts";
import {
  HOUR,
  MINUTE,
  misuseRecords,
  session,
  type Records,
} from "../../support/misuse-records.ts";

const T0 = Date.parse("2026-11-26T12:00:00Z");
const DAY = 24 * HOUR;
const EACH = 12;
const CASES = 12;
const none = { ifMatch: null, ifNoneMatch: false };
const FOREIGN = "d4:ca:6d:bb:00:02";
const actorOf = (owner: string): Actor => ({ owner, tokenId: "t", requestId: "r" });
const macs = (cpe: number): string =>
  `02:00:01:00:${String(cpe % 100).padStart(2, "0")}:0${Math.floor(cpe / 100)}`;
let records: Records;
/** What people did is history and cannot be taken out of it, so each case has its own person and CPEs. */
let cases = 0;
let me: Actor;
let first: number;

beforeAll(async () => {
  records = await misuseRecords(T0 - 40 * DAY, EACH * CASES);
});
afterAll(async () => {
  await records.database.close();
});
beforeEach(async () => {
  await records.database.setNow(T0 - 9 * DAY);
  await records.forget();
  const people = Array.from({ length: CASES }, (_, n) => `person-${n}`);
  await records.policy({ rules: { P18: { enabled: true } }, people });
  me = actorOf(`person-${cases}`);
  first = EACH * cases;
  cases += 1;
});

/** By the number that it has in this case, from 0. */
const keyOf = (cpe: number): number => records.keys[first + cpe] ?? 0;

async function serve(cpe: number, actor: Actor, atMs = T0 - 9 * DAY): Promise<void> {
  await records.database.setNow(atMs);
  const credentials = { username: `cpe-${first + cpe}`, realm: "isp.example" };
  await records.fleet.putDocument(keyOf(cpe), { credentials }, actor, none, { dryRun: false });
}
/** The password that is made is shown to who asks for it. */
async function reveal(cpe: number, actor: Actor, atMs: number): Promise<void> {
  await records.database.setNow(atMs);
  await records.fleet.generatePassword(keyOf(cpe), new Secret("made"), actor);
}
async function swap(from: number, to: number, actor: Actor, atMs: number): Promise<void> {
  await records.database.setNow(atMs);
  const asked = { expectSerial: null, oldIs: null, precondition: null, allow: () => undefined };
  await records.fleet.swapDocument(keyOf(from), keyOf(to), actor, asked, { dryRun: false });
}
/** A router that is none of ours uses the credential of a CPE, beside it. */
async function misuse(cpe: number, fromMs: number, untilMs: number): Promise<void> {
  await records.database.setNow(untilMs);
  const user = `cpe-${first + cpe}`;
  await records.tell([
    ...session({ user, mac: macs(first + cpe), nas: "bng-1", fromMs: fromMs - HOUR, untilMs }),
    ...session({ user, mac: FOREIGN, nas: "bng-2", fromMs, untilMs }),
  ]);
}
async function insiders(): Promise<string[]> {
  await records.evaluate();
  const { rows } = await sql<{ text: string }>`
    select state || ' ' || (content ->> 'focus') || ' ' || (content ->> 'text') as text from findings
    where pattern = 'P18' and state <> 'closed' order by 1`.execute(records.database.db);
  return rows.map(({ text }) => text.replace(` actor ${me.owner} `, " "));
}

describe("a person of ours (P18)", () => {
  it("who saw a password that was misused within the day is a confirmed finding", async () => {
    await serve(0, me);
    await reveal(0, me, T0);
    expect(await insiders(), "nothing happened yet").toEqual([]);
    await misuse(0, T0 + 2 * HOUR, T0 + 5 * HOUR);
    expect(await records.open()).toContain("P01 confirmed");
    expect(await insiders()).toEqual(["confirmed reveal then misuse by one person"]);
  });

  it("who saw eleven passwords in a morning is a suspicion", async () => {
    for (let n = 0; n < 11; n += 1) await serve(n, me);
    for (let n = 0; n < 10; n += 1) await reveal(n, me, T0 + n * 10 * MINUTE);
    expect(await insiders(), "ten are a morning's work").toEqual([]);
    await reveal(10, me, T0 + 2 * HOUR);
    expect(await insiders()).toEqual(["suspected reveals without case by one person"]);
  });

  it("who moved a service to another CPE and back within a day is a suspicion", async () => {
    await serve(0, me);
    await swap(0, 1, me, T0);
    await swap(1, 0, me, T0 + 6 * HOUR);
    expect(await insiders()).toEqual(["suspected bound and back by one person"]);
  });

  it("who swapped a CPE and closed the finding about it is a confirmed finding", async () => {
    await serve(0, me);
    await misuse(0, T0 - 6 * HOUR, T0 - 2 * HOUR);
    await swap(0, 1, me, T0 - HOUR);
    const { db } = records.database;
    const open = db.selectFrom("findings").select("finding").where("pattern", "=", "P01");
    const { finding } = await open.executeTakeFirstOrThrow();
    await records.database.setNow(T0);
    await findingsStore(db, records.digest).decide(finding, "mistake", "it was me", me);
    expect(await insiders()).toEqual(["confirmed closed own finding by one person"]);
  });

  it("keeps what was found of him, whatever else is evaluated of the credentials that he touched", async () => {
    await serve(0, me);
    await swap(0, 1, me, T0);
    await swap(1, 0, me, T0 + 6 * HOUR);
    const found = await insiders();
    await misuse(0, T0 + 8 * HOUR, T0 + 10 * HOUR);
    expect(await insiders()).toEqual(found);
    expect(found).toHaveLength(1);
  });
});

describe("what is honest of our people makes no finding (P18)", () => {
  it("a password that was seen days before it was misused", async () => {
    await serve(0, me);
    await reveal(0, me, T0 - 3 * DAY);
    await misuse(0, T0, T0 + 3 * HOUR);
    expect(await insiders()).toEqual([]);
  });

  it("a password of another service than the one that was misused", async () => {
    await serve(0, me);
    await serve(1, me);
    await reveal(1, me, T0);
    await misuse(0, T0 + HOUR, T0 + 3 * HOUR);
    expect(await insiders()).toEqual([]);
  });

  it("a billing system that makes passwords all day, as it is no person", async () => {
    const billing = actorOf("billing");
    for (let n = 0; n < EACH; n += 1) await serve(n, billing);
    for (let n = 0; n < EACH; n += 1) await reveal(n, billing, T0 + n * MINUTE);
    await misuse(0, T0 + HOUR, T0 + 3 * HOUR);
    expect(await insiders()).toEqual([]);
    const { rows } = await sql`select from fraud_due where kind = 'actor'`.execute(
      records.database.db,
    );
    expect(rows, "nobody is asked about it").toHaveLength(0);
  });

  it("a swap, and a second one to a third CPE when the new one was broken", async () => {
    await serve(0, me);
    await swap(0, 1, me, T0);
    await swap(1, 2, me, T0 + HOUR);
    expect(await insiders()).toEqual([]);
  });

  it("a swap of one person whose finding another closed", async () => {
    await serve(0, me);
    await misuse(0, T0 - 6 * HOUR, T0 - 2 * HOUR);
    await swap(0, 1, me, T0 - HOUR);
    const { db } = records.database;
    const open = db.selectFrom("findings").select("finding").where("pattern", "=", "P01");
    const { finding } = await open.executeTakeFirstOrThrow();
    await records.database.setNow(T0);
    const desk = findingsStore(db, records.digest);
    await desk.decide(finding, "swap", "a planned one", actorOf("person-11"));
    expect(await insiders()).toEqual([]);
  });
});
