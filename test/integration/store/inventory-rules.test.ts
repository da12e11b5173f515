/**
 * Rules that need the inventory, through the store: each finds its misuse once the systems of the network and of billing have
 * told what they know, and holds for the honest case that looks like it. What nobody told is unknown, and no mismatch (I5).
 */
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BILLING, OPERATOR } from "../../support/stack.ts";
import { DAY, MINUTE, OWN, T0 } from "../../support/misuse-world.ts";
import {
  DEVICE,
  HOUR,
  inventoryWorld,
  USER,
  type InventoryWorld,
} from "../../support/inventory-world.ts";

const JHB = { nas: "bng-jhb-1", line: "olt1/1/3:1001" };
const CPT = { nas: "bng-cpt-1", line: "eth-0/0/7:2044" };
const SITES = [
  { name: "jhb", latitude: -26.2041, longitude: 28.0473, surveyedAt: "2026-06-01T00:00:00Z" },
  { name: "cpt", latitude: -33.9249, longitude: 18.4241, surveyedAt: "2026-06-01T00:00:00Z" },
];
const at = (ms: number): string => new Date(ms).toISOString();

let world: InventoryWorld;
beforeAll(async () => {
  world = await inventoryWorld([
    "P02",
    "P04",
    "P12",
    "P13",
    "P14",
    "P16",
    "P17",
    "P18",
    "P19",
    "P20",
  ]);
});
afterAll(async () => {
  await world.close();
});
beforeEach(async () => {
  await world.reset();
});

/** Two lines at two towns; the customer's service was sold to the first. */
async function network(jhb: object = {}, cpt: object = {}): Promise<void> {
  await world.tell("lines", [
    { ...JHB, site: "jhb", ...jhb },
    { ...CPT, site: "cpt", ...cpt },
  ]);
  await world.tell("sites", SITES);
}
const atHome = { ...JHB, fromMs: T0 - 2 * HOUR, untilMs: T0 };
const away = { ...CPT, fromMs: T0 - 90 * MINUTE, untilMs: T0 };

describe("one MAC at two sites at once (P02)", () => {
  const clone = { ...away, user: "cpe-2002@isp.example" };

  it("is confirmed by both sides, whatever names they use", async () => {
    await network();
    await world.run(atHome, clone);
    expect(await world.open()).toContain("P02 confirmed");
  });

  it("is nothing on lines that nobody told, and nothing on two lines of one site", async () => {
    await world.run(atHome, clone);
    expect((await world.open()).join()).not.toContain("P02");
    await world.reset();
    await network({}, { site: "jhb" });
    await world.run(atHome, clone);
    expect((await world.open()).join()).not.toContain("P02");
  });

  it("is nothing between NASes that stand in for each other, each by any of its names", async () => {
    await network();
    await world.tell("nases", [
      { name: "bng-jhb-1", failoverGroup: "south" },
      { name: "cape", aliases: ["bng-cpt-1"], failoverGroup: "south" },
    ]);
    await world.run(atHome, clone);
    expect(await world.open()).toEqual([]);
  });

  it("is found where the inventory has the line under another name of the NAS", async () => {
    await world.tell("nases", [{ name: "cape", aliases: ["bng-cpt-1", "cape.isp.example"] }]);
    await network({}, { nas: "cape.isp.example" });
    await world.run(atHome, clone);
    expect(await world.open()).toContain("P02 confirmed");
  });

  it("is held while an outage of the NAS explains it, told before or after", async () => {
    await network();
    await world.run(atHome, clone);
    expect(await world.open()).toContain("P02 confirmed");
    const outage = { id: "I1", kind: "nas_outage", of: "bng-cpt-1" };
    const { asked } = await world.tell("disturbances", [
      { ...outage, fromAt: at(T0 - 100 * MINUTE), untilAt: at(T0 - 20 * MINUTE) },
    ]);
    expect(asked).toBeGreaterThan(0);
    expect(await world.open()).toEqual([]);
  });
});

