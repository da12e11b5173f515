/**
 * Swaps that are killed at every step: an error in our own process, or the connection cut by the server before, during or
 * after a statement. Whatever is committed, the document stands on one CPE.
 */
import { Kysely, PostgresDialect, sql } from "kysely";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../src/lib/errors.ts";
import { Secret } from "../../../src/lib/secret.ts";
import type { SwapAsked } from "../../../src/ports/document-store.ts";
import type { FleetStore } from "../../../src/ports/fleet-store.ts";
import { fleetStore } from "../../../src/store/fleet/index.ts";
import { makeKeyring, type Keyring } from "../../../src/store/keyring.ts";
import { openSecret, PASSWORD_FIELD } from "../../../src/store/secrets.ts";
import type { Database } from "../../../src/store/tables.ts";
import { testDatabase, type TestDatabase } from "../../support/database.ts";
import { acs, apply, by, device, emptyFleet } from "./fleet-fixture.ts";

const CANARY = "canary-Gh7!zq-4471";
const DEVICES = 8;
const PARALLEL = 200;
/** The one that nobody kills: it comes late. */
const SURVIVES = 150;
const NOT_PINNED = { ifMatch: null, ifNoneMatch: false };
const ASKED: SwapAsked = {
  ...{ expectSerial: null, oldIs: "returned", precondition: null },
  allow: () => undefined,
};
const MODES = ["throws", "cut before", "cut after", "answer lost"] as const;
type Mode = (typeof MODES)[number];
interface Kill {
  /** Counted from 1, over all statements of the transaction with `begin` and `commit`. */
  readonly step: number;
  readonly mode: Mode;
}

let database: TestDatabase;
let keyring: Keyring;
let store: FleetStore;
let folder: string;
let keys: number[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plumb-swap-"));
  database = await testDatabase();
  keyring = await makeKeyring(join(folder, "keyring.json"));
  store = fleetStore(database.db, keyring);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await database.close();
});
beforeEach(async () => {
  await emptyFleet(database.db);
  const devices = Array.from({ length: DEVICES }, (_, i) => device(`S${i}`));
  await apply(store, [acs("main"), ...devices]);
  const rows = await database.db.selectFrom("devices").select("device").orderBy("device").execute();
  keys = rows.map((row) => row.device);
  const credentials = { username: "cpe1", realm: "isp.example", password: new Secret(CANARY) };
  await store.putDocument(key(0), { credentials }, by("billing"), NOT_PINNED, { dryRun: false });
});

const key = (index: number): number => keys[index % DEVICES] ?? 0;

async function cut(pid: number): Promise<void> {
  await sql`select pg_terminate_backend(${pid})`.execute(database.db);
}

/** A store of another process, whose transactions die as told. @returns how many statements were begun, too */
async function dying(
  kill: Kill | null,
  work: (store: FleetStore) => Promise<unknown>,
): Promise<{ readonly error: unknown; readonly steps: number }> {
  const client = new pg.Client(database.connection);
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  const pid = rows[0]?.pid ?? 0;
  let steps = 0;
  const query = async (text: string, values: unknown[]): Promise<unknown> => {
    steps += 1;
    const now = kill?.step === steps ? kill.mode : null;
    if (now === "throws") throw new Error("our own process dies here");
    if (now === "cut before") await cut(pid);
    const answer = await client.query(text, values);
    if (now === "cut after") await cut(pid);
    if (now === "answer lost") throw new Error("our own process dies before it hears of it");
    return answer;
  };
  const connection = { query, release: () => undefined };
  const pool = { connect: () => Promise.resolve(connection), end: () => Promise.resolve() };
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: pool as never }) });
  let error: unknown = null;
  try {
    await work(fleetStore(db, keyring));
  } catch (caught) {
    error = caught;
  }
  await client.end().catch(() => undefined);
  return { error, steps };
}

