/** Why a device is so, over the real store: what keeps it, its place in the queue, and what the ACS may still execute. */
import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ApiWhy } from "../../../src/model/api-why.ts";
import { AT, openApi, type Api } from "./api-fixture.ts";

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(async () => {
  await api.close();
});

async function why(): Promise<ApiWhy> {
  const { status, body, text } = await api.call("GET", `${AT}/why`);
  expect(status, text).toBe(200);
  return body as unknown as ApiWhy;
}
const asOperator = () => ({ token: api.tokens.operator });

it("names what keeps a device in order, its place, and its next moment", async () => {
  const put = { credentials: { username: "a1@isp.example", password: "canary-why" } };
  for (const id of ["A1", "A2"]) await api.call("PUT", `/v1/devices/${id}/desired`, { json: put });
  await sql`update work set due_at = now() - interval '1 minute'
    where device = (select device from devices where serial = 'A2')`.execute(api.db);
  const nobody = await why();
  expect(nobody.keeps.map(({ what }) => what)).toEqual(["mode", "acs"]);
  expect(nobody.next.kind).toBe("blocked");
  expect(nobody.device.work?.ahead).toBe(1);

  const stats = { perMinute: 6, callP50Ms: 1_000, callP90Ms: 2_000, breakerOpen: false };
  await sql`insert into acs_slots (acs, slot, holder, lease_until, stats)
    values ('main', 0, 'node-a', now() + interval '1 hour', ${JSON.stringify(stats)})`.execute(
    api.db,
  );
  const { next, rate } = await why();
  if (next.kind !== "range") throw new Error(next.kind);
  expect(Date.parse(next.to) - Date.parse(next.from)).toBe(12_000);
  expect(rate).toEqual({ perMinute: 6, callP50Ms: 1_000, callP90Ms: 2_000 });

  await api.call("POST", "/v1/stop", { json: { reason: "mast" }, ...asOperator() });
  await api.call("POST", `${AT}/hold`, { json: { reason: "on site" }, ...asOperator() });
  const kept = await why();
  expect(kept.keeps.map(({ what, next: ends }) => [what, ends.split(" ")[1]])).toEqual([
    ["hold", "release"],
    ["stop", "resume"],
    ["mode", "apply"],
  ]);
  expect(JSON.stringify(kept)).not.toContain("canary-why");
});

it("lists what was superseded and may be executed late, and hides it when its time is over", async () => {
  const intent = async (verdict: string, edits: readonly object[], hours: number) => {
    await sql`
      insert into intents (device, acs, slot, fence, change_id, class, generation, map_hash, plan_hash, step, steps,
                           fields, edits, reason, outcome, verdict, verdict_at, may_fire_until)
      select device, acs, 0, 1, ${`c${hours}`}, 0, 'g0', '', '', 0, 1, '{credentials}', ${JSON.stringify(edits)}::jsonb,
        'r', 'accepted', ${verdict}, now(), now() + ${hours} * interval '1 hour'
      from devices where serial = 'A1'`.execute(api.db);
  };
  const secret = (digest: string) => [
    { path: "D.Password", value: { kind: "secret", logical: "wan.ppp.password", digest } },
  ];
  await sql`insert into secret_states (device, logical, digest, origin)
    select device, 'wan.ppp.password', 'wanted', 'written' from devices where serial = 'A1'`.execute(
    api.db,
  );
  await intent("superseded", [{ path: "D.User", value: { kind: "text", text: "old" } }], 2);
  await intent("superseded", [{ path: "D.User", value: { kind: "text", text: "older" } }], -1);
  await intent("verified", secret("wanted"), 3);
  await intent("verified", secret("another"), 4);
  const { device, changes } = await why();
  expect(device.openIntents.map(({ changeId, does }) => [changeId, does])).toEqual([
    ["c2", ["D.User"]],
    ["c4", ["D.Password"]],
  ]);
  expect(changes).toHaveLength(4);
});

it("acts on all that a selector chooses, or on none when the number is another (I12)", async () => {
  const body = { selector: "oui=0019E0", reason: "works" };
  const wrong = await api.call("POST", "/v1/devices/hold?expect=3", {
    json: body,
    ...asOperator(),
  });
  expect([wrong.status, wrong.body["code"]]).toEqual([409, "count_unconfirmed"]);
  const ask = { json: body, ...asOperator() };
  const held = await api.call("POST", "/v1/devices/hold?expect=2", ask);
  expect(held.body).toEqual({ selected: 2, changed: 2, held: 0 });
  const again = await api.call("POST", "/v1/devices/hold?expect=2", ask);
  expect(again.body).toEqual({ selected: 2, changed: 0, held: 0 });
  const all = { json: { selector: "oui=0019E0" }, ...asOperator() };
  const due = await api.call("POST", "/v1/devices/reconcile?expect=2", all);
  expect(due.body).toEqual({ selected: 2, changed: 0, held: 2 });
  const unsaid = await api.call("POST", "/v1/devices/release?expect=2", all);
  expect(unsaid.status, "a release says why").toBe(422);
  const freed = await api.call("POST", "/v1/devices/release?expect=2", ask);
  expect(freed.body).toEqual({ selected: 2, changed: 2, held: 0 });
  const nobody = await api.call("POST", "/v1/devices/release?expect=2", {
    json: { selector: "oui=" },
  });
  expect(nobody.status).toBe(403);
});