describe("the right CPE on a line of another site (P04)", () => {
  const moved = { ...CPT, fromMs: T0 - 3 * HOUR, untilMs: T0 };
  const sold = { service: DEVICE, site: "jhb" };
  beforeEach(async () => {
    await network();
    await world.tell("services", [sold]);
  });

  it("is suspected as a move, from its Interims on, and not where it was sold to", async () => {
    const [start, later] = [{ ...moved, untilMs: moved.fromMs }, moved];
    await world.run(start);
    expect(await world.open()).toEqual([]);
    await world.run(later);
    expect(await world.open()).toEqual(["P04 suspected"]);
    await world.reset();
    await network();
    await world.tell("services", [{ ...sold, site: "cpt" }]);
    await world.run(later);
    expect(await world.open()).toEqual([]);
  });

  it("is nothing where billing has other names for the places of the network", async () => {
    await world.tell("services", [{ ...sold, site: "Johannesburg North" }]);
    await world.run(moved);
    expect(await world.open()).toEqual([]);
  });

  it("is closed by a move that is ordered late, and comes back where that is cancelled", async () => {
    await world.run(moved);
    expect(await world.open()).toEqual(["P04 suspected"]);
    const order = { id: "O1", service: DEVICE, kind: "move", at: at(T0 - 3 * HOUR), toSite: "cpt" };
    expect(await world.tell("orders", [order])).toMatchObject({ created: 1, asked: 1 });
    expect(await world.open()).toEqual([]);
    await world.tell("orders", [{ ...order, cancelled: true }]);
    expect(await world.open()).toEqual(["P04 suspected"]);
  });

  it("is nothing for a plan that may roam, nor where ports were renamed", async () => {
    await world.tell("services", [{ ...sold, nomadic: true }]);
    await world.run(moved);
    expect(await world.open()).toEqual([]);
    await world.tell("services", [sold]);
    expect(await world.open()).toEqual(["P04 suspected"]);
    await world.tell("disturbances", [
      {
        ...{ id: "CHG-1", kind: "port_rename", of: "bng-cpt-1" },
        ...{ fromAt: at(T0 - 4 * HOUR), untilAt: at(T0 - 2 * HOUR) },
      },
    ]);
    expect(await world.open()).toEqual([]);
  });
});

describe("too far, too fast (P13)", () => {
  const gone = { ...JHB, fromMs: T0 - 2 * HOUR, untilMs: T0 - HOUR, stop: true };
  const there = { ...CPT, fromMs: T0 - 48 * MINUTE, untilMs: T0 };
  const found = async (): Promise<boolean> => (await world.open()).includes("P13 suspected");

  it("is suspected between two towns, 12 minutes apart", async () => {
    await network();
    await world.run(gone, there);
    expect(await found()).toBe(true);
  });

  it("is nothing where coordinates are old", async () => {
    await network();
    const old = SITES.map((one) => ({ ...one, surveyedAt: "2024-01-01T00:00:00Z" }));
    await world.tell("sites", old);
    await world.run(gone, there);
    expect(await found()).toBe(false);
  });

  it("is nothing where half a thousand lines are all drawn on the middle of the town", async () => {
    await network();
    await world.tell("sites", [{ ...SITES[1], name: "cpt-east" }]);
    const others = Array.from({ length: 500 }, (_, n) => ({
      ...{ nas: "bng-cpt-2", line: `e/${n}`, site: "cpt-east" },
    }));
    await world.tell("lines", others);
    await world.run(gone, there);
    expect(await found()).toBe(false);
    await world.tell(
      "lines",
      [
        { ...JHB, site: "jhb" },
        { ...CPT, site: "cpt" },
      ],
      {
        ...{ replace: true, expect: 500 },
      },
    );
    await world.run({ ...there, fromMs: there.fromMs + 1_000 });
    expect(await found(), "the town's own two lines").toBe(true);
  });
});

describe("a station that a CPE never saw (P14)", () => {
  const [HOME, NEAR, FAR] = ["001a2b000001", "001a2b000002", "001a2b000009"];
  const asn = { nas: "asn-gw-1" };
  const known = {
    ...asn,
    station: `0x${HOME}`,
    fromMs: T0 - 30 * HOUR,
    untilMs: T0 - 4 * HOUR,
    stop: true,
  };
  const hop = (station: string) => ({
    ...{ ...asn, station: `0x${station}` },
    ...{ fromMs: T0 - 3 * HOUR, untilMs: T0 },
  });
  const stations = [
    { id: "00:1A:2B:00:00:01", neighbours: ["00:1a:2b:00:00:02"] },
    { id: `0x${NEAR}`, neighbours: [HOME] },
    { id: FAR },
  ];
  const found = async (): Promise<boolean> => (await world.open()).includes("P14 suspected");

  it("is suspected on a far one, and not on a neighbour", async () => {
    await world.tell("basestations", stations);
    await world.run(known, hop(NEAR));
    expect(await found()).toBe(false);
    await world.reset();
    await world.tell("basestations", stations);
    await world.run(known, hop(FAR));
    expect(await found()).toBe(true);
  });

  it("is nothing where nobody told of neighbours, nor with a new frequency plan", async () => {
    await world.run(known, hop(FAR));
    expect(await found()).toBe(false);
    await world.reset();
    await world.tell("basestations", stations);
    await world.tell("disturbances", [
      {
        ...{ id: "FP-1", kind: "frequency_plan", of: "00:1A:2B:00:00:09" },
        ...{ fromAt: at(T0 - 4 * HOUR), untilAt: at(T0 - 2 * HOUR) },
      },
    ]);
    await world.run(known, hop(FAR));
    expect(await found()).toBe(false);
  });
});

