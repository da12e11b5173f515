import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { NO_FACTS } from "../../../../src/fraud/facts/facts.ts";
import { INVENTORY } from "../../../../src/fraud/inventory/kinds.ts";
import { nearOf } from "../../../../src/fraud/inventory/near.ts";
import { importLines } from "../../../../src/http/import-lines.ts";
import { problemsOf } from "../../../../src/lib/schema.ts";
import { AppError } from "../../../../src/lib/errors.ts";
import { INVENTORY_KIND_NAMES } from "../../../../src/model/inventory.ts";
import { inventoryOf } from "../../../../src/service/inventory.ts";
import { tableOf } from "../../../../src/service/inventory-columns.ts";
import type { InventoryEntry, InventoryStore } from "../../../../src/ports/inventory-store.ts";

const NOW = Date.parse("2026-11-27T12:00:00Z");
const CALLER = {
  actor: { owner: "network", tokenId: "t", requestId: "r" },
  scopes: ["inventory:write"],
  ratePerSecond: null,
};

/** What an upload would write, or its refusal. */
async function told(
  kind: string,
  form: "ndjson" | "csv",
  text: string,
): Promise<readonly InventoryEntry[] | AppError> {
  let written: readonly InventoryEntry[] = [];
  const store: Pick<InventoryStore, "tell"> = {
    tell: (_kind, entries) => {
      written = entries;
      return Promise.resolve({ created: 0, changed: 0, unchanged: 0, deleted: 0, asked: 0 });
    },
  };
  const inventory = inventoryOf({ store: store as InventoryStore });
  try {
    const lines = importLines(form, text, inventory.table(kind));
    await inventory.tell(kind, lines, CALLER, { replace: false, dryRun: false, expect: null });
    return written;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

describe.for([...INVENTORY_KIND_NAMES])("items of %s", (name) => {
  const kind = INVENTORY[name];
  const members = Object.keys(kind.example);
  /** The example with some members put in its place, and others beside them. */
  const nearly = fc
    .dictionary(fc.constantFrom(...members, "site", "untilAt", "x"), fc.jsonValue({ maxDepth: 2 }))
    .map((changes) => ({ ...kind.example, ...changes }));

  it("are a value in its normal form, or problems that say where, whatever is sent (I20)", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearly), (given) => {
        const parsed = kind.schema.safeParse(given);
        if (!parsed.success) {
          const problems = problemsOf(parsed.error, kind.schema);
          expect(problems.length).toBeGreaterThan(0);
          for (const { pointer } of problems) expect(pointer).toMatch(/^(\/|$)/);
          return;
        }
        const read = kind.read(parsed.data);
        expect(read.key).not.toBe("");
        // What is stored is read again as it stands: told twice, nothing changes.
        const text = JSON.stringify(read);
        const again = JSON.parse(JSON.stringify(read.says)) as unknown;
        expect(JSON.stringify(kind.read(kind.schema.parse(again)))).toBe(text);
      }),
    );
  });

  it("become facts, of any neighbourhood", () => {
    const near = nearOf({ radius: [], sightings: [], services: [] }, [], NOW);
    const says = kind.read(kind.schema.parse(kind.example));
    const item = { key: says.key, says: says.says, toldAt: NOW, lines: null };
    expect(Object.keys(kind.facts([item], NO_FACTS, near)).sort()).toEqual(
      Object.keys(NO_FACTS).sort(),
    );
  });

  it("are looked up by names that they have: an index, and never all of them", () => {
    const near = nearOf({ radius: [], sightings: [], services: [] }, [], NOW);
    expect([...kind.keys(near), ...kind.abouts(near)]).toEqual([]);
  });

  it("have a column for each member of a table", () => {
    const { columns, needed } = tableOf(kind);
    expect(columns).toEqual(expect.arrayContaining(members));
    expect(columns).toEqual(expect.arrayContaining([...needed]));
  });

  it("are taken as lines of any text, or refused with the line (I20)", async () => {
    const header = members.join(",");
    const texts = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.array(fc.json({ maxDepth: 1 }), { maxLength: 4 }).map((lines) => lines.join("\n")),
      fc
        .array(fc.string({ maxLength: 40 }), { maxLength: 4 })
        .map((rows) => [header, ...rows].join("\n")),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("ndjson" as const, "csv" as const),
        texts,
        async (form, text) => {
          const answer = await told(name, form, text);
          if (!(answer instanceof AppError)) return;
          expect(["invalid", "malformed_json"]).toContain(answer.code);
          for (const { line } of answer.problems) expect(line).toBeGreaterThan(0);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("the registry of inventory", () => {
  it("has each kind under its own name, and each file of kinds in it", () => {
    for (const name of INVENTORY_KIND_NAMES) expect(INVENTORY[name].kind).toBe(name);
    const folder = "src/fraud/inventory";
    const made = readdirSync(folder).flatMap(
      (file) => readFileSync(`${folder}/${file}`, "utf8").match(/= inventoryKind\(\{/g) ?? [],
    );
    expect(made).toHaveLength(INVENTORY_KIND_NAMES.length);
  });
});

describe("normal forms", () => {
  const says = (kind: keyof typeof INVENTORY, item: object): unknown =>
    INVENTORY[kind].read(INVENTORY[kind].schema.parse(item)).says;

  it.for([
    ["00:1A:2B:00:00:01", "001a2b000001"],
    ["0x001a2b000001", "001a2b000001"],
    ["001a.2b00.0001", "001a2b000001"],
    ["mast north", "mast north"],
  ] as const)("station %s is %s", ([given, want]) => {
    expect(says("basestations", { id: given })).toMatchObject({ id: want });
  });

  it.for([
    ["00:1A:2B:00:00:01", "001a2b000001"],
    ["0x001A2B000001", "001a2b000001"],
    ["10.20.30.40", "10.20.30.40"],
    ["CAFE", "CAFE"],
    ["10-20", "10-20"],
  ] as const)("a disturbance of %s is of %s: a NAS keeps its name", ([of, want]) => {
    expect(says("disturbances", { ...INVENTORY.disturbances.example, of })).toMatchObject({
      of: want,
    });
  });

  it.for([["00:0C:42:AA:00:01"], ["00-0c-42-aa-00-01"], ["000c.42aa.0001"], ["000c42aa0001"]])(
    "MAC %s is one and the same",
    ([mac]) => {
      const order = { ...INVENTORY.orders.example, newMacs: [mac] };
      expect(says("orders", order)).toMatchObject({ newMacs: ["000c42aa0001"] });
    },
  );

  it("a moment is the same whatever its offset", () => {
    const at = (sinceAt: string) => says("stock", { ...INVENTORY.stock.example, sinceAt });
    expect(at("2026-11-27T08:00:00+02:00")).toEqual(at("2026-11-27T06:00:00Z"));
  });
});
