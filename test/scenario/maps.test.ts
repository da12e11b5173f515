/**
 * Maps that an operator brings: a device that no map knows is learned, approved, applied, proven by one of its kind and
 * converged; and a map that wants a reboot behind a write gets one, not none and not two.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/acs/simulator/server.ts";
import { loadMaps } from "../../src/mapping/load.ts";
import { suggestedMap } from "../../src/mapping/learn/document.ts";
import { suggest } from "../../src/mapping/learn/suggest.ts";
import type { MapRecord } from "../../src/model/records.ts";
import { isRecord } from "../../src/model/logical.ts";
import { WRITE } from "../support/call-log.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { startStack, type Stack, type StackOptions } from "../support/stack.ts";
import { MAP_FILES, readTree } from "../unit/mapping/fixtures.ts";

let database: TestDatabase;
let stack: Stack & { readonly simulator: Simulator };

async function open(model: string, count: number, options: StackOptions = {}): Promise<void> {
  stack = await startStack(database.db, { simulator: { count, models: [model] }, ...options });
}

beforeEach(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  await stack.close();
  await database.close();
});

const all = (state: string, count: number) => async (): Promise<boolean> =>
  (await stack.states())[state] === count;

describe("a device that no map of a model knows", () => {
  const COUNT = 4;
  /** As if nobody had met this maker before: only the general maps are left. */
  const known = MAP_FILES.filter(({ document }) => {
    const spec = isRecord(document) ? document["spec"] : undefined;
    return isRecord(spec) && spec["layer"] === "base";
  });
  const mapsOf = (records: readonly MapRecord[]) =>
    loadMaps([
      ...known,
      ...records.map(({ name, document }) => ({ source: `ParameterMap/${name}`, document })),
    ]);

  it("is read and never written, until a learned map is approved, applied and proven", async () => {
    await open("zte-f650", COUNT, { mapsOf });
    await stack.seed({ frequency: false });
    stack.startEngine();
    await stack.until("nobody has a map", all("unmapped", COUNT));
    expect(writes()).toBe(0);

    const documents = known.map(({ document }) => document);
    const { document } = suggestedMap(suggest(readTree("zte-f650"), documents));
    const spec = document["spec"] as Readonly<Record<string, unknown>>;
    await stack.applyMap("learned", spec, COUNT);
    await stack.until("all converged", all("converged", COUNT), 60_000);
    const proofs = await database.db.selectFrom("map_proofs").select("state").execute();
    expect(proofs).toEqual([{ state: "proven" }]);
  });
});

describe("a write that wants a reboot behind it", () => {
  const COUNT = 3;

  it("gets one for each device, and is believed only after a boot that is newer", async () => {
    await open("talk-frequency-table", COUNT);
    await stack.seed({ frequency: false });
    const map = MAP_FILES.find(({ document }) =>
      JSON.stringify(document).includes('"talk-frequency-table"'),
    );
    const spec = structuredClone((map?.document as { spec: Record<string, unknown> }).spec);
    const bind = spec["bind"] as Record<string, { effects?: object }>;
    for (const logical of ["wan.ppp.credential", "wan.ppp.password"])
      bind[logical] = {
        ...bind[logical],
        effects: { reboot: "after", interrupts: ["wan", "mgmt"] },
      };
    await stack.applyMap("talk-frequency-table", spec, COUNT);
    stack.startEngine();
    await stack.until("all converged", all("converged", COUNT), 60_000);
    const intents = await database.db
      .selectFrom("intents")
      .select(["device", "edits", "verdict", "intended_at"])
      .orderBy("id")
      .execute();
    const reboots = intents.filter(({ edits }) => JSON.stringify(edits).includes('"reboot"'));
    // The first CPE of three has the right user name from the start: nothing is written to it, so it is not rebooted.
    const written = new Set(intents.map(({ device }) => device));
    expect(written.size).toBe(COUNT - 1);
    expect(new Set(reboots.map(({ device }) => device))).toEqual(written);
    expect(reboots).toHaveLength(written.size);
    expect(new Set(intents.map(({ verdict }) => verdict))).toEqual(new Set(["verified"]));
  });
});

function writes(): number {
  return stack.simulator.core.calls.after(0, 100_000).filter(({ operation }) => operation === WRITE)
    .length;
}
