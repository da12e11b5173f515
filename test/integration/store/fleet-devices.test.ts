import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  attributesOf,
  matches,
  parseSelector,
  type Selector,
} from "../../../src/fleet/selector.ts";
import { NO_FACTS } from "../../../src/model/device.ts";
import { STATES } from "../../../src/model/status.ts";
import { selectorSql } from "../../../src/store/selector-sql.ts";
import {
  acs,
  ANYHOW,
  apply,
  by,
  codeOf,
  credentials,
  device,
  emptyFleet,
  errorOf,
  firmware,
  FOR_REAL,
  idOf,
  keyOf,
  openFleet,
  profile,
  type Fleet,
} from "./fleet-fixture.ts";

let fleet: Fleet;

beforeAll(async () => {
  fleet = await openFleet();
});
afterAll(async () => {
  await fleet.close();
});
beforeEach(async () => {
  await emptyFleet(fleet.db);
});

async function setFacts(key: number, facts: Record<string, string | null>): Promise<void> {
  const all = JSON.stringify({ ...NO_FACTS, ...facts });
  await sql`update devices set facts = ${all}::jsonb where device = ${key}`.execute(fleet.db);
}

async function setState(key: number, state: string): Promise<void> {
  await sql`update device_status set state = ${state} where device = ${key}`.execute(fleet.db);
}

describe("a name of a device", () => {
  const odd = {
    name: "odd",
    identity: { oui: "0019E0", productClass: "WIMAX-25.v2", serial: "A-1" },
    labels: {},
    acs: "main",
    hold: null,
    spec: {},
  };
  it.for([
    { name: "its canonical id", text: "0019E0-WIMAX%2D25%2Ev2-A%2D1" },
    { name: "its id as it is spoken", text: "0019E0-WIMAX-25.v2-A-1" },
    { name: "its id with a lower-case OUI", text: "0019e0-WIMAX-25.v2-A-1" },
    { name: "its serial number", text: "A-1" },
    { name: "its record's name", text: "odd" },
  ])("is $name", async ({ text }) => {
    await apply(fleet.store, [acs(), odd]);
    expect((await fleet.store.resolveDevice(text))?.id).toBe("0019E0-WIMAX%2D25%2Ev2-A%2D1");
  });

  it("is also an id without a product class", async () => {
    const identity = { oui: "0019E0", productClass: null, serial: "B-2" };
    await apply(fleet.store, [acs(), { ...odd, identity }]);
    expect((await fleet.store.resolveDevice("0019E0-B-2"))?.id).toBe("0019E0-B%2D2");
  });

  it("is nothing when nobody has it", async () => {
    for (const text of ["", "x", "0019E0-", "0019E0-A%2", "%", "' or 1=1 --"]) {
      expect(await fleet.store.resolveDevice(text)).toBeNull();
    }
  });

  it("that several have is refused with the candidates; an id never is", async () => {
    const identity = { oui: "AABBCC", productClass: "WIXB", serial: "A1" };
    await apply(fleet.store, [acs(), device("A1"), { ...odd, identity }]);
    const error = await errorOf(fleet.store.resolveDevice("A1"));
    expect(error.code).toBe("ambiguous_id");
    expect(error.details).toEqual({ candidates: [idOf("A1"), "AABBCC-WIXB-A1"] });
    expect((await fleet.store.resolveDevice(idOf("A1")))?.id).toBe(idOf("A1"));
  });

  it("that has two readings is refused when both devices exist", async () => {
    const split = (productClass: string, serial: string, name: string) => ({
      ...odd,
      name,
      identity: { oui: "0019E0", productClass, serial },
    });
    await apply(fleet.store, [acs(), split("A", "B-C", "one"), split("A-B", "C", "two")]);
    expect(await codeOf(fleet.store.resolveDevice("0019E0-A-B-C"))).toBe("ambiguous_id");
  });
});

