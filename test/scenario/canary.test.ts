/**
 * Secrets that must be found nowhere (I18): passwords of subscribers, of the ACS and of the parking credential, also those
 * that we make, and what we share with an AAA for ending sessions and for logins. The program
 * runs in a process of its own with all of its outlets open, is led through what goes well and what goes wrong, and then
 * everything that it wrote or answered is searched. Only the simulator may know them, which plays the CPEs, and the AAA.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSimulator, type Simulator } from "../../src/acs/simulator/server.ts";
import { treesFolder, wsdlFile } from "../../src/app/shipped.ts";
import { runCli } from "../../src/cli/program.ts";
import { PlumbClient } from "../../src/client/http.ts";
import { makeKeyring } from "../../src/store/keyring.ts";
import { READ, STATUS, WRITE } from "../support/call-log.ts";
import { testDatabase, type TestDatabase } from "../support/database.ts";
import { hurry, pauseOver } from "../support/due.ts";
import { databaseUrl } from "../support/database-url.ts";
import { startAaa, type FakeAaa } from "../support/fake-aaa.ts";
import { startNas, type FakeNas } from "../support/fake-nas.ts";
import { eventually, killPlumbs, startPlumb, type Plumb } from "../support/plumb-process.ts";

/** Stands in every one of them, and in nothing else. */
const CANARY = "C4n4ry7f3a";
const PASSWORDS = {
  basic: `${CANARY}-of-basic-&-<more>`,
  token: `${CANARY}-of-token-"é"`,
  parking: `${CANARY}-parking`,
  mgmt: `${CANARY}-of-cpes-at-the-acs`,
  request: `${CANARY}-of-the-acs-at-cpes`,
  coa: `${CANARY}-of-the-nas`,
  login: `${CANARY}-of-the-aaa`,
};
/** Made by us, so without the mark: searched for as they are. */
const made: string[] = [];
const passwordOf = (serial: string): string => `${CANARY}-${serial}-&<>'"`;

/** As it stands, in any case, and as base64 and hex would show it. */
function spellings(): readonly RegExp[] {
  const bytes = Buffer.from(CANARY, "utf8");
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replaceAll("=", "");
    // The first and the last characters also depend on what stands beside it.
    return new RegExp(text.slice(shift === 0 ? 0 : shift + 1, -2));
  });
  const own = made.map((password) => new RegExp(password));
  return [new RegExp(CANARY, "i"), new RegExp(bytes.toString("hex"), "i"), ...base64, ...own];
}

/** Where it was found, with what stands around it. */
function found(places: Readonly<Record<string, string>>): string[] {
  return Object.entries(places).flatMap(([place, text]) =>
    spellings().flatMap((spelling) => {
      const at = text.search(spelling);
      return at < 0 ? [] : [`${place}: …${text.slice(Math.max(0, at - 120), at + 60)}…`];
    }),
  );
}

/** All that a stream has from its beginning on: until it brings nothing new for a second. */
async function streamed(url: string, headers: Record<string, string>): Promise<string> {
  const answer = await fetch(url, { headers });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const chunk = await Promise.race([reader?.read(), sleep(1_000)]);
    if (chunk?.value === undefined) break;
    text += chunk.value;
  }
  await reader?.cancel();
  return text;
}

interface Cpe {
  readonly id: string;
  readonly oui: string;
  readonly productClass: string;
  readonly serial: string;
}

let database: TestDatabase;
let folder: string;
let sentry: Server;
const envelopes: string[] = [];
let basic: Simulator;
let token: Simulator;
let nas: FakeNas;
let aaa: FakeAaa;
let plumb: Plumb;
let admin: PlumbClient;
let billing: PlumbClient;
let cpes: readonly (Cpe & { readonly acs: string })[];

const adminToken = (): string => readFileSync(join(folder, "data", "admin-token"), "utf8").trim();
const bearer = (): Record<string, string> => ({ Authorization: `Bearer ${adminToken()}` });
/** Bodies of answers that said no. */
const problems: string[] = [];

const simulators = () => [basic, token];

/** @param shown of its CPEs, the share that reads back in clear what it should hide */
async function startAcs(
  kind: "basic" | "usernametoken",
  password: string,
  shown: number,
): Promise<Simulator> {
  return await startSimulator({
    treesDir: treesFolder(),
    wsdlFile: wsdlFile(),
    count: 8,
    models: ["talk-frequency-table", "huawei-bm632w"],
    latencyMs: 2,
    shownSecretsShare: shown,
    auth: { kind, user: "plumbline", password },
  });
}

