/** What a pass read before and after its write, stored together. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sql } from "kysely";
import { NO_FACTS } from "../../../src/model/device.ts";
import { EMPTY_SNAPSHOT } from "../../../src/model/parameter.ts";
import type { DecodedEntry, ObservationRecord } from "../../../src/ports/observation.ts";
import { storeObservations } from "../../../src/store/engine/observations.ts";
import { acs, apply, device, emptyFleet, openFleet, type Fleet } from "./fleet-fixture.ts";

let fleet: Fleet;
let key: number;

beforeAll(async () => {
  fleet = await openFleet();
});
afterAll(async () => {
  await fleet.close();
});
beforeEach(async () => {
  await emptyFleet(fleet.db);
  await sql`truncate observation_changes, sightings`.execute(fleet.db);
  await apply(fleet.store, [acs(), device("A1")]);
  const { rows } = await sql<{ device: number }>`select device from devices`.execute(fleet.db);
  key = rows[0]?.device ?? 0;
});

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));
const value = (text: string): DecodedEntry => ({ kind: "value", value: text });

function read(minute: number, user: string, version: string): ObservationRecord {
  return {
    ...{ readAt: at(minute), mapName: "m", mapHash: "h", changeId: `c${minute}` },
    snapshot: EMPTY_SNAPSHOT,
    decoded: { "wan.ppp.credential": value(user), "device.software-version": value(version) },
    facts: { ...NO_FACTS, oui: "0019E0", softwareVersion: version },
    epoch: { bootstrapped: null, hardware: null, software: null },
    credentials: [{ logical: "wan.ppp.credential", normalised: user }],
    ...{ uptimeSeconds: null, secrets: [] },
  };
}

const store = async (...seen: ObservationRecord[]): Promise<void> => {
  await fleet.db.transaction().execute(async (trx) => {
    await storeObservations(trx, key, seen, (_label, text) => `of ${text}`);
  });
};

async function history(): Promise<readonly string[]> {
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', change_id, logical, coalesce(before ->> 'value', '-'), after ->> 'value') as line
    from observation_changes order by at, logical`.execute(fleet.db);
  return rows.map(({ line }) => line);
}

describe("what was read of a device", () => {
  it("stands as the last read says, with a row of history for each step to it", async () => {
    await store(read(1, "old", "1.0"), read(2, "new", "1.0"));
    expect(await history()).toEqual([
      "c1 device.software-version - 1.0",
      "c1 wan.ppp.credential - old",
      "c2 wan.ppp.credential old new",
    ]);
    const { rows } = await sql<{ read_at: Date; change_id: string; user: string }>`
      select read_at, change_id, decoded -> 'wan.ppp.credential' ->> 'value' as user from observations`.execute(
      fleet.db,
    );
    expect(rows).toEqual([{ read_at: at(2), change_id: "c2", user: "new" }]);
  });

  it("goes on from what was stored before, and says nothing where nothing changed", async () => {
    await store(read(1, "old", "1.0"));
    await store(read(2, "old", "1.0"), read(3, "old", "1.1"));
    expect((await history()).slice(2)).toEqual(["c3 device.software-version 1.0 1.1"]);
    const { rows } = await sql<{ version: string }>`
      select facts ->> 'softwareVersion' as version from devices`.execute(fleet.db);
    expect(rows).toEqual([{ version: "1.1" }]);
  });

  it("is not taken back by a read that is older than what stands there", async () => {
    await store(read(5, "new", "1.1"));
    await store(read(4, "old", "1.0"));
    expect(await history()).toHaveLength(2);
    const { rows } = await sql<{ read_at: Date }>`select read_at from observations`.execute(
      fleet.db,
    );
    expect(rows).toEqual([{ read_at: at(5) }]);
  });

  it("keeps each user name that it showed, with the first and the last time", async () => {
    await store(read(1, "old", "1.0"), read(2, "new", "1.0"), read(3, "new", "1.0"));
    await store(read(4, "new", "1.0"));
    const { rows } = await sql<{ credential: string; first_seen: Date; last_seen: Date }>`
      select credential, first_seen, last_seen from sightings order by first_seen`.execute(
      fleet.db,
    );
    expect(rows).toEqual([
      { credential: "of old", first_seen: at(1), last_seen: at(1) },
      { credential: "of new", first_seen: at(2), last_seen: at(4) },
    ]);
  });

  it("is nothing where nothing was read", async () => {
    await store();
    expect(await history()).toEqual([]);
  });
});
