import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT, openApi, type Answer, type Api, type Ask } from "./api-fixture.ts";

const CANARY = "canary-Gh7!zq-4471";

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(async () => {
  await api.close();
});

const hold = (key: string | null, reason: string, ask: Ask = {}): Promise<Answer> =>
  api.call("POST", `${AT}/hold`, {
    json: { reason },
    token: api.tokens.operator,
    ...(key === null ? {} : { headers: { "Idempotency-Key": key } }),
    ...ask,
  });
const problem = ({ status, body }: Answer) => [status, body["code"]];
const held = async () =>
  (await api.db.selectFrom("events").select("id").where("type", "=", "DeviceHeld").execute())
    .length;

describe("a POST with an Idempotency-Key", () => {
  it("is done once, and answered again word by word", async () => {
    const first = await hold("k-1", "roof work");
    const before = await held();
    const again = await hold("k-1", "roof work");
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(first.headers.get("Idempotency-Replayed")).toBeNull();
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect(again.headers.get("Content-Type")).toBe(first.headers.get("Content-Type"));
    expect(await held()).toBe(before);
    const quoted = await hold('"k-1"', "roof work");
    expect(quoted.headers.get("Idempotency-Replayed")).toBe("true");
  });

  it("is refused when the key stands for another body, another address, or another query", async () => {
    for (const answer of [
      await hold("k-1", "another reason"),
      await api.call("POST", "/v1/devices/0019E0-WIXB-A2/hold", {
        json: { reason: "roof work" },
        token: api.tokens.operator,
        headers: { "Idempotency-Key": "k-1" },
      }),
    ]) {
      expect(problem(answer)).toEqual([422, "idempotency_key_reused"]);
    }
  });

  it("belongs to its owner: another one may use the same key", async () => {
    const other = await api.token("night-shift", "admin");
    const answer = await hold("k-1", "other words", { token: other });
    expect([answer.status, answer.headers.get("Idempotency-Replayed")]).toEqual([200, null]);
  });

  it("is not used up by what was refused, nor by a dry run", async () => {
    expect(problem(await hold("k-2", ""))).toEqual([422, "invalid"]);
    expect(problem(await hold("k-2", "x", { token: api.tokens.billing }))).toEqual([
      403,
      "forbidden",
    ]);
    expect((await hold("k-2", "now it is right")).status).toBe(200);
    const manifests = (query: string, name: string) =>
      api.call("POST", `/v1/manifests${query}`, {
        json: {
          documents: [
            {
              apiVersion: "plumbline/v1",
              kind: "FrequencyPlan",
              metadata: { name },
              spec: { channelsKhz: [2500000], bandwidthKhz: 10000 },
            },
          ],
        },
        token: api.tokens.operator,
        headers: { "Idempotency-Key": "k-3" },
      });
    expect((await manifests("?dryRun=true", "one")).status).toBe(200);
    expect((await manifests("", "two")).status).toBe(200);
  });

  it("is told to wait while the first is under way, and goes on when that one has died", async () => {
    await hold("k-4", "first");
    const running = (until: string) =>
      sql`update idempotency_keys set running_until = now() + ${until}::interval, sealed = null where key = 'k-4'`.execute(
        api.db,
      );
    await running("30 seconds");
    const early = await hold("k-4", "first");
    expect(problem(early)).toEqual([409, "idempotency_key_in_use"]);
    expect([early.headers.get("Retry-After"), early.body["retry"]]).toEqual(["1", "after"]);
    await running("-1 second");
    expect(problem(await hold("k-4", "other"))).toEqual([422, "idempotency_key_reused"]);
    const late = await hold("k-4", "first");
    expect([late.status, late.headers.get("Idempotency-Replayed")]).toEqual([200, null]);
  });

  it("is done by one of many that come at once", async () => {
    const before = await held();
    const answers = await Promise.all(Array.from({ length: 30 }, () => hold("k-5", "all at once")));
    for (const { status } of answers) expect([200, 409]).toContain(status);
    expect(
      answers.filter(
        ({ status, headers }) => status === 200 && headers.get("Idempotency-Replayed") === null,
      ),
    ).toHaveLength(1);
    expect(await held()).toBe(before + 1);
    expect((await hold("k-5", "all at once")).headers.get("Idempotency-Replayed")).toBe("true");
  });

  it("is forgotten after 72 hours", async () => {
    const { rows } = await sql<{ hours: number }>`
      select extract(epoch from expires_at - now()) / 3600 as hours from idempotency_keys where key = 'k-5'`.execute(
      api.db,
    );
    expect(Number(rows[0]?.hours)).toBeGreaterThan(71);
    await sql`update idempotency_keys set expires_at = now() - interval '1 second'`.execute(api.db);
    const fresh = await hold("k-1", "a new life of the key");
    expect([fresh.status, fresh.headers.get("Idempotency-Replayed")]).toEqual([200, null]);
    expect(await api.db.selectFrom("idempotency_keys").select("key").execute()).toHaveLength(1);
  });

  it("keeps no answer and no request in clear (I18)", async () => {
    await hold("k-6", CANARY);
    const { rows } = await sql<{
      row: string;
    }>`select k::text as row from idempotency_keys k`.execute(api.db);
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) {
      expect(row).not.toContain(CANARY);
      expect(row).not.toContain(Buffer.from(CANARY).toString("hex"));
    }
  });

  it.for(["", '""', "\u00e9", "x".repeat(256)])("refuses what is no key: %j", async (key) => {
    const answer = await hold(key, "x");
    expect(problem(answer)).toEqual([422, "invalid"]);
  });

  it("says nothing to other methods", async () => {
    const headers = { "Idempotency-Key": "k-1" };
    expect((await api.call("GET", AT, { headers })).status).toBe(200);
  });
});
