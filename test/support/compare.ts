/** What is stored of devices against what their CPEs show. */
import type { Kysely } from "kysely";
import type { Reading } from "../../src/model/parameter.ts";
import type { Database } from "../../src/store/tables.ts";

/** Each stored reading against what that CPE shows now; what grows by itself is left out. */
export async function storedAgainstShown(db: Kysely<Database>, simulatorUrl: string) {
  const rows = await db
    .selectFrom("observations")
    .innerJoin("devices", "devices.device", "observations.device")
    .select(["device_id", "readings"])
    .execute();
  const differing: unknown[] = [];
  let compared = 0;
  for (const { device_id, readings } of rows) {
    const at = `${simulatorUrl}/sim/devices/${encodeURIComponent(device_id)}/parameters`;
    const answer = await fetch(at);
    const { parameters } = (await answer.json()) as {
      parameters: { path: string; value: string }[];
    };
    const shown = new Map(parameters.map(({ path, value }) => [path, value]));
    for (const [path, reading] of Object.entries(readings as Record<string, Reading>)) {
      if (/UpTime/i.test(path) || reading.kind !== "value") continue;
      compared += 1;
      const value = shown.get(path);
      if (value !== reading.text) differing.push({ device_id, path, stored: reading.text, value });
    }
  }
  return { compared, differing };
}