describe("a list", () => {
  it("comes page by page, each device once, whatever happens between the pages", async () => {
    await apply(fleet.store, [acs(), ...Array.from({ length: 25 }, (_, n) => device(`S${n}`))]);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await fleet.store.devices("all", 10, cursor);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
      if (seen.length === 10) await apply(fleet.store, [device("late")]);
    } while (cursor !== null);
    expect(seen).toHaveLength(26);
    expect(new Set(seen).size).toBe(26);
  });

  it.for([
    { cursor: "nonsense", selector: "all" },
    { cursor: Buffer.from("d1:1;drop").toString("base64url"), selector: "all" },
    { cursor: null, selector: "" },
    { cursor: null, selector: "state=convergd" },
    { cursor: null, selector: "site=cpt,," },
  ])("refuses cursor $cursor with selector $selector", async ({ cursor, selector }) => {
    const error = await errorOf(fleet.store.devices(selector, 10, cursor));
    expect(error.code).toBe("invalid");
    expect(error.problems).toHaveLength(1);
  });

  const cases: { selector: string; want: string[] }[] = [
    { selector: "all", want: ["A", "B", "C"] },
    { selector: "site=cpt", want: ["A", "B"] },
    { selector: "site!=cpt", want: ["C"] },
    { selector: "site in (cpt,jhb),vip", want: ["B"] },
    { selector: "!site", want: ["C"] },
    { selector: 'note="it\'s, \\"x\\""', want: ["C"] },
    { selector: "serial=A", want: ["A"] },
    { selector: "oui=0019e0,serial notin (A,B)", want: ["C"] },
    { selector: `id=${idOf("B")}`, want: ["B"] },
    { selector: "acs=main", want: ["A", "B", "C"] },
    { selector: "acs!=main", want: [] },
    { selector: "model=BM632w", want: ["A"] },
    { selector: "model=WIXB", want: ["B", "C"] },
    { selector: "firmware=V1", want: ["A"] },
    { selector: "firmware!=V1", want: [] },
    { selector: "state=offline", want: ["A"] },
    { selector: "state!=offline", want: ["B", "C"] },
    { selector: "state=applying", want: ["B"] },
  ];
  it.for(cases)("selects by $selector", async ({ selector, want }) => {
    const list = [
      device("A", { site: "cpt" }),
      device("B", { site: "cpt", vip: "yes" }),
      device("C", { note: `it's, "x"` }),
    ];
    await apply(fleet.store, [acs(), ...list]);
    const key = await keyOf(fleet.store, "A");
    await setFacts(key, { modelName: "BM632w", softwareVersion: "V1" });
    await setState(key, "offline");
    await sql`update work set holder = 'h', lease_until = now() + interval '1 hour'`.execute(
      fleet.db,
    );
    await setState(await keyOf(fleet.store, "C"), "quarantined");
    const page = await fleet.store.devices(selector, 10, null);
    expect(page.items.map(({ identity }) => identity.serial)).toEqual(want);
  });
});

describe("a selector of a record as SQL", () => {
  const word = fc.constantFrom("a", "b", "A1", "main", "0019E0", "WIXB", "");
  const name = fc.constantFrom("site", "vip", "acs", "oui", "productClass", "serial", "model");
  const text = fc.oneof(
    fc.tuple(name, fc.constantFrom("in", "notin"), fc.array(word, { minLength: 1, maxLength: 3 })),
    fc.tuple(name, fc.constantFrom("has", "lacks"), fc.constant([])),
  );
  const selector = fc.array(text, { minLength: 1, maxLength: 3 }).map((terms): Selector => {
    return {
      terms: terms.map(([own, kind, values]) =>
        kind === "in" || kind === "notin"
          ? { kind, name: own, values: own === "oui" ? ["0019E0"] : values }
          : { kind: kind as "has", name: own },
      ),
    };
  });

  it("covers the devices that the same selector matches in the program", async () => {
    const plain = [
      device("A1", { site: "a" }),
      device("b", { site: "b", vip: "a" }),
      device("c"),
      { ...device("d", { vip: "" }), identity: { oui: "AAAAAA", productClass: null, serial: "d" } },
    ];
    await apply(fleet.store, [
      acs(),
      ...plain.map((one) => ({ ...one, name: one.identity.serial })),
    ]);
    await setFacts(await keyOf(fleet.store, "b"), { modelName: "a" });
    const { items } = await fleet.store.devices("all", 100, null);
    await fc.assert(
      fc.asyncProperty(selector, async (given) => {
        const { rows } = await sql<{ id: string }>`
          select d.device_id as id from devices d
          where ${selectorSql(given, "record")} order by d.device`.execute(fleet.db);
        const want = items.filter((one) =>
          matches(given, attributesOf({ ...one, facts: one.facts ?? NO_FACTS }, null)),
        );
        expect(rows.map(({ id }) => id)).toEqual(want.map(({ id }) => id));
      }),
      { numRuns: 300 },
    );
  });

  it("binds what it is given: no value becomes a part of the statement", async () => {
    await apply(fleet.store, [acs(), device("A1")]);
    const nasty = `x") or true; drop table devices; --`;
    const parsed = parseSelector(`site="${nasty.replaceAll('"', '\\"')}"`, { allow: "record" });
    if (parsed.kind !== "selector") throw new Error(parsed.message);
    const { sql: text } = sql`${selectorSql(parsed.selector, "record")}`.compile(fleet.db);
    expect(text).not.toContain("drop");
    expect((await fleet.store.devices(`site!="a';--"`, 10, null)).items).toHaveLength(1);
  });
});

