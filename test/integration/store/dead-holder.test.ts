/** What a holder had in hand when it died: the next holder sees it at once, and not when the work's own lease ends. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { leases } from "../../../src/store/engine/leases.ts";
import { queue } from "../../../src/store/engine/queue.ts";
import { acs, ANYHOW, apply, by, credentials, device, FOR_REAL } from "./fleet-fixture.ts";
import { keyOf, openFleet, type Fleet } from "./fleet-fixture.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await openFleet();
  await apply(fleet.store, [acs(), device("A1")]);
  const key = await keyOf(fleet.store, "A1");
  await fleet.store.putDocument(key, credentials("one"), by("billing"), ANYHOW, FOR_REAL);
});
afterAll(() => fleet.close());

describe("a change that a dead holder had in hand", () => {
  it("is due for the next one, with nothing else of its class due", async () => {
    const [slot, work] = [leases(fleet.db), queue(fleet.db)];
    const first = await slot.acquireLease("main", 0, "first", 100, 50);
    if (first === null) throw new Error("no lease");
    expect(await work.claim(first, "urgent", 1, 900_000)).toHaveLength(1);
    expect((await work.due("main", [])).classes, "its own holder has it in hand").toEqual([]);

    await sleep(250);
    const next = await slot.acquireLease("main", 0, "next", 10_000, 50);
    if (next === null) throw new Error("no lease");
    expect((await work.due("main", [])).classes).toEqual(["urgent"]);
    expect(await work.claim(next, "urgent", 1, 900_000)).toHaveLength(1);
    expect((await work.due("main", [])).classes, "it is in hand again").toEqual([]);
  });
});
