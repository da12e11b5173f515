/**
 * The configuration that `src/fraud/freeradius.md` shows, in a real FreeRADIUS as Debian ships it, where one is installed.
 * Otherwise skipped, and said so. Between the two stands a relay that keeps what passes on the wire.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configFrom, startServer, type RunningServer } from "../../../src/app/server.ts";
import {
  AUTH_PORT,
  freeradius,
  NAS_SECRET,
  missingOfFreeradius,
  radclient,
  type Freeradius,
} from "../../support/freeradius.ts";
import { startRelay, type Relay } from "../../support/relay.ts";

if (missingOfFreeradius.length > 0) {
  process.stderr.write(
    `\nSKIPPED: the real FreeRADIUS was not tried, as ${missingOfFreeradius.join(", ")} is not there. ` +
      "On Debian: apt-get install freeradius freeradius-rest freeradius-utils\n\n",
  );
}

const PASSWORD = "canary-of-a-customer";
const NAS = [
  'NAS-Identifier = "bng-1"',
  "NAS-IP-Address = 192.0.2.10",
  'NAS-Port-Id = "olt1/1/3:1001"',
];
const CPE = [
  'User-Name = "cpe-1001@isp.example"',
  'Calling-Station-Id = "00:0C:42:AA:00:01"',
  ...NAS,
];
const accounting = (status: string, time: number, session = "s1") =>
  radclient("acct", [
    ...[...CPE, `Acct-Status-Type = ${status}`, `Acct-Session-Id = "${session}"`],
    ...[`Acct-Session-Time = ${time}`, `Acct-Input-Octets = ${time}`, "Acct-Input-Gigawords = 1"],
  ]);
const login = (password: string) => radclient("auth", [...CPE, `User-Password = "${password}"`]);

describe.skipIf(missingOfFreeradius.length > 0)("a real FreeRADIUS set up by the page", () => {
  let folder: string;
  let server: RunningServer;
  let relay: Relay;
  let radius: Freeradius;
  const serve = async () => {
    const env = {
      ...{ PLUMB_DATA_DIR: join(folder, "data"), PORT: "0", LOG_LEVEL: "error" },
      PLUMB_SECRET_LOGIN: NAS_SECRET,
    };
    server = await startServer(configFrom(env));
    relay.to = server.url;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "plumb-radius-"));
    relay = await startRelay();
    await serve();
    const { token } = await server.access.issue("radius", ["radius:ingest"]);
    const users = `cpe-1001@isp.example Cleartext-Password := "${PASSWORD}"\n`;
    radius = freeradius(folder, { users, url: relay.url, token });
    await radius.start();
  });
  afterAll(async () => {
    await radius.kill();
    await server.stop();
    await relay.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function stored() {
    return await server.stores.database.db
      .selectFrom("radius_events")
      .select(["kind", "estimated", "mac", "nas", "source_address", "port_id", "in_octets"])
      .orderBy("kind")
      .execute();
  }

  async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await check()); tries += 1) {
      if (tries > 250) throw new Error(`not in 50 s: ${what}\n${radius.log()}`);
      await sleep(200);
    }
  }
  /** Nothing more comes: the spool and what FreeRADIUS works on are gone. */
  const drained = async (count: number) => {
    await until(`${count} records`, async () => (await stored()).length >= count);
    await sleep(2_500);
    return await stored();
  };

  it("brings accounting and logins, with times, places and verdicts", async () => {
    expect(await accounting("Start", 0)).toContain("Accounting-Response");
    expect(await accounting("Interim-Update", 300)).toContain("Accounting-Response");
    expect(await accounting("Stop", 600)).toContain("Accounting-Response");
    expect(await login(PASSWORD)).toContain("Access-Accept");
    expect(await login("hand-typed-guess")).toContain("Access-Reject");
    const rows = await drained(5);
    expect(rows.map(({ kind }) => kind)).toEqual(["accept", "interim", "reject", "start", "stop"]);
    for (const row of rows) {
      const where = { nas: "bng-1", source_address: "127.0.0.1", port_id: "olt1/1/3:1001" };
      expect(row).toMatchObject({ estimated: false, mac: "000c42aa0001", ...where });
    }
    expect(rows.find(({ kind }) => kind === "stop")?.in_octets).toBe(String(2 ** 32 + 600));
    const { rows: kept } = await sql<{ text: string }>`
      select coalesce(string_agg(e::text, ' '), '') || (select count(*) from radius_quarantine) as text
      from radius_events e`.execute(server.stores.database.db);
    expect(kept[0]?.text).not.toMatch(/canary|guess/);
    expect(kept[0]?.text.endsWith("0"), "nothing was put aside").toBe(true);
  });

  it("sends no password, and no user name in an address", () => {
    expect(relay.requests.length).toBeGreaterThanOrEqual(5);
    for (const { url, body } of relay.requests) {
      expect(["/v1/radius/accounting", "/v1/radius/post-auth"]).toContain(url);
      expect(body).not.toMatch(/canary|guess|Password"/);
    }
  });

  it("loses and doubles nothing while Plumbline is away, and lets people log in (I19)", async () => {
    const before = (await stored()).length;
    await server.stop();
    relay.to = null;
    for (let time = 1; time <= 20; time += 1) {
      expect(await accounting("Interim-Update", time, "s2")).toContain("Accounting-Response");
    }
    expect(await login(PASSWORD)).toContain("Access-Accept");
    expect(await login("hand-typed-guess")).toContain("Access-Reject");
    await serve();
    // Logins are not spooled: what nobody took when it happened is gone.
    expect(await drained(before + 20)).toHaveLength(before + 20);
    const { rows } = await sql<{ late: number }>`
      select count(*)::int as late from radius_events
      where not estimated and received_at - at > interval '1 second'`.execute(
      server.stores.database.db,
    );
    expect(rows[0]?.late, "they kept the time at which they happened").toBeGreaterThan(0);
  });

  it("loses and doubles nothing when FreeRADIUS dies while it empties the spool", async () => {
    const before = (await stored()).length;
    const passed = relay.requests.length;
    relay.to = null;
    for (let time = 1; time <= 20; time += 1) await accounting("Interim-Update", time, "s3");
    relay.loseAnswers = true;
    relay.to = server.url;
    await until(
      "a record that is committed and not answered",
      () => relay.requests.length > passed,
    );
    await radius.kill();
    relay.loseAnswers = false;
    await radius.start();
    expect(await drained(before + 20)).toHaveLength(before + 20);
    expect(relay.requests.length - passed, "one came twice").toBeGreaterThan(20);
  });

  it("proves a new password of ours by a login, by PAP and by CHAP", async () => {
    const admin = readFileSync(server.tokenFile, "utf8").trim();
    const call = async (method: string, path: string, body: unknown) => {
      const headers = { Authorization: `Bearer ${admin}`, "Content-Type": "application/json" };
      const text = JSON.stringify(body);
      const answer = await fetch(server.url + path, { method, headers, body: text });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const record = (kind: string, name: string, spec: object) => ({
      ...{ apiVersion: "plumbline/v1", kind, metadata: { name }, spec },
    });
    const device = "0019E0-WIXB-R1";
    const rotate = (body: object) => call("POST", `/v1/devices/${device}/rotate-credential`, body);
    const secret = { env: "PLUMB_SECRET_LOGIN" };
    const before = (await stored()).length;
    for (const method of ["pap", "chap"]) {
      const login = { address: "127.0.0.1", port: AUTH_PORT, secret, method };
      const identity = { oui: "0019E0", productClass: "WIXB", serial: "R1" };
      const documents = [
        record("Acs", "main", { kind: "friendly", address: "http://127.0.0.1:1/" }),
        record("Device", device, { acs: "main", ...identity }),
        record("Aaa", "radius-1", { login }),
      ];
      expect((await call("POST", "/v1/manifests", { documents })).status).toBe(200);
      const credentials = { username: "cpe-2002@isp.example" };
      await call("PUT", `/v1/devices/${device}/desired`, { credentials });
      const { version, password } = (await rotate({})).body;
      const refused = await rotate({ testLogin: true, version });
      expect([refused.status, refused.body["code"]]).toEqual([409, "test_login_refused"]);
      radius.know(`cpe-2002@isp.example Cleartext-Password := "${String(password)}"\n`);
      await radius.kill();
      await radius.start();
      expect((await rotate({ testLogin: true, version })).status, radius.log()).toBe(202);
      expect(radius.log()).not.toContain(String(password));
    }
    // What FreeRADIUS told of them is nobody's login.
    await drained(before + 4);
    const own = await server.stores.database.db
      .selectFrom("radius_events")
      .select(["kind", "credential", "mac"])
      .where("mac_raw", "like", "plumbline-%")
      .orderBy("kind")
      .execute();
    const verdict = (kind: string) => ({ kind, credential: null, mac: null });
    expect(own).toEqual(["accept", "accept", "reject", "reject"].map(verdict));
  });

  it("writes no password into its log", () => {
    expect(radius.log()).not.toMatch(/canary|guess/);
  });
});