describe("states", () => {
  it("sum to the fleet, and a leased device is applying unless something ranks higher (I16)", async () => {
    const serials = STATES.map((state) => `S-${state}`);
    await apply(fleet.store, [acs(), ...serials.map((serial) => device(serial))]);
    for (const state of STATES) await setState(await keyOf(fleet.store, `S-${state}`), state);
    const calm = await fleet.store.fleet();
    expect(calm.states).toEqual(Object.fromEntries(STATES.map((state) => [state, 1])));
    await sql`update work set holder = 'h', lease_until = now() + interval '1 hour'`.execute(
      fleet.db,
    );
    const busy = await fleet.store.fleet();
    const kept = ["quarantined", "held", "unmapped", "failed", "offline"];
    expect(Object.values(busy.states).reduce((a, b) => a + b, 0)).toBe(busy.total);
    expect(busy.states["applying"]).toBe(STATES.length - kept.length);
    for (const state of kept) expect(busy.states[state]).toBe(1);
    for (const state of STATES) {
      const want = kept.includes(state) ? state : "applying";
      const detail = await fleet.store.device(await keyOf(fleet.store, `S-${state}`));
      expect(detail.state).toBe(want);
      const page = await fleet.store.devices(`state=${state}`, 100, null);
      expect(page.items).toHaveLength(busy.states[state] ?? 0);
    }
    await sql`update work set lease_until = now() - interval '1 second'`.execute(fleet.db);
    expect((await fleet.store.fleet()).states).toEqual(calm.states);
  });

  it("come with the queue, the ACSes and the stops in force", async () => {
    await apply(fleet.store, [
      acs(),
      acs("second", { mode: "write" }),
      device("A"),
      device("B"),
      device("C"),
    ]);
    const [a, b] = [await keyOf(fleet.store, "A"), await keyOf(fleet.store, "B")];
    await fleet.store.wake(a, by("desk"));
    await sql`update work set due_at = now() + interval '1 hour' where device = ${b}`.execute(
      fleet.db,
    );
    await sql`
      insert into acs_slots (acs, slot, holder, fence, lease_until, stats)
      values ('main', 0, 'replica-1', 3, now() + interval '1 minute', '{"calls": 7}'),
             ('second', 0, '', 1, '-infinity', '{}')`.execute(fleet.db);
    await fleet.store.stop({ acs: "main", selector: null, reason: "storm" }, by("desk"));
    const counts = await fleet.store.fleet();
    expect(counts.total).toBe(3);
    expect(counts.queue).toEqual({
      urgent: 0,
      returning: 0,
      rollout: 0,
      drift: 1,
      read: 0,
      probe: 0,
      waiting: 1,
    });
    expect(counts.acs).toMatchObject({
      main: {
        mode: "observe",
        holder: "replica-1",
        stats: { calls: 7 },
        leaseUntil: expect.any(Date) as Date,
      },
      second: { mode: "write", holder: null, leaseUntil: null },
    });
    expect(counts.stops).toMatchObject([
      { acs: "main", selector: null, reason: "storm", by: "desk" },
    ]);
  });
});