describe("a box that is reported lost (P16)", () => {
  const lost = { serial: "A1", state: "lost", sinceAt: at(T0 - 30 * DAY) };

  it("is found when it informs, and confirmed when it does again", async () => {
    await world.read(T0 - 9 * HOUR);
    expect(await world.open()).toEqual([]);
    expect(await world.tell("stock", [lost])).toMatchObject({ asked: 1 });
    expect(await world.open()).toEqual(["P16 suspected"]);
    await world.read(T0 - 8 * HOUR);
    expect(await world.open()).toEqual(["P16 confirmed"]);
  });

  it("is nothing while it is in service, when another maker's is lost, or just came back", async () => {
    await world.tell("stock", [{ ...lost, state: "in_service" }]);
    await world.read(T0 - HOUR);
    expect(await world.open()).toEqual([]);
    await world.tell("stock", [{ ...lost, oui: "00AA00" }]);
    await world.tell("stock", [{ ...lost, oui: "0019E0", state: "in_stock" }]);
    await world.read(T0 - 50 * MINUTE);
    expect(await world.open()).toEqual([]);
    await world.tell("stock", [
      { ...lost, oui: "0019E0", state: "returned", sinceAt: at(T0 - 2 * HOUR) },
    ]);
    await world.read(T0 - 40 * MINUTE);
    expect(await world.open()).toEqual([]);
  });

  it("is nothing where it was given out again", async () => {
    // The binding of this world is 60 days old.
    await world.tell("stock", [{ ...lost, sinceAt: at(T0 - 90 * DAY) }]);
    await world.read(T0 - HOUR);
    await world.read(T0 - 30 * MINUTE);
    expect(await world.open()).toEqual([]);
  });
});

describe("a workshop's line used as a service (P17)", () => {
  const day = { ...JHB, fromMs: T0 - 31 * HOUR, untilMs: T0 };

  it("is suspected after hours on a bench, and not on a line", async () => {
    await network();
    await world.run(day);
    expect(await world.open()).toEqual([]);
    await network({ bench: true });
    await world.run({ ...day, fromMs: day.fromMs + 1_000 });
    expect(await world.open()).toContain("P17 suspected");
  });

  it("is nothing while a burn-in is announced", async () => {
    await network({ bench: true });
    const ticket = { id: "T1", service: DEVICE, kind: "burn_in", fromAt: at(T0 - 40 * HOUR) };
    await world.tell("tickets", [{ ...ticket, untilAt: at(T0 + DAY) }]);
    await world.run(day);
    expect(await world.open()).toEqual([]);
  });
});

describe("voice (P19)", () => {
  const contact = { id: "c1", service: DEVICE, network: "198.51.100.0/24", ofService: false };
  const stays = { refreshedAt: [at(T0 - 10 * MINUTE), at(T0 - 5 * MINUTE)] };
  const hour = { service: DEVICE, hourAt: at(T0 - 2 * HOUR) };

  it("is suspected where a contact elsewhere stays, and confirmed with minutes abroad", async () => {
    await world.tell("registrations", [{ ...contact, ...stays }]);
    expect(await world.open()).toEqual(["P19 suspected"]);
    const stranger = { ...contact, refreshedAt: [at(T0 - 2 * HOUR), at(T0 - 100 * MINUTE)] };
    await world.tell("registrations", [stranger]);
    await world.tell("calls", [{ ...hour, internationalMinutes: 190, meanMinutesADay: 2 }]);
    expect(await world.open()).toEqual(["P19 suspected", "P19 confirmed"]);
  });

  it("is nothing at the service's own network, with a softphone, or in a month as every other", async () => {
    await world.tell("registrations", [{ ...contact, ...stays, ofService: true }]);
    await world.tell("calls", [{ ...hour, internationalMinutes: 40, meanMinutesADay: 30 }]);
    expect(await world.open()).toEqual([]);
    await world.tell("services", [{ service: DEVICE, softphone: true }]);
    await world.tell("registrations", [{ ...contact, ...stays }]);
    expect(await world.open()).toEqual([]);
  });
});

