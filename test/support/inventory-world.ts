/** A customer, the inventory around him as systems tell it, and sessions on any line. */
import { sql } from "kysely";
import { NO_FACTS } from "../../src/model/device.ts";
import type { InventoryKindName } from "../../src/model/inventory.ts";
import type { RadiusEvent } from "../../src/fraud/radius-event.ts";
import { importLines } from "../../src/http/import-lines.ts";
import { inventoryOf } from "../../src/service/inventory.ts";
import type { InventoryChange, InventoryStore } from "../../src/ports/inventory-store.ts";
import { observationWatch } from "../../src/store/fraud/observed.ts";
import { inventoryStore } from "../../src/store/inventory.ts";
import { loadKeyring } from "../../src/store/keyring.ts";
import { NOTHING_TOLD } from "../../src/ports/observation.ts";
import { radiusStore } from "../../src/store/radius.ts";
import { misuseWorld, MINUTE, OWN, T0, type MisuseWorld } from "./misuse-world.ts";
import { counters, eventOf, made } from "./radius-samples.ts";
import { BILLING, OPERATOR } from "./stack.ts";

export const HOUR = 60 * MINUTE;
/** The device of the customer; his service has no ref, so it goes by it. */
export const DEVICE = "0019E0-WIXB-A1";
export const USER = "cpe-1001@isp.example";
const INTERIM = 5 * MINUTE;

export interface Running {
  readonly user?: string;
  readonly mac?: string;
  readonly nas: string;
  readonly line?: string;
  readonly station?: string;
  readonly source?: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly stop?: boolean;
}

export interface InventoryWorld extends MisuseWorld {
  readonly inventory: InventoryStore;
  readonly digest: (label: string, text: string) => string;
  /** As a system tells it: through the reading of lines. */
  tell(
    kind: InventoryKindName,
    items: readonly object[],
    options?: { readonly replace?: boolean; readonly expect?: number },
  ): Promise<InventoryChange>;
  /** With an Interim every five minutes; stored as it came. */
  run(...sessions: readonly Running[]): Promise<void>;
  /** A read of the customer's CPE at a moment, evaluated as its pass does it. */
  read(atMs: number): Promise<void>;
  /** `PATTERN state` of what is open, once everything is evaluated. */
  open(): Promise<readonly string[]>;
}

function packetsOf(running: Running): RadiusEvent[] {
  const { user = USER, mac = OWN, nas, fromMs, untilMs } = running;
  const packet = (status: string, atMs: number): RadiusEvent =>
    eventOf(
      made("accounting", {
        "Acct-Status-Type": status,
        "User-Name": user,
        "Acct-Session-Id": `${nas}-${mac}-${fromMs}`,
        "NAS-Identifier": nas,
        "NAS-Port-Id": running.line ?? null,
        "WiMAX-BS-Id": running.station ?? null,
        "Tmp-String-0": running.source ?? null,
        "Calling-Station-Id": mac,
        "Tmp-Integer-0": atMs / 1_000,
        ...counters(status, atMs - fromMs),
        ...(status === "Stop" ? { "Acct-Terminate-Cause": "User-Request" } : {}),
      }),
      new Date(T0),
    );
  const count = Math.floor((untilMs - fromMs) / INTERIM);
  const interims = Array.from({ length: count }, (_, n) =>
    packet("Interim-Update", fromMs + (n + 1) * INTERIM),
  );
  return [packet("Start", fromMs), ...interims, ...(running.stop ? [packet("Stop", untilMs)] : [])];
}

const CALLER = { actor: OPERATOR, scopes: ["inventory:write"], ratePerSecond: null };

/** @param patterns switched on beside those that are by default */
export async function inventoryWorld(patterns: readonly string[]): Promise<InventoryWorld> {
  const world = await misuseWorld();
  const { db } = world.database;
  const keyring = await loadKeyring(`${world.stores.folder}/keyring.json`);
  const digest = (label: string, text: string): string => keyring.digest(label, text);
  const inventory = inventoryStore(db);
  const told = inventoryOf({ store: inventory });
  const never = (error: unknown): never => {
    throw error;
  };
  return {
    ...world,
    ...{ inventory, digest },
    async reset() {
      await world.reset();
      await sql`truncate inventory, device_sightings`.execute(db);
      const rules = Object.fromEntries(patterns.map((one) => [one, { enabled: true }]));
      await sql`
        insert into records (kind, name, revision, spec, spec_hash, owner)
        values ('FraudPolicy', 'default', 1, ${JSON.stringify({ rules, people: [BILLING.owner] })}::jsonb, '', 'desk')`.execute(
        db,
      );
    },
    async tell(kind, items, { replace = false, expect = null as number | null } = {}) {
      const text = items.map((item) => JSON.stringify(item)).join("\n");
      const lines = importLines("ndjson", text, told.table(kind));
      return await told.tell(kind, lines, CALLER, { replace, dryRun: false, expect });
    },
    async run(...sessions) {
      await radiusStore(db, digest).storeRadius(sessions.flatMap(packetsOf), []);
    },
    async read(atMs) {
      await db.transaction().execute(async (trx) => {
        const record = {
          ...{ readAt: new Date(atMs), mapName: "m", mapHash: "h", changeId: "c" },
          epoch: { bootstrapped: null, hardware: null, software: null },
          ...NOTHING_TOLD,
          ...{ snapshot: { values: new Map(), covered: [] }, facts: NO_FACTS },
          decoded: { "wan.ppp.mac": { kind: "value", value: OWN } },
          credentials: [{ logical: "wan.ppp.credential", normalised: USER }],
        };
        const watch = observationWatch({ digest, failed: never });
        await watch.observed(trx, world.device, [record], true);
      });
    },
    async open() {
      await world.evaluate();
      const rows = await db
        .selectFrom("findings")
        .select(["pattern", "state"])
        .where("state", "<>", "closed")
        .orderBy("pattern")
        .execute();
      return rows.map(({ pattern, state }) => `${pattern} ${state}`);
    },
  };
}