describe("the detail of a device", () => {
  it("says of every effective value who set it, in which record and revision, and since when", async () => {
    await apply(fleet.store, [
      acs(),
      device("A1"),
      profile("base", "all", { firmware: { version: "1" } }),
    ]);
    const key = await keyOf(fleet.store, "A1");
    const put = await fleet.store.putDocument(
      key,
      credentials("cpe1", "p"),
      by("billing"),
      ANYHOW,
      FOR_REAL,
    );
    const { effective, documents } = await fleet.store.device(key);
    const aaa = { version: 1, proof: "put", by: null, at: put.view.changedAt };
    const sides = { aaa, cpe: { provenAt: null }, waiting: null };
    expect(documents).toEqual([{ ...put.view, scheduled: null, sides }]);
    expect(effective).toEqual([
      {
        field: "credentials",
        value: put.view.fields["credentials"],
        source: {
          layer: "document",
          record: "billing",
          owner: "billing",
          revision: 1,
          since: put.view.changedAt.toISOString(),
        },
      },
      {
        field: "firmware",
        value: { version: "1" },
        source: expect.objectContaining({
          layer: "profile",
          record: "base",
          revision: 1,
        }) as object,
      },
    ]);
  });

  it("shows the parking credential of an ended service, without its secret", async () => {
    const parkingCredential = {
      username: "parked",
      realm: "isp.example",
      password: { env: "PLUMB_SECRET_P" },
    };
    await apply(fleet.store, [acs("main", { parkingCredential }), device("A1")]);
    const key = await keyOf(fleet.store, "A1");
    await fleet.store.putDocument(key, credentials("cpe1", "p"), by("billing"), ANYHOW, FOR_REAL);
    await fleet.store.endDocument(key, by("billing"), null);
    expect((await fleet.store.device(key)).effective).toMatchObject([
      {
        field: "credentials",
        value: { username: "parked", password: { set: true } },
        source: { layer: "parking" },
      },
    ]);
  });

  it("gives every observed value its age", async () => {
    await apply(fleet.store, [acs(), device("A1")]);
    const key = await keyOf(fleet.store, "A1");
    expect((await fleet.store.device(key)).observation).toBeNull();
    const decoded = JSON.stringify({ "device.model-name": { kind: "value", value: "BM632w" } });
    await sql`
      insert into observations (device, read_at, map_name, map_hash, readings, decoded, change_id)
      values (${key}, now() - interval '5 minutes', 'm', 'h', '{}', ${decoded}::jsonb, 'c')`.execute(
      fleet.db,
    );
    const { observation } = await fleet.store.device(key);
    expect(observation?.entries).toHaveLength(1);
    const entry = observation?.entries[0]?.entry;
    expect(entry).toMatchObject({ kind: "value", value: "BM632w" });
    expect(entry?.["ageMs"]).toBeGreaterThanOrEqual(300_000);
    expect(entry?.["readAt"]).toBe(observation?.readAt.toISOString());
  });

  it("says how many of the same ACS go before it", async () => {
    await apply(fleet.store, [acs(), ...["A", "B", "C", "D"].map((serial) => device(serial))]);
    for (const serial of ["A", "B", "C"])
      await fleet.store.wake(await keyOf(fleet.store, serial), by("desk"));
    const urgent = await keyOf(fleet.store, "C");
    await fleet.store.putDocument(urgent, credentials("c", "p"), by("billing"), ANYHOW, FOR_REAL);
    const ahead = async (serial: string) =>
      (await fleet.store.device(await keyOf(fleet.store, serial))).work?.ahead;
    expect([await ahead("C"), await ahead("A"), await ahead("B"), await ahead("D")]).toEqual([
      0,
      1,
      2,
      undefined,
    ]);
  });

  it("lists what the ACS may still do, and the last 20 events, newest first", async () => {
    await apply(fleet.store, [acs(), device("A1")]);
    const key = await keyOf(fleet.store, "A1");
    await addIntents(key);
    for (let n = 0; n < 25; n += 1) {
      await fleet.store.putDocument(key, firmware(`1.${n}`), by("billing"), ANYHOW, FOR_REAL);
    }
    const { openIntents, events } = await fleet.store.device(key);
    expect(openIntents.map(({ outcome }) => outcome)).toEqual([
      null,
      "accepted",
      "unknown",
      "done",
    ]);
    expect(events).toHaveLength(20);
    expect(events[0]).toMatchObject({
      type: "DesiredChanged",
      actor: "billing",
      requestId: "request-1",
      data: { generation: 25, fields: ["firmware"] },
    });
  });

  it("is not there for a device that is not there", async () => {
    expect(await codeOf(fleet.store.device(999))).toBe("not_found");
  });
});

async function addIntents(key: number): Promise<void> {
  const rows = [
    { outcome: null, verdict: null },
    { outcome: "accepted", verdict: null },
    { outcome: "unknown", verdict: null },
    { outcome: "done", verdict: null },
    { outcome: "done", verdict: "verified" },
    { outcome: "rejected", verdict: null },
    { outcome: "not_sent", verdict: null },
  ];
  for (const row of rows) {
    await sql`
      insert into intents (device, acs, slot, fence, change_id, class, generation, map_hash, plan_hash, step, steps,
                           fields, edits, reason, outcome, verdict)
      values (${key}, 'main', 0, 1, 'c', 0, 'g', 'h', 'p', 1, 1, '{firmware}', '[]', 'drift',
              ${row.outcome}, ${row.verdict})`.execute(fleet.db);
  }
}
