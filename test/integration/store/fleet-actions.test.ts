import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
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
  eventTypes,
  FOR_REAL,
  idOf,
  keyOf,
  openFleet,
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

const desk = by("desk");

async function statusOf(serial: string) {
  const { state, reason, message, work } = await fleet.store.device(
    await keyOf(fleet.store, serial),
  );
  return { state, reason, message, class: work?.class };
}

async function setStatus(
  serial: string,
  state: string,
  reason: string,
  reachable: boolean | null = null,
) {
  const key = await keyOf(fleet.store, serial);
  await sql`
    update device_status set state = ${state}, reason = ${reason}, reachable = ${reachable}
    where device = ${key}`.execute(fleet.db);
}

describe("a hold", () => {
  it("is shown at once, once, and lifted at once", async () => {
    await apply(fleet.store, [acs(), device("A1")]);
    const key = await keyOf(fleet.store, "A1");
    await setStatus("A1", "drifted", "DifferenceFound");
    const hold = { reason: "a technician is there", until: "2999-01-01T00:00:00Z" };
    await fleet.store.hold(key, hold, desk);
    await fleet.store.hold(key, hold, desk);
    expect(await statusOf("A1")).toMatchObject({
      state: "held",
      reason: "HeldByPerson",
      message: "a technician is there",
    });
    const page = await fleet.store.devices("state=held", 10, null);
    expect(page.items[0]?.hold).toMatchObject({ by: "desk", until: "2999-01-01T00:00:00Z" });
    await fleet.store.release(key, "done", desk);
    await fleet.store.release(key, "done", desk);
    expect(await statusOf("A1")).toMatchObject({ state: "queued", class: "drift" });
    const types = (await eventTypes(fleet.db)).filter((type) => /Held|Released/.test(type));
    expect(types).toEqual(["DeviceHeld", "DeviceReleased"]);
  });

  it.for([
    { name: "leaves a quarantine as it is", state: "quarantined", want: "quarantined" },
    { name: "goes before offline", state: "offline", want: "held" },
    {
      name: "is no state of a device of which nobody wants anything",
      state: "unmanaged",
      want: "unmanaged",
    },
  ])("$name", async ({ state, want }) => {
    await apply(fleet.store, [acs(), device("A1")]);
    await setStatus("A1", state, "Released", state === "offline" ? false : null);
    await fleet.store.hold(await keyOf(fleet.store, "A1"), { reason: "r", until: null }, desk);
    expect((await statusOf("A1")).state).toBe(want);
  });

  it("gives an offline device back as offline", async () => {
    await apply(fleet.store, [acs(), device("A1")]);
    await setStatus("A1", "offline", "NoSignOfLife", false);
    const key = await keyOf(fleet.store, "A1");
    await fleet.store.hold(key, { reason: "r", until: null }, desk);
    await fleet.store.release(key, "done", desk);
    expect(await statusOf("A1")).toMatchObject({ state: "offline", class: "probe" });
  });

  it("needs a device, and a time that is one", async () => {
    await apply(fleet.store, [acs(), device("A1")]);
    const key = await keyOf(fleet.store, "A1");
    expect(await codeOf(fleet.store.hold(key, { reason: "r", until: "soon" }, desk))).toBe(
      "invalid",
    );
    expect(await codeOf(fleet.store.release(999, "done", desk))).toBe("not_found");
    expect(await codeOf(fleet.store.wake(999, desk))).toBe("not_found");
  });
});

