/** A rotation that is proven by a login: through HTTP, at a RADIUS server of its own, and seen by our own ingest. */
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startAaa, type FakeAaa } from "../../support/fake-aaa.ts";
import { AT, DESIRED, manifest, openApi, type Answer, type Api } from "./api-fixture.ts";

/** As the fixture resolves every reference. */
const SHARED = "shared-with-nobody";
const NAME = "cpe1@isp.example";

let api: Api;
let aaa: FakeAaa;
beforeAll(async () => {
  api = await openApi();
  aaa = await startAaa(SHARED);
});
afterAll(async () => {
  await aaa.close();
  await api.close();
});

const rotate = (json: unknown): Promise<Answer> =>
  api.call("POST", `${AT}/rotate-credential`, { json });
const problem = ({ status, body }: Answer) => [status, body["code"], body["retry"]];
const give = (username = NAME) =>
  api.call("PUT", DESIRED, { json: { credentials: { username, password: "first-of-billing" } } });
const sides = async (): Promise<unknown> =>
  ((await api.call("GET", DESIRED)).body["document"] as Record<string, unknown>)["credential"];
const apply = (login: object | null) =>
  api.call("POST", "/v1/manifests", {
    token: api.tokens.operator,
    json: {
      documents: [
        manifest("Aaa", "radius-1", {
          address: "127.0.0.1",
          secret: { env: "PLUMB_SECRET_COA" },
          ...(login === null ? {} : { login }),
        }),
      ],
    },
  });
const LOGIN = () => ({
  address: "127.0.0.1",
  port: aaa.port,
  secret: { env: "PLUMB_SECRET_LOGIN" },
  attempts: 1,
  timeout: "200ms",
});

/** A password of ours that the AAA has, or does not. */
async function made(known: boolean): Promise<{ version: number; password: string }> {
  const { body } = await rotate({});
  const { version, password } = body as { version: number; password: string };
  aaa.users.set(NAME, known ? password : "another");
  return { version, password };
}

beforeEach(async () => {
  aaa.behave = "honest";
  aaa.requests.length = 0;
  await give();
});

describe("without a record that has a login", () => {
  it("says which one is missing, and what else proves it", async () => {
    const { version } = await made(true);
    for (const login of [null, { ...LOGIN(), realms: ["other.example"] }]) {
      expect((await apply(login)).status).toBe(200);
      const refused = await rotate({ testLogin: true, version });
      expect(problem(refused)).toEqual([409, "test_login_unavailable", "after_change"]);
      expect(refused.body["detail"]).toContain("the realm isp.example");
      expect(refused.body["detail"]).toContain(`{"aaaUpdated": true, "version": ${version}}`);
    }
    expect(aaa.requests).toEqual([]);
  });
});