/** Devices that hold the credential, in one committed state; with the sealed passwords that belong to it. */
async function bindings(): Promise<{ readonly held: number[]; readonly secrets: number[] }> {
  const { rows } = await sql<{ held: number[]; secrets: number[] }>`
    select coalesce((select array_agg(device order by device) from desired_documents
                     where ended_at is null and spec #>> '{credentials,username}' = 'cpe1'), '{}') as held,
           coalesce((select array_agg(device order by device) from secrets where field = ${PASSWORD_FIELD}), '{}') as secrets`.execute(
    database.db,
  );
  const [row] = rows;
  return { held: (row?.held ?? []).map(Number), secrets: (row?.secrets ?? []).map(Number) };
}

const swap = (from: number, to: number, through = store) =>
  through.swapDocument(from, to, by("billing"), ASKED, { dryRun: false });

/** Looks at committed states until told to stop; says what was wrong in any of them. */
function watch(): { stop(): Promise<{ readonly looks: number; readonly wrong: string[] }> } {
  const over = new AbortController();
  const wrong: string[] = [];
  let looks = 0;
  const watching = (async () => {
    while (!over.signal.aborted) {
      const { held, secrets } = await bindings();
      looks += 1;
      await new Promise((resolve) => setTimeout(resolve, 3));
      if (held.length !== 1 || String(held) !== String(secrets))
        wrong.push(JSON.stringify([held, secrets]));
    }
  })();
  return {
    stop: async () => {
      over.abort();
      await watching;
      return { looks, wrong };
    },
  };
}