describe("a stop", () => {
  const three = [
    device("A", { site: "cpt" }),
    device("B", { site: "jhb" }),
    device("C", {}, { acs: "second" }),
  ];

  it("lists what the ACS may still do within its scope, and nothing else", async () => {
    await apply(fleet.store, [acs(), acs("second"), ...three]);
    for (const [serial, at] of [
      ["A", "main"],
      ["B", "main"],
      ["C", "second"],
    ] as const) {
      const key = await keyOf(fleet.store, serial);
      await sql`
        insert into intents (device, acs, slot, fence, change_id, class, generation, map_hash, plan_hash, step, steps,
                             fields, edits, reason, outcome)
        values (${key}, ${at}, 0, 1, 'c', 0, 'g', 'h', 'p', 1, 1, '{firmware}', '[]', 'drift', 'accepted')`.execute(
        fleet.db,
      );
    }
    const outstanding = async (at: string | null, selector: string | null) => {
      const stop = await fleet.store.stop({ acs: at, selector, reason: "r" }, desk);
      return stop.outstanding.map((one) => one["device"]);
    };
    expect(await outstanding(null, null)).toEqual([idOf("A"), idOf("B"), idOf("C")]);
    expect(await outstanding("main", null)).toEqual([idOf("A"), idOf("B")]);
    expect(await outstanding("main", "site=jhb")).toEqual([idOf("B")]);
    expect(await outstanding(null, "site=nowhere")).toEqual([]);
  });

  it("is one stop when it is said twice", async () => {
    await apply(fleet.store, [acs()]);
    const stop = { acs: "main", selector: null, reason: "storm" };
    const [first, second] = [
      await fleet.store.stop(stop, desk),
      await fleet.store.stop(stop, desk),
    ];
    expect(second.id).toBe(first.id);
    expect((await eventTypes(fleet.db)).filter((type) => type === "StopBegan")).toHaveLength(1);
  });

  it.for([
    {
      name: "an ACS that is not there",
      stop: { acs: "nowhere", selector: null },
      want: "not_found",
    },
    {
      name: "a selector by state",
      stop: { acs: null, selector: "state=drifted" },
      want: "invalid",
    },
    { name: "an empty selector", stop: { acs: null, selector: "" }, want: "invalid" },
  ])("is refused for $name", async ({ stop, want }) => {
    expect(await codeOf(fleet.store.stop({ ...stop, reason: "r" }, desk))).toBe(want);
    expect((await fleet.store.fleet()).stops).toEqual([]);
  });

  it("ends when the number of devices that it sets free is named", async () => {
    await apply(fleet.store, [acs(), acs("second"), ...three]);
    await fleet.store.stop({ acs: "main", selector: null, reason: "r" }, desk);
    await fleet.store.stop({ acs: null, selector: "site=cpt", reason: "other" }, desk);
    const error = await errorOf(fleet.store.resume({ acs: "main" }, desk, 2));
    expect([error.code, error.details["count"]]).toEqual(["count_unconfirmed", 1]);
    expect((await fleet.store.fleet()).stops).toHaveLength(2);
    // A stays under the other stop, C was never under this one.
    expect(await fleet.store.resume({ acs: "main" }, desk, 1)).toEqual({ ended: 1, devices: 1 });
    expect(await fleet.store.resume({ acs: "main" }, desk, null)).toEqual({ ended: 0, devices: 0 });
    expect((await fleet.store.fleet()).stops).toMatchObject([{ reason: "other" }]);
    expect(await fleet.store.resume({ acs: null }, desk, 1)).toEqual({ ended: 1, devices: 1 });
  });

  it("ramps up: customers at once, the others over minutes, the same device at the same moment", async () => {
    const all = Array.from({ length: 300 }, (_, n) => device(`S${n}`));
    await apply(fleet.store, [acs(), ...all]);
    await fleet.store.stop({ acs: null, selector: null, reason: "r" }, desk);
    await sql`update device_status set state = 'held', reason = 'Stopped'`.execute(fleet.db);
    await setStatus("S1", "converged", "Reconciled");
    const key = await keyOf(fleet.store, "S0");
    await fleet.store.putDocument(key, credentials("cpe", "p"), by("billing"), ANYHOW, FOR_REAL);
    const resumed = await fleet.store.resume({ acs: null }, desk, 300);
    expect(resumed).toEqual({ ended: 1, devices: 300 });
    const { rows } = await sql<{ serial: string; s: number }>`
      select d.serial, extract(epoch from w.due_at - now())::float8 as s from work w
      join devices d on d.device = w.device where isfinite(w.due_at)`.execute(fleet.db);
    expect(rows).toHaveLength(299);
    expect(rows.find(({ serial }) => serial === "S0")?.s).toBeLessThanOrEqual(0);
    const latest = Math.max(...rows.map(({ s }) => s));
    // 299 devices at 100 a minute
    expect(latest).toBeGreaterThan(150);
    expect(latest).toBeLessThanOrEqual(180);
    const firstMinute = rows.filter(({ s }) => s < 60).length;
    expect(firstMinute).toBeGreaterThan(60);
    expect(firstMinute).toBeLessThan(140);
    expect(await statusOf("S7")).toMatchObject({ state: "queued", reason: "Released" });
    expect(await statusOf("S1")).toMatchObject({ state: "converged" });
  });
});

describe("the proof of a map", () => {
  const observe = async (serial: string, model: string | null) => {
    const key = await keyOf(fleet.store, serial);
    const facts = JSON.stringify({
      modelName: model,
      softwareVersion: "V1",
      oui: "0019E0",
      productClass: "WIXB",
    });
    await sql`update devices set facts = ${facts}::jsonb where device = ${key}`.execute(fleet.db);
    await sql`
      insert into observations (device, read_at, map_name, map_hash, readings, decoded, change_id)
      values (${key}, now(), 'm', 'hash-1', '{}', '{}', 'c')`.execute(fleet.db);
    return key;
  };
  const proofs = () =>
    fleet.db
      .selectFrom("map_proofs")
      .select(["model", "firmware", "map_hash", "device", "state"])
      .execute();

  it("is begun by the device that a person names, and by no other that waits", async () => {
    await apply(fleet.store, [acs(), device("A1"), device("B2")]);
    const [a, b] = [await observe("A1", "BM632w"), await observe("B2", "BM632w")];
    await fleet.store.prove(a, desk);
    const kind = { model: "BM632w", firmware: "V1", map_hash: "hash-1", state: "proving" };
    expect(await proofs()).toEqual([{ ...kind, device: a }]);
    expect((await fleet.store.fleet()).queue).toMatchObject({ drift: 1 });
    await fleet.store.prove(b, desk);
    expect(await proofs()).toEqual([{ ...kind, device: b }]);
  });

  it("is left alone once it is there", async () => {
    await apply(fleet.store, [acs(), device("A1"), device("B2")]);
    const [a, b] = [await observe("A1", null), await observe("B2", null)];
    await fleet.store.prove(a, desk);
    await sql`update map_proofs set state = 'proven', proven_at = now()`.execute(fleet.db);
    await fleet.store.prove(b, desk);
    expect(await proofs()).toMatchObject([{ model: "0019E0 WIXB", device: a, state: "proven" }]);
  });

  it("needs a device that was read", async () => {
    await apply(fleet.store, [acs(), device("A1")]);
    const error = await errorOf(fleet.store.prove(await keyOf(fleet.store, "A1"), desk));
    expect(error.code).toBe("map_not_proven");
    expect(error.message).toContain(`plumb reconcile ${idOf("A1")}`);
    expect(await codeOf(fleet.store.prove(999, desk))).toBe("not_found");
  });
});