describe("with one", () => {
  beforeAll(async () => {
    await apply(LOGIN());
  });

  it("an accepted login proves it: the CPE is due, and the document says which proof and when", async () => {
    const before = (await sides()) as { aaa: object };
    expect(before.aaa).toMatchObject({ proof: "put", by: null });
    const { version } = await made(true);
    expect(await sides()).toMatchObject({ aaa: before.aaa, next: { version } });

    const done = await rotate({ testLogin: true, version });
    expect(done.status).toBe(202);
    expect(done.body["credentials"]).toMatchObject({ password: { version } });
    expect(aaa.requests).toHaveLength(1);
    expect(aaa.requests[0]).toMatchObject({ signed: true, fits: true });
    const shown = {
      aaa: { version, proof: "test_login", by: "radius-1", at: expect.any(String) as string },
      cpe: { state: "waiting", at: null },
      next: null,
    };
    expect(await sides()).toEqual(shown);
    const device = await api.call("GET", AT);
    expect((device.body["documents"] as { credential: unknown }[])[0]?.credential).toEqual(shown);
    const events = (device.body["events"] as { type: string; data: unknown }[]).filter(
      ({ type }) => type === "CredentialProven",
    );
    expect(events[0]?.data).toEqual({
      writer: "billing",
      version,
      proof: "test_login",
      aaa: "radius-1",
    });

    // Repeated, it is in force already: nobody logs in again.
    expect((await rotate({ testLogin: true, version })).status).toBe(200);
    expect(aaa.requests).toHaveLength(1);
  });

  it("the word of billing is another proof, and shown as that", async () => {
    const { version } = await made(false);
    expect((await rotate({ aaaUpdated: true, version })).status).toBe(202);
    expect(await sides()).toMatchObject({ aaa: { version, proof: "word", by: null } });
  });

  it.for([
    ["rejected", "honest", [409, "test_login_refused", "after"], "EAP"],
    [
      "answered with a challenge",
      "challenge",
      [409, "test_login_unavailable", "after_change"],
      "EAP",
    ],
    ["not answered", "silence", [503, "test_login_unanswered", "after"], "no answer"],
    [
      "accepted by somebody without the secret",
      "wrong-secret",
      [503, "test_login_unanswered", "after"],
      "secret",
    ],
    [
      "accepted with a broken signature",
      "wrong-signature",
      [503, "test_login_unanswered", "after"],
      "secret",
    ],
  ] as const)("a login that is %s changes nothing", async ([, behaviour, expected, hint]) => {
    const { version, password } = await made(false);
    aaa.behave = behaviour;
    const before = await api.state();
    const refused = await rotate({ testLogin: true, version });
    expect(problem(refused)).toEqual(expected);
    expect(refused.headers.has("Retry-After")).toBe(expected[2] === "after");
    expect(refused.body["detail"]).toContain(hint);
    expect(refused.text).not.toContain(password);
    expect(refused.text).not.toContain(SHARED);
    expect(await api.state()).toEqual(before);
    aaa.behave = "honest";
    aaa.users.set(NAME, password);
    expect((await rotate({ testLogin: true, version })).status, "tried again").toBe(202);
  });

  it("a proof is of the user that logged in: named otherwise meanwhile, it is none", async () => {
    const { version } = await made(true);
    const { device: key } = await api.db
      .selectFrom("desired_documents")
      .select("device")
      .executeTakeFirstOrThrow();
    const actor = { owner: "billing", tokenId: "", requestId: "" };
    const proof = {
      kind: "test_login",
      aaa: "radius-1",
      username: "cpe2",
      realm: "isp.example",
    } as const;
    await expect(api.store.confirmPassword(key, version, actor, proof)).rejects.toMatchObject({
      code: "aaa_unproven",
    });
  });

  it("a version that no password waits at is not tried", async () => {
    const { version } = await made(true);
    expect(problem(await rotate({ testLogin: true, version: version + 7 }))[1]).toBe(
      "aaa_unproven",
    );
    expect(aaa.requests).toEqual([]);
  });

  it("goes along when the service gets another box", async () => {
    const { version } = await made(true);
    await rotate({ testLogin: true, version });
    const swap = { to: "A2" };
    expect((await api.call("POST", `${AT}/swap`, { json: swap })).status).toBe(202);
    const there = await api.call("GET", "/v1/devices/A2/desired");
    expect(there.body["document"]).toMatchObject({
      credential: { aaa: { proof: "test_login", by: "radius-1" }, cpe: { state: "waiting" } },
    });
    await api.call("DELETE", "/v1/devices/A2/desired");
  });
});

describe("what the AAA reports of such a login", () => {
  const attribute = (value: string | number) => ({ type: "x", value: [value] });
  const report = async (station: string, verdict: string, user = NAME) => {
    const token = await api.token("radius", "radius:ingest");
    const answer = await api.call("POST", "/v1/radius/post-auth", {
      token,
      json: {
        "User-Name": attribute(user),
        "Calling-Station-Id": attribute(station),
        "NAS-Identifier": attribute("plumbline"),
        "Tmp-Integer-0": attribute(Math.floor(Date.now() / 1_000)),
        "Tmp-String-1": attribute(Buffer.from(station).toString("hex")),
        "Tmp-String-2": attribute(verdict),
      },
    });
    expect(answer.status).toBe(204);
  };
  const suspects = async () => {
    const { rows } = await sql<{ n: number }>`
      select (select count(*) from fraud_due where kind = 'credential')::int as n`.execute(api.db);
    return rows[0]?.n;
  };

  it("is kept as history and is nobody's, so that it accuses nobody", async () => {
    await apply(LOGIN());
    const { version } = await made(true);
    await rotate({ testLogin: true, version });
    const station = aaa.requests[0]?.attributes.get(31)?.toString() ?? "";
    expect(station).toMatch(/^plumbline-[0-9a-f]{24}$/);
    await sql`delete from fraud_due`.execute(api.db);
    await report(station, "Access-Accept");
    await report(station, "Access-Reject");
    expect(await suspects()).toBe(0);
    const rows = await api.db
      .selectFrom("radius_events")
      .select(["kind", "credential", "outer_identity", "mac", "mac_raw", "nas"])
      .orderBy("kind")
      .execute();
    const own = {
      credential: null,
      outer_identity: null,
      mac: null,
      mac_raw: station,
      nas: "plumbline",
    };
    expect(rows).toEqual([
      { kind: "accept", ...own },
      { kind: "reject", ...own },
    ]);
    // The name of our NAS alone hides nothing, nor does the mark of another user.
    await report("00:0C:42:AA:00:09", "Access-Accept");
    expect(await suspects()).toBe(1);
    await report(station, "Access-Accept", "cpe2@isp.example");
    expect(await suspects()).toBe(2);
  });
});
