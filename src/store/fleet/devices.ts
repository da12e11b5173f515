/** Finding devices: by one of their names, or by a selector, page by page. */
import { sql, type Kysely } from "kysely";
import { AppError } from "../../lib/errors.ts";
import { printDeviceId, type DeviceId } from "../../model/device.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { FleetStore } from "../../ports/fleet-store.ts";
import { readSelector, selectorSql } from "../selector-sql.ts";
import type { Database } from "../tables.ts";
import { DEVICE_TABLES, VIEW_COLUMNS, viewOf, type ViewRow } from "./device-view.ts";

interface Match {
  readonly key: DeviceKey;
  readonly id: DeviceId;
}

/** Candidates that an `ambiguous_id` names at most. */
const CANDIDATES = 20;
const MAX_PAGE = 1_000;
const CURSOR = /^d1:(\d{1,15})$/;

/**
 * Canonical ids that a text written without percent signs can mean. A product class and a serial may hold dashes, so
 * `001122-WIMAX-25-A1` has three readings; the fleet says which of them exists.
 */
function readings(text: string): DeviceId[] {
  const [head = "", ...rest] = text.split("-");
  if (!/^[0-9A-Fa-f]{6}$/.test(head) || rest.length === 0) return [];
  const oui = head.toUpperCase();
  return rest.map((_part, at) => {
    const productClass = at === 0 ? null : rest.slice(0, at).join("-");
    return printDeviceId({ oui, productClass, serial: rest.slice(at).join("-") });
  });
}

async function byId(db: Kysely<Database>, ids: readonly DeviceId[]): Promise<readonly Match[]> {
  const found = await sql<Match>`
    select device as key, device_id as id from devices
    where device_id = any(${[...ids]}::text[]) order by device_id`.execute(db);
  return found.rows;
}

async function byAlias(db: Kysely<Database>, alias: string): Promise<readonly Match[]> {
  const found = await sql<Match>`
    select d.device as key, d.device_id as id from devices d
    where d.name = ${alias} or d.device in (select device from device_aliases where alias = ${alias})
    order by d.device_id limit ${CANDIDATES + 1}`.execute(db);
  return found.rows;
}

function theOne(text: string, found: readonly Match[]): Match | null {
  if (found.length < 2) return found[0] ?? null;
  const candidates = found.slice(0, CANDIDATES).map(({ id }) => id);
  const some = candidates.slice(0, 3).join(", ");
  throw new AppError(
    "ambiguous_id",
    `${text} is a name of several devices (${some}${found.length > 3 ? ", …" : ""}). Use the id of one of them.`,
    { details: { candidates } },
  );
}

function afterOf(cursor: string | null): DeviceKey {
  if (cursor === null) return 0;
  const match = CURSOR.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  if (match !== null) return Number(match[1]);
  const problems = [{ pointer: "/cursor", code: "bad_cursor", message: "is not one of ours" }];
  throw new AppError("invalid", "The cursor is not one of ours. Begin again without it.", {
    problems,
  });
}

export function devices(db: Kysely<Database>): Pick<FleetStore, "resolveDevice" | "devices"> {
  return {
    async resolveDevice(text) {
      const canonical = await byId(db, [text]);
      if (canonical[0] !== undefined) return canonical[0];
      const spelled = theOne(text, await byId(db, readings(text)));
      return spelled ?? theOne(text, await byAlias(db, text));
    },

    /**
     * Pages by the device's number: one that is registered meanwhile comes last, one that changes its state between two
     * pages is shown as it is when its page is read.
     */
    async devices(selector, limit, cursor) {
      const condition = selectorSql(readSelector(selector, "list"), "list");
      const size = Math.max(1, Math.min(MAX_PAGE, Math.trunc(limit)));
      const found = await sql<ViewRow>`
        select ${VIEW_COLUMNS} from ${DEVICE_TABLES}
        where d.device > ${afterOf(cursor)} and ${condition}
        order by d.device limit ${size + 1}`.execute(db);
      const rows = found.rows.slice(0, size);
      const last = found.rows.length > size ? rows.at(-1) : undefined;
      const next =
        last === undefined ? null : Buffer.from(`d1:${last.device}`).toString("base64url");
      return { items: rows.map(viewOf), next };
    },
  };
}
