/**
 * The configuration that `src/fraud/freeradius.md` shows, in a real FreeRADIUS, where one is installed; `FREERADIUS_ROOT` is
 * a folder with its `usr`, when that is not `/`. Otherwise skipped, and said so.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configFrom, startServer, type RunningServer } from "../../../src/app/server.ts";

const ROOT = process.env["FREERADIUS_ROOT"] ?? "";
const NEEDED = ["sbin/freeradius", "bin/radclient", "lib/freeradius/rlm_rest.so"];
const missing = NEEDED.map((file) => `${ROOT}/usr/${file}`).filter((file) => !existsSync(file));
if (missing.length > 0) {
  process.stderr.write(
    `\nSKIPPED: the real FreeRADIUS was not tried, as ${missing.join(", ")} is not there. ` +
      "On Debian: apt-get install freeradius freeradius-rest freeradius-utils\n\n",
  );
}

const [AUTH, ACCT] = [28_120, 28_130];
const SECRET = "lab-only-secret";
const PASSWORD = "canary-of-a-customer";

/** The blocks of the page, by what stands behind their fence. */
function block(name: string): string {
  const page = readFileSync(join(import.meta.dirname, "../../../src/fraud/freeradius.md"), "utf8");
  const found = new RegExp(`\`\`\`radius-${name}\\n(.*?)\`\`\``, "s").exec(page)?.[1];
  if (found === undefined) throw new Error(`the page has no block ${name}`);
  return found;
}

/** The least around the blocks that makes a RADIUS server. */
function configuration(folder: string): string {
  return `
prefix = ${ROOT}/usr
libdir = ${ROOT}/usr/lib/freeradius
raddbdir = ${folder}
localstatedir = ${folder}/var
logdir = ${folder}/log
run_dir = ${folder}/var
name = radiusd
max_request_time = 30
cleanup_delay = 2
max_requests = 16384
log {
  destination = files
  file = ${folder}/log/radius.log
}
security {
  max_attributes = 200
  reject_delay = 0
}
thread pool {
  start_servers = 2
  max_servers = 4
  min_spare_servers = 1
  max_spare_servers = 2
  max_requests_per_server = 0
}
client lab {
  ipaddr = 127.0.0.1
  secret = ${SECRET}
}
modules {
  preprocess {
  }
  pap {
  }
  expr {
  }
  files {
    usersfile = ${folder}/users
  }
  ${block("modules")}
}
policy {
  acct_unique {
    update request {
      &Acct-Unique-Session-Id := "%{md5:%{User-Name},%{Acct-Session-Id},%{NAS-IP-Address},%{NAS-Port-Id}}"
    }
  }
  ${block("policy")}
}
listen {
  type = proxy
  ipaddr = 127.0.0.1
  port = 0
}
server nas {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = ${AUTH}
  }
  listen {
    type = acct
    ipaddr = 127.0.0.1
    port = ${ACCT}
  }
  authorize {
    preprocess
    files
    pap
  }
  authenticate {
    Auth-Type PAP {
      pap
    }
  }
  preacct {
    preprocess
    acct_unique
    plumbline_stamp
  }
  accounting {
    plumbline_spool
  }
  post-auth {
    plumbline_login
    Post-Auth-Type REJECT {
      plumbline_login
    }
  }
}
${block("site")}
`;
}

async function radclient(kind: "auth" | "acct", attributes: readonly string[]): Promise<string> {
  const port = kind === "auth" ? AUTH : ACCT;
  const args = ["-x", "-r", "1", "-t", "8", "-D", `${ROOT}/usr/share/freeradius`];
  const run = promisify(execFile)(`${ROOT}/usr/bin/radclient`, [
    ...args,
    `127.0.0.1:${port}`,
    kind,
    SECRET,
  ]);
  run.child.stdin?.end(attributes.join("\n"));
  // A reject ends it with an error, and is an answer all the same.
  return await run.then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stdout: string }).stdout,
  );
}

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
const accounting = (status: string, time: number) =>
  radclient("acct", [
    ...[...CPE, `Acct-Status-Type = ${status}`, 'Acct-Session-Id = "s1"'],
    ...[`Acct-Session-Time = ${time}`, `Acct-Input-Octets = ${time}`, "Acct-Input-Gigawords = 1"],
  ]);
const login = (password: string) => radclient("auth", [...CPE, `User-Password = "${password}"`]);

describe.skipIf(missing.length > 0)("a real FreeRADIUS with the configuration of the page", () => {
  let folder: string;
  let server: RunningServer;
  let radius: ChildProcess;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "plumb-radius-"));
    for (const part of ["var/spool", "log"]) mkdirSync(join(folder, part), { recursive: true });
    const env = { PLUMB_DATA_DIR: join(folder, "data"), PORT: "0", LOG_LEVEL: "error" };
    server = await startServer(configFrom(env));
    const { token } = await server.access.issue("radius", ["radius:ingest"]);
    writeFileSync(
      join(folder, "users"),
      `cpe-1001@isp.example Cleartext-Password := "${PASSWORD}"\n`,
    );
    writeFileSync(join(folder, "radiusd.conf"), configuration(folder), { mode: 0o600 });
    const args = ["-f", "-d", folder, "-D", `${ROOT}/usr/share/freeradius`];
    radius = spawn(`${ROOT}/usr/sbin/freeradius`, args, {
      stdio: "inherit",
      env: { ...process.env, PLUMB_RADIUS_TOKEN: token, PLUMB_RADIUS_URL: server.url },
    });
    const log = join(folder, "log/radius.log");
    await until(() => existsSync(log) && readFileSync(log, "utf8").includes("Ready to process"));
  });
  afterAll(async () => {
    radius.kill("SIGKILL");
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function stored() {
    return await server.stores.database.db
      .selectFrom("radius_events")
      .select(["kind", "estimated", "mac", "nas", "source_address", "port_id", "in_octets"])
      .orderBy("kind")
      .execute();
  }

  async function until(check: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await check()); tries += 1) {
      if (tries > 300) throw new Error("it did not come to that in 60 s");
      await sleep(200);
    }
  }

  it("brings accounting and logins, with times, places and verdicts", async () => {
    expect(await accounting("Start", 0)).toContain("Accounting-Response");
    expect(await accounting("Interim-Update", 300)).toContain("Accounting-Response");
    expect(await accounting("Stop", 600)).toContain("Accounting-Response");
    expect(await login(PASSWORD)).toContain("Access-Accept");
    expect(await login("hand-typed-guess")).toContain("Access-Reject");
    await until(async () => (await stored()).length >= 5);
    const rows = await stored();
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

  it("lets people log in and answers the NAS while we are gone (I19)", async () => {
    await server.stop();
    expect(await login(PASSWORD)).toContain("Access-Accept");
    expect(await accounting("Interim-Update", 900)).toContain("Accounting-Response");
    expect(readFileSync(join(folder, "log/radius.log"), "utf8")).not.toContain(PASSWORD);
  });
});