describe("a swap", () => {
  it("moves the document with its password, and owes the revocation on the old CPE (I11)", async () => {
    const done = await swap(key(0), key(1));
    expect(done).toMatchObject({ change: "changed", from: "0019E0-WIXB-S0", to: "0019E0-WIXB-S1" });
    expect(await bindings()).toEqual({ held: [key(1)], secrets: [key(1)] });
    const secret = await database.db.selectFrom("secrets").selectAll().executeTakeFirstOrThrow();
    expect(openSecret(keyring, secret).open()).toBe(CANARY);
    const owed = await database.db.selectFrom("revocations").selectAll().execute();
    expect(owed).toMatchObject([{ device: key(0), username: "cpe1", proven_at: null }]);
    const due = await sql<{ device: number }>`
      select device from work where due_at <= now() and class = 0 order by device`.execute(
      database.db,
    );
    expect(due.rows.map((row) => row.device)).toEqual([key(0), key(1)]);
    const events = await database.db
      .selectFrom("events")
      .select(["device", "type"])
      .orderBy("id")
      .execute();
    const types = events.filter(({ type }) => /^D.*(Swapped|Ended)$/.test(type));
    expect(types).toEqual([
      { device: key(0), type: "DeviceSwapped" },
      { device: key(1), type: "DeviceSwapped" },
    ]);
  });

  it("that is repeated changes nothing, also after the new CPE's document has changed", async () => {
    const first = await swap(key(0), key(1));
    const events = async () =>
      (await database.db.selectFrom("events").select("id").execute()).length;
    const before = await events();
    expect(await swap(key(0), key(1))).toMatchObject({
      change: "unchanged",
      generation: first.generation,
    });
    expect(await events()).toBe(before);
    const fields = { credentials: { username: "cpe1", realm: "new.example" } };
    await store.putDocument(key(1), fields, by("billing"), NOT_PINNED, { dryRun: false });
    expect(await swap(key(0), key(1))).toMatchObject({ change: "unchanged", generation: 2 });
  });

  it("goes back and forth, and owes nothing where the credential is again", async () => {
    await swap(key(0), key(1));
    await swap(key(1), key(0));
    await swap(key(0), key(1));
    const owed = await database.db
      .selectFrom("revocations")
      .select("device")
      .where("proven_at", "is", null)
      .execute();
    expect(owed).toEqual([{ device: key(0) }]);
  });

  it.for<[string, () => Promise<unknown>, string]>([
    ["to another CPE than the one it went to", () => swap(key(0), key(2)), "swap_conflict"],
    ["to itself", () => swap(key(1), key(1)), "swap_conflict"],
    ["of a device without a document", () => swap(key(3), key(4)), "not_found"],
    [
      "of another serial than expected",
      () =>
        store.swapDocument(
          key(1),
          key(2),
          by("billing"),
          { ...ASKED, expectSerial: "S7" },
          { dryRun: false },
        ),
      "swap_conflict",
    ],
    [
      "for a stale generation",
      () =>
        store.swapDocument(
          key(1),
          key(2),
          by("billing"),
          { ...ASKED, precondition: [9] },
          { dryRun: false },
        ),
      "generation_changed",
    ],
  ])("%s is refused", async ([, act, code]) => {
    await swap(key(0), key(1));
    const error = await act().catch((caught: unknown) => caught);
    expect(error instanceof AppError ? error.code : error).toBe(code);
    expect(await bindings()).toEqual({ held: [key(1)], secrets: [key(1)] });
  });

  it("to a CPE that is in use is refused", async () => {
    const fields = { credentials: { username: "cpe2", realm: "", password: new Secret("x") } };
    await store.putDocument(key(1), fields, by("billing"), NOT_PINNED, { dryRun: false });
    const error = await swap(key(0), key(1)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "swap_conflict", details: { occupied: "0019E0-WIXB-S1" } });
  });

  it(
    "killed at each step, in each way, leaves one binding; its repeat brings it to its end",
    { timeout: 120_000 },
    async () => {
      const watching = watch();
      let at = 0;
      let killed = 0;
      let committed = 0;
      for (let step = 1, reached = true; reached; step += 1) {
        reached = false;
        for (const mode of MODES) {
          const [from, to] = [key(at), key(at + 1)];
          const died = await dying({ step, mode }, (dead) => swap(from, to, dead));
          const { held } = await bindings();
          expect([[from], [to]]).toContainEqual(held);
          if (died.error === null) expect(held).toEqual([to]);
          if (died.steps >= step) {
            reached = true;
            killed += 1;
            if (held[0] === to) committed += 1;
          }
          await swap(from, to);
          expect(await bindings()).toEqual({ held: [to], secrets: [to] });
          at += 1;
        }
      }
      // Of the last statement, the commit, two ways to die come too late to undo it.
      expect(committed).toBe(2);
      const { looks, wrong } = await watching.stop();
      expect(wrong).toEqual([]);
      expect(looks).toBeGreaterThan(killed);
      process.stdout.write(
        `swap: ${killed} times killed, each step in ${MODES.length} ways, ${committed} times after the commit; ${looks} committed states seen, ${wrong.length} without exactly one binding (target 0)\n`,
      );
    },
  );

  it(
    `${PARALLEL} at once of one device, each killed at another step, end on one CPE`,
    { timeout: 120_000 },
    async () => {
      const { steps } = await dying(null, (dead) => swap(key(0), key(1), dead));
      const watching = watch();
      // Few at a time hold a connection, as a pool would let them.
      const waiting = Array.from({ length: PARALLEL }, (_, i) => i);
      const results = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const ended: unknown[] = [];
          for (let i = waiting.shift(); i !== undefined; i = waiting.shift()) {
            const mode = MODES[i % MODES.length] ?? "throws";
            const kill = i === SURVIVES ? null : { step: 1 + (i % steps), mode };
            const to = key(2 + (i % (DEVICES - 2)));
            ended.push((await dying(kill, (dead) => swap(key(1), to, dead))).error);
          }
          return ended;
        }),
      );
      const { looks, wrong } = await watching.stop();
      const errors = results.flat();
      const won = errors.filter((error) => error === null).length;
      const refused = errors.filter(
        (error) => error instanceof AppError && error.code === "swap_conflict",
      ).length;
      const { held, secrets } = await bindings();
      expect(wrong).toEqual([]);
      expect(secrets).toEqual(held);
      expect(held).not.toEqual([key(1)]);
      const swapped = await database.db
        .selectFrom("swaps")
        .select("id")
        .where("old_device", "=", key(1))
        .execute();
      expect(swapped).toHaveLength(1);
      expect(errors).toHaveLength(PARALLEL);
      process.stdout.write(
        `swap: ${PARALLEL} at once, ${won} told that it is done, ${refused} refused, ${PARALLEL - won - refused} killed; ${looks} committed states seen, ${wrong.length} without exactly one binding (target 0)\n`,
      );
    },
  );
});