async function startSentry(): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const zipped = request.headers["content-encoding"] === "gzip";
      envelopes.push((zipped ? gunzipSync(body) : body).toString("utf8"));
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const acsManifest = (name: string, simulator: Simulator, kind: string, secret: string) => ({
  apiVersion: "plumbline/v1",
  kind: "Acs",
  metadata: { name },
  spec: {
    kind: "friendly",
    address: simulator.acsUrl,
    auth: { kind, username: "plumbline", password: { env: secret } },
    mode: "write",
    dutyCycle: 100,
    proving: "automatic",
    deadlines: { call: "1s", verify: "1s", prove: "1ms" },
    parkingCredential: { username: "parking", password: { file: "parking" } },
  },
});

const aaaManifest = () => ({
  apiVersion: "plumbline/v1",
  kind: "Aaa",
  metadata: { name: "radius-1" },
  spec: {
    ...{ address: "127.0.0.1", port: nas.port, secret: { env: "PLUMB_SECRET_COA" } },
    ...{ attempts: 1, timeout: "100ms", settle: "0s" },
    login: {
      ...{ address: "127.0.0.1", port: aaa.port, secret: { env: "PLUMB_SECRET_LOGIN" } },
      ...{ attempts: 1, timeout: "200ms" },
    },
  },
});

const pathOf = (id: string): string => `/v1/devices/${encodeURIComponent(id)}`;

async function put(id: string, password: string): Promise<void> {
  const answer = await billing.raw("PUT", `${pathOf(id)}/desired`, {
    json: { credentials: { username: `new-${id}@isp.example`.toLowerCase(), password } },
  });
  expect(answer.status, answer.body).toBeLessThan(300);
}

async function stateOf(id: string): Promise<string> {
  return (await admin.device(id)).status.state;
}

/** Trouble and doubt wait for seconds; here whoever waits asks again at once. */
async function hasten(): Promise<void> {
  await pauseOver(database.db);
  await hurry(database.db, ["urgent", "returning", "rollout", "drift"]);
}

beforeAll(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), "plumb-canary-"));
  sentry = await startSentry();
  basic = await startAcs("basic", PASSWORDS.basic, 0);
  token = await startAcs("usernametoken", PASSWORDS.token, 1);
  for (const entry of token.core.acs.entries) {
    const { root } = entry.state.cpe.model;
    token.core.acs.tamper(entry, [
      { path: `${root}.ManagementServer.Password`, value: PASSWORDS.mgmt },
      { path: `${root}.ManagementServer.ConnectionRequestPassword`, value: PASSWORDS.request },
    ]);
  }
  nas = await startNas(PASSWORDS.coa);
  aaa = await startAaa(PASSWORDS.login);
  await makeKeyring(join(folder, "keyring.json"));
  const secrets = mkdtempSync(join(folder, "secrets-"));
  writeFileSync(join(secrets, "parking"), `${PASSWORDS.parking}\n`);
  writeFileSync(join(secrets, "token"), `${PASSWORDS.token}\n`);
  const { port } = sentry.address() as AddressInfo;
  plumb = startPlumb(["serve"], {
    DATABASE_URL: databaseUrl(database),
    PLUMB_KEYRING_FILE: join(folder, "keyring.json"),
    PLUMB_DATA_DIR: join(folder, "data"),
    PLUMB_SECRETS_DIR: secrets,
    PLUMB_SECRET_BASIC: PASSWORDS.basic,
    PLUMB_SECRET_TOKEN_FILE: join(secrets, "token"),
    PLUMB_SECRET_COA: PASSWORDS.coa,
    PLUMB_SECRET_LOGIN: PASSWORDS.login,
    SENTRY_DSN: `http://key@127.0.0.1:${port}/1`,
    LOG_LEVEL: "debug",
  });
  const shown = (await plumb.says(/shown once: (plumb_\S+)/))[1] ?? "";
  const url = await plumb.url();
  admin = new PlumbClient({ url, token: shown });
  billing = admin;

  // Half of each fleet, so that no serial number is known to both.
  const halves = await Promise.all(
    simulators().map(async (simulator, which) => {
      const answer = await fetch(`${simulator.url}/sim/devices`);
      const { devices } = (await answer.json()) as { devices: Cpe[] };
      const acs = which === 0 ? "basic" : "token";
      return devices.slice(which * 4, which * 4 + 4).map((cpe) => ({ ...cpe, acs }));
    }),
  );
  cpes = halves.flat();
  const devices = cpes.map(({ id, oui, productClass, serial, acs }) => ({
    apiVersion: "plumbline/v1",
    kind: "Device",
    metadata: { name: id },
    spec: { acs, oui, ...(productClass === "" ? {} : { productClass }), serial },
  }));
  await admin.ask("POST", "/v1/manifests", {
    json: {
      documents: [
        acsManifest("basic", basic, "basic", "PLUMB_SECRET_BASIC"),
        acsManifest("token", token, "usernametoken", "PLUMB_SECRET_TOKEN"),
        {
          apiVersion: "plumbline/v1",
          kind: "FraudPolicy",
          metadata: { name: "default" },
          spec: { rules: { P10: { enabled: true } } },
        },
        aaaManifest(),
        ...devices,
      ],
    },
  });
});