describe("tokens", () => {
  const hash = (byte: number) => new Uint8Array(32).fill(byte);
  const token = {
    id: "t1",
    owner: "billing",
    scopes: ["desired:write"],
    hash: hash(1),
    expiresAt: null,
  };

  it("are found by their hash, also when they are of no use any more", async () => {
    const expiresAt = new Date("2020-01-01T00:00:00Z");
    await fleet.store.addToken(token);
    await fleet.store.addToken({ ...token, id: "t2", hash: hash(2), expiresAt });
    await sql`update tokens set revoked_at = now() where id = 't2'`.execute(fleet.db);
    const { id, owner, scopes } = token;
    expect(await fleet.store.tokenByHash(hash(1))).toEqual({
      id,
      owner,
      scopes,
      expiresAt: null,
      revoked: false,
      networks: [],
      ratePerSecond: null,
    });
    expect(await fleet.store.tokenByHash(hash(2))).toMatchObject({
      id: "t2",
      expiresAt,
      revoked: true,
    });
    expect(await fleet.store.tokenByHash(hash(3))).toBeNull();
    const used = await fleet.db
      .selectFrom("tokens")
      .select(["id", "last_used_at"])
      .orderBy("id")
      .execute();
    expect(used.map(({ last_used_at }) => last_used_at !== null)).toEqual([true, false]);
  });

  it("begin with one, however many processes start together", async () => {
    let made = 0;
    const make = async () => {
      made += 1;
      return await Promise.resolve({
        id: `t${made}`,
        owner: "admin",
        scopes: ["*"],
        hash: hash(made),
      });
    };
    const results = await Promise.all(
      Array.from({ length: 5 }, () => fleet.store.firstToken(make)),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(made).toBe(1);
    expect(await fleet.db.selectFrom("tokens").selectAll().execute()).toHaveLength(1);
  });
});

describe("everything at once", () => {
  /** What the engine does at the end of a pass, in its order: work row, device, status. */
  const pass = async (key: number, n: number) => {
    await fleet.db.transaction().execute(async (trx) => {
      await sql`select 1 from work where device = ${key} for update`.execute(trx);
      const facts = JSON.stringify({ softwareVersion: `V${n}` });
      await sql`update devices set facts = ${facts}::jsonb where device = ${key}`.execute(trx);
      await sql`update device_status set state = 'converged' where device = ${key}`.execute(trx);
    });
  };

  it("ends: passes, PUTs, holds, applies, stops and resumes of the same devices never wait in a circle", async () => {
    const serials = Array.from({ length: 8 }, (_, n) => `S${n}`);
    await apply(fleet.store, [acs(), ...serials.map((serial) => device(serial))]);
    const keys = await Promise.all(serials.map((serial) => keyOf(fleet.store, serial)));
    const rounds = Array.from({ length: 12 }, (_, n) => n);
    await Promise.all(
      rounds.flatMap((n) => [
        ...keys.map((key) => pass(key, n)),
        ...keys.map((key) =>
          fleet.store.putDocument(
            key,
            credentials(`u${n}`, `p${n}`),
            by("billing"),
            ANYHOW,
            FOR_REAL,
          ),
        ),
        ...keys.map((key) =>
          n % 2
            ? fleet.store.release(key, "r", desk)
            : fleet.store.hold(key, { reason: "r", until: null }, desk),
        ),
        apply(
          fleet.store,
          [...serials].reverse().map((serial) => device(serial, { round: String(n) })),
        ),
        fleet.store.stop({ acs: "main", selector: null, reason: `r${n}` }, desk),
        fleet.store.resume({ acs: "main" }, desk, null),
      ]),
    );
    const { states, total } = await fleet.store.fleet();
    expect(Object.values(states).reduce((a, b) => a + b, 0)).toBe(total);
    const document = await fleet.store.document(keys[0] ?? 0, "billing");
    expect(document?.generation).toBe(rounds.length);
  });
});

describe("the database", () => {
  it("is ready while it answers", async () => {
    await expect(fleet.store.ready()).resolves.toBeUndefined();
  });
});