describe("packets under a NAS's name (P20)", () => {
  const sources = { name: "bng-jhb-1", sources: ["192.0.2.11", "2001:DB8::11"] };
  const real = { ...atHome, source: "192.0.2.11" };
  const forged = { ...atHome, mac: "d4:ca:6d:bb:00:02", source: "203.0.113.9" };

  it("are found where they come from an address that is not its own, and stay found", async () => {
    await world.tell("nases", [sources]);
    await world.run(real, forged);
    expect(await world.open()).toContain("P20 confirmed");
    // Another customer of that NAS shows nothing of it.
    await world.run({ ...real, user: "cpe-3003@isp.example", mac: "02:00:00:00:00:33" });
    expect(await world.open()).toContain("P20 confirmed");
  });

  it("are nothing where its addresses are not told, or are these", async () => {
    await world.run(real, forged);
    expect((await world.open()).join()).not.toContain("P20");
    await world.reset();
    await world.tell("nases", [{ ...sources, sources: ["192.0.2.11", "203.0.113.9"] }]);
    await world.run(real, forged);
    expect((await world.open()).join()).not.toContain("P20");
  });
});

describe("what guards other rules", () => {
  it("two sessions that were sold are no concurrent use (P01)", async () => {
    const second = { ...away, mac: "d4:ca:6d:bb:00:02" };
    await world.tell("services", [{ service: DEVICE, sessions: 2 }]);
    await world.run(atHome, second);
    expect((await world.open()).join()).not.toContain("P01");
    await world.tell("services", [{ service: DEVICE, sessions: 1 }]);
    expect(await world.open()).toContain("P01 confirmed");
  });

  it("a modem under test takes turns with the other (P12)", async () => {
    const turns = Array.from({ length: 6 }, (_, n) => ({
      ...{ ...JHB, stop: true, mac: n % 2 === 0 ? OWN : "d4:ca:6d:bb:00:02" },
      ...{ fromMs: T0 - (13 - 2 * n) * HOUR, untilMs: T0 - (12 - 2 * n) * HOUR },
    }));
    const ticket = { id: "T2", service: DEVICE, kind: "modem_test", fromAt: at(T0 - DAY) };
    await world.run(...turns);
    expect((await world.open()).join()).toContain("P12");
    await world.tell("tickets", [{ ...ticket, untilAt: at(T0 + HOUR) }]);
    expect((await world.open()).join()).not.toContain("P12");
  });

  it("a migration that two people approved explains who binds back and forth (P18)", async () => {
    const { db } = world.database;
    await boundAndBack();
    const ask = async (): Promise<readonly string[]> => {
      await sql`
        insert into fraud_due (kind, id) values ('credential', ${world.digest("username", USER)}),
          ('actor', ${BILLING.owner}) on conflict do nothing`.execute(db);
      return (await world.open()).filter((one) => one.startsWith("P18"));
    };
    expect(await ask()).toEqual(["P18 suspected"]);
    const ticket = {
      ...{ id: "M1", service: DEVICE, kind: "migration" },
      ...{ fromAt: at(T0 - DAY), untilAt: at(T0 + DAY) },
    };
    await world.tell("tickets", [{ ...ticket, approvers: ["a. first", "a. first"] }]);
    expect(await ask(), "one person twice").toEqual(["P18 suspected"]);
    await world.tell("tickets", [{ ...ticket, approvers: ["a. first", "b. second"] }]);
    expect(await ask()).toEqual([]);
  });

  /** To another CPE and back within an hour, by one writer. */
  async function boundAndBack(): Promise<void> {
    const { db } = world.database;
    const identity = { oui: "0019E0", productClass: "WIXB", serial: "A2" };
    const other = { name: "A2", labels: {}, identity, acs: "main", hold: null, spec: {} };
    await world.stores.fleet.apply({ records: [], devices: [other] }, OPERATOR, {
      ...{ dryRun: false, expect: null },
    });
    const { key = 0 } = (await world.stores.fleet.resolveDevice("0019E0-WIXB-A2")) ?? {};
    const [away, back] = [at(T0 - 9 * HOUR), at(T0 - 8 * HOUR)];
    const credential = world.digest("username", USER);
    await sql`update credential_bindings set until_at = ${away} where until_at is null`.execute(db);
    await sql`
      insert into credential_bindings (device, writer, credential, from_at, until_at, changed_by)
      values (${key}, 'billing', ${credential}, ${away}, ${back}, ${BILLING.owner}),
        (${world.device}, 'billing', ${credential}, ${back}, null, ${BILLING.owner})`.execute(db);
  }
});