afterAll(async () => {
  await killPlumbs();
  for (const simulator of simulators()) await simulator.stop();
  await nas.close();
  await aaa.close();
  sentry.closeAllConnections();
  await new Promise((resolve) => sentry.close(resolve));
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("while all goes well", () => {
  it("passwords reach every CPE over Basic and over UsernameToken", async () => {
    for (const { id, serial } of cpes) await put(id, passwordOf(serial));
    await eventually("all converged", async () => {
      const { states } = await admin.fleet();
      return states["converged"] === cpes.length;
    });
    for (const { serial, acs } of cpes) {
      const { core } = acs === "basic" ? basic : token;
      const held = JSON.stringify([...(core.acs.find(serial)?.state.cpe.overlay.values() ?? [])]);
      expect(held).toContain(`${CANARY}-${serial}`);
    }
  });

  it("an ended service gets the parking credential", async () => {
    const { id = "", serial = "" } = cpes[0] ?? {};
    expect((await billing.raw("DELETE", `${pathOf(id)}/desired`)).status).toBe(202);
    await eventually("parked", () =>
      JSON.stringify([...(basic.core.acs.find(serial)?.state.cpe.overlay.values() ?? [])]).includes(
        PASSWORDS.parking,
      ),
    );
  });
});

describe("while things go wrong", () => {
  /** One CPE for each operation whose refusal quotes the password of that very CPE. */
  it.each([
    [WRITE, 1, "quarantined"],
    [READ, 5, "offline"],
    [STATUS, 6, "unknown"],
  ] as const)("an ACS refuses %s and quotes the password", async (operation, index, state) => {
    const { id, serial, acs } = cpes[index] as (typeof cpes)[number];
    const simulator = acs === "basic" ? basic : token;
    const password = `${passwordOf(serial)}-second`;
    const message = `value '${password}' (account plumbline:${PASSWORDS[acs as "basic"]}) is not valid`;
    if (operation === STATUS) {
      // Only a device without a fresh sign of life is asked for one.
      await sql`update device_status set contact_at = null where device =
        (select device from devices where device_id = ${id})`.execute(database.db);
    }
    simulator.inject({ kind: "error-code", operation, serial, message, code: 300, count: 1_000 });
    await put(id, password);
    await eventually(`it is ${state}`, async () => {
      await hasten();
      return (await stateOf(id)) === state;
    });
  });

  it("answers are wrong, and each is told to Sentry", async () => {
    const { id, serial } = cpes[2] ?? { id: "", serial: "" };
    for (const kind of ["html", "wrong-operation", "other-device", "truncated"] as const) {
      basic.inject({ kind, operation: READ, serial });
    }
    basic.inject({ kind: "wrong-operation", operation: WRITE, serial });
    const before = envelopes.length;
    await put(id, `${passwordOf(serial)}-third`);
    await eventually("converged at last", async () => {
      await hasten();
      const { status, openIntents } = await admin.device(id);
      // The write whose answer was somebody else's stays in the ledger: it may be executed late.
      return status.state === "converged" && openIntents.every(({ verdict }) => verdict !== null);
    });
    await eventually("Sentry was told", () => envelopes.length >= before + 5);
  });

  it("bodies are refused that hold a password", async () => {
    const { id = "" } = cpes[3] ?? {};
    const url = `${await plumb.url()}${pathOf(id)}/desired`;
    const password = passwordOf("refused");
    const text = (value: unknown): string => JSON.stringify(value);
    const credentials = { username: "u@isp.example", password };
    const bodies = [
      text({ credentials }).slice(0, -3),
      text({ credentials: { ...credentials, password: [password] } }),
      text({ credentials: { ...credentials, password: password.repeat(500) } }),
      text({ credentials: { ...credentials, password: `${password}\u0000` } }),
      text({ credentials: { ...credentials, passwort: password } }),
      text({ credentials: { password } }),
      text({ credentials: password }),
      text({ credential: credentials }),
      text({ credentials, firmware: { version: 7 } }),
      `{"credentials":{"password":"${password}","password":"${password}"}}`,
      `credentials: {password: ${password}}`,
    ];
    const ask = async (init: RequestInit): Promise<void> => {
      const answer = await fetch(url, { method: "PUT", ...init });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      problems.push(await answer.text());
    };
    const headers = { ...bearer(), "Content-Type": "application/json" };
    for (const body of bodies) await ask({ headers, body });
    const body = text({ credentials });
    await ask({ headers: { ...headers, Authorization: `Bearer ${password.slice(0, 20)}` }, body });
    await ask({ headers: { ...headers, "Content-Type": "text/plain" }, body });
    await ask({ headers: { ...headers, "If-Match": `"99"` }, body });
    const manifests = `${await plumb.url()}/v1/manifests`;
    const spec = { kind: "friendly", address: `http://plumbline:${PASSWORDS.basic}@127.0.0.1/` };
    const acs = { apiVersion: "plumbline/v1", kind: "Acs", metadata: { name: "x" }, spec };
    const clear = { ...spec, auth: { kind: "basic", username: "u", password: PASSWORDS.basic } };
    for (const document of [acs, { ...acs, spec: clear }]) {
      const answer = await fetch(manifests, {
        method: "POST",
        headers,
        body: text({ documents: [document] }),
      });
      expect(answer.status).toBe(422);
      problems.push(await answer.text());
    }
  });
});

describe("at the AAA", () => {
  const user = (id: string) => `new-${id}@isp.example`.toLowerCase();

  it("a new password is tried: refused, with a challenge, unanswered, by a forger, and accepted", async () => {
    const { id = "" } = cpes[3] ?? {};
    const rotate = async (json: object, status: number) => {
      const answer = await admin.raw("POST", `${pathOf(id)}/rotate-credential`, { json });
      expect(answer.status, answer.body).toBe(status);
      return answer.body;
    };
    const shown = await rotate({}, 200);
    const { version, password } = JSON.parse(shown) as { version: number; password: string };
    made.push(password);
    const prove = { testLogin: true, version };
    problems.push(await rotate(prove, 409));
    for (const [behaviour, status] of [
      ["challenge", 409],
      ["silence", 503],
      ["wrong-secret", 503],
      ["wrong-signature", 503],
    ] as const) {
      aaa.behave = behaviour;
      problems.push(await rotate(prove, status));
    }
    aaa.behave = "honest";
    aaa.users.set(user(id), password);
    problems.push(await rotate(prove, 202));
    expect(aaa.requests.at(-1)).toMatchObject({ signed: true, fits: true });
  });

  it("a session is ended, by a NAS that answers with another secret and by one that says yes", async () => {
    const { id = "" } = cpes[3] ?? {};
    const accounting = async (session: string) => {
      const attribute = (value: string | number) => ({ type: "x", value: [value] });
      const answer = await admin.raw("POST", "/v1/radius/accounting", {
        json: {
          "User-Name": attribute(user(id)),
          "Acct-Status-Type": attribute("Start"),
          "Acct-Session-Id": attribute(session),
          "NAS-Identifier": attribute("bng-1"),
          "User-Password": attribute(`${CANARY}-typed`),
          "Tmp-Integer-0": attribute(Math.floor(Date.now() / 1_000)),
        },
      });
      expect(answer.status).toBe(204);
    };
    for (const behaviour of ["wrong-secret", "ack"] as const) {
      nas.behave = () => behaviour;
      const before = nas.requests.length;
      await accounting(`s-${behaviour}`);
      // Whose session it is, is known once the digest of the new name is made.
      await eventually("the NAS was asked", async () => {
        await admin.raw("POST", `${pathOf(id)}/suspend`, { json: { reason: "fraud" } });
        await sleep(700);
        await admin.raw("POST", `${pathOf(id)}/resume`, { json: { reason: "fraud" } });
        return nas.requests.length > before;
      });
    }
    expect(nas.requests.every(({ verified }) => verified)).toBe(true);
  });
});

describe("afterwards no password is found", () => {
  it("in any answer that said no", () => {
    expect(problems.length).toBeGreaterThan(12);
    expect(found(Object.fromEntries(problems.map((text, at) => [`problem ${at}`, text])))).toEqual(
      [],
    );
  });

  it("in any answer of any GET address", async () => {
    const index = await (await fetch(`${await plumb.url()}/`)).text();
    const patterns = [...index.matchAll(/^GET\s+(\S+)$/gm)].map((match) => match[1] ?? "");
    expect(patterns.length).toBeGreaterThan(10);
    const answers: Record<string, string> = {};
    for (const pattern of patterns) {
      const ids = cpes.map(({ id }) => encodeURIComponent(id));
      const names = pattern.includes(":name")
        ? ["basic", "token", "radius-1"]
        : pattern.includes(":id")
          ? ids
          : [""];
      for (const name of names) {
        const path = pattern.replace(/:(name|id)/, name);
        answers[`GET ${path}`] =
          path === "/v1/watch"
            ? await streamed(`${await plumb.url()}${path}?after=0`, bearer())
            : (await admin.raw("GET", path)).body;
      }
    }
    expect(answers["GET /v1/watch"]).toContain("change.verified");
    expect(found(answers)).toEqual([]);
  });

  it("in what the command line prints, in any format", async () => {
    const outputs: Record<string, string> = {};
    const env = {
      PLUMB_URL: await plumb.url(),
      PLUMB_TOKEN: adminToken(),
    };
    const commands = [
      ["get", "devices"],
      ["get", "fleet"],
      ["get", "acs"],
      ["get", "acs", "basic"],
      ...cpes.map(({ id }) => ["describe", "device", id]),
    ];
    for (const command of commands) {
      for (const format of ["table", "wide", "json", "name"]) {
        let text = "";
        const out = { write: (chunk: string) => ((text += chunk), true) };
        const argv = [...command, "-o", format];
        const code = await runCli(argv, {
          stdout: out,
          stderr: out,
          env,
          isTTY: false,
          serverCommands: {},
        });
        expect(code, text).toBe(0);
        outputs[argv.join(" ")] = text;
      }
    }
    expect(found(outputs)).toEqual([]);
  });

  it("in any row of any table", async () => {
    const tables = await sql<{ name: string }>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE'`.execute(database.db);
    const places: Record<string, string> = {};
    for (const { name } of tables.rows) {
      const { rows } = await sql<{ row: string }>`
        select t::text as row from ${sql.table(name)} t`.execute(database.db);
      places[`table ${name}`] = rows.map(({ row }) => row).join("\n");
    }
    expect(found(places)).toEqual([]);
    expect(places["table intents"], "what it wrote was quoted, and is marked").toContain(
      "[secret]",
    );
    const shown = await sql<{ opens: string; cpes: number; secrets: number }>`
      select opens, count(*)::int as cpes, count(distinct digest)::int as secrets from device_secrets
      group by opens order by opens`.execute(database.db);
    expect(shown.rows, "four CPEs showed theirs, and digests are left of them").toEqual([
      { opens: "acs", cpes: 4, secrets: 1 },
      { opens: "connection_request", cpes: 4, secrets: 1 },
      { opens: "service", cpes: 4, secrets: 4 },
    ]);
  });

  it("in any line of its log at level debug, nor in the envelopes for Sentry", async () => {
    expect((await plumb.stop()).code).toBe(0);
    expect(plumb.err().split("\n").length).toBeGreaterThan(50);
    expect(envelopes.join("\n")).toContain("answered a read");
    const places = { log: plumb.err(), stdout: plumb.out(), envelopes: envelopes.join("\n") };
    expect(found(places)).toEqual([]);
  });

  it("in the ACS's log of our calls, nor in any file of the data folder", () => {
    const calls = simulators().map(({ core }) => JSON.stringify(core.calls.after(0, 100_000)));
    const files = readdirSync(join(folder, "data"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(0);
    const places: Record<string, string> = { calls: calls.join("\n") };
    for (const file of files) places[file.slice(folder.length)] = readFileSync(file, "latin1");
    expect(found(places)).toEqual([]);
  });

  it("although it would be: the same search finds it in what the CPEs hold", () => {
    const held = [...(basic.core.acs.entries[1]?.state.cpe.overlay.values() ?? [])];
    const text = JSON.stringify(held);
    expect(found({ plain: text })).toHaveLength(1);
    expect(found({ base64: Buffer.from(`acs:${text}`).toString("base64") })).toHaveLength(1);
    expect(found({ hex: Buffer.from(text).toString("hex") })).toHaveLength(1);
  });
});
