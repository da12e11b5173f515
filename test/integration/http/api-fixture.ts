/** The API over the real store, without a socket: requests as text, answers as values. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { randomBytes } from "node:crypto";
import { systemClock } from "../../../src/app/clock.ts";
import { shippedMapsWith } from "../../../src/app/shipped.ts";
import { udpLoginTester } from "../../../src/app/test-login.ts";
import { httpApp } from "../../../src/http/app.ts";
import type { App } from "../../../src/http/context.ts";
import { shippedOpenApi } from "../../../src/package/files.ts";
import { accessOf, type Scope } from "../../../src/service/access.ts";
import { keysOf } from "../../../src/service/keys.ts";
import { radiusIngest } from "../../../src/service/radius.ts";
import { Secret } from "../../../src/lib/secret.ts";
import type { AaaStore } from "../../../src/ports/aaa-store.ts";
import type { FindingsStore } from "../../../src/ports/findings-store.ts";
import type { FleetStore } from "../../../src/ports/fleet-store.ts";
import type { ResponseStore } from "../../../src/ports/response-store.ts";
import { aaaStore } from "../../../src/store/aaa.ts";
import { feedStore } from "../../../src/store/feed.ts";
import { fleetStore } from "../../../src/store/fleet/index.ts";
import { findingsStore } from "../../../src/store/fraud/findings.ts";
import { responseStore } from "../../../src/store/fraud/responses.ts";
import { inventoryStore } from "../../../src/store/inventory.ts";
import { makeKeyring, type Keyring } from "../../../src/store/keyring.ts";
import { keyStore } from "../../../src/store/rotate-keys.ts";
import { webhookStore } from "../../../src/store/webhooks.ts";
import { radiusStore } from "../../../src/store/radius.ts";
import type { Database } from "../../../src/store/tables.ts";
import { testDatabase } from "../../support/database.ts";
import { unlike, type Document } from "../../support/openapi/conforms.ts";
import { recorder, type Recorder } from "../../support/stack.ts";

const DOCUMENT = JSON.parse(shippedOpenApi()) as Document;

export const DEVICE = "0019E0-WIXB-A1";
export const AT = `/v1/devices/${DEVICE}`;
export const DESIRED = `${AT}/desired`;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export interface Ask {
  readonly json?: unknown;
  readonly text?: string;
  readonly bytes?: Uint8Array;
  readonly type?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | null;
}

export interface Api {
  /** Holds `keyring.json`. */
  readonly folder: string;
  readonly app: App;
  /** As a server does when it is told to end. */
  endStreams(): void;
  readonly db: Kysely<Database>;
  readonly keyring: Keyring;
  readonly store: FleetStore;
  readonly findings: FindingsStore;
  readonly responses: ResponseStore;
  readonly aaa: AaaStore;
  readonly telemetry: Recorder;
  /** As billing, unless another token is given. */
  call(method: string, path: string, ask?: Ask): Promise<Answer>;
  token(owner: string, ...scopes: Scope[]): Promise<string>;
  readonly tokens: { readonly billing: string; readonly operator: string; readonly reader: string };
  /** Everything that a refused request must leave as it was. */
  state(): Promise<unknown>;
  close(): Promise<void>;
}

export function manifest(kind: string, name: string, spec: unknown, labels: object = {}): object {
  return { apiVersion: "plumbline/v1", kind, metadata: { name, labels }, spec };
}

export const ACS = manifest("Acs", "main", { kind: "friendly", address: "http://127.0.0.1:1/" });

export function device(serial: string, labels: object = {}): object {
  const spec = { oui: "0019E0", productClass: "WIXB", serial, acs: "main" };
  return manifest("Device", `0019E0-WIXB-${serial}`, spec, labels);
}

async function send(app: App, method: string, path: string, ask: Ask): Promise<Answer> {
  const headers: Record<string, string> = { ...ask.headers };
  if (ask.token != null) headers["Authorization"] = `Bearer ${ask.token}`;
  const body = ask.text ?? (ask.json === undefined ? undefined : JSON.stringify(ask.json));
  const type = ask.type === undefined ? "application/json" : ask.type;
  // A Uint8Array has no content type of its own; a text would be declared as text/plain.
  const bytes = ask.bytes ?? (body === undefined ? undefined : new TextEncoder().encode(body));
  if (bytes !== undefined && type !== null) headers["Content-Type"] = type;
  const answer = await app.request(path, {
    method,
    headers,
    ...(bytes === undefined ? {} : { body: new Uint8Array(bytes) }),
  });
  const text = await answer.text();
  const json = answer.headers.get("Content-Type")?.includes("json") === true && text !== "";
  const given = {
    status: answer.status,
    headers: answer.headers,
    text,
    body: json ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
  // Whatever a test asks, the answer has to be one that the document of the API promises.
  const wrong = unlike(DOCUMENT, { method, path }, given);
  if (wrong.length > 0) throw new Error(`${method} ${path}, ${given.status}: ${wrong.join("; ")}`);
  return given;
}

export async function openApi(): Promise<Api> {
  const folder = await mkdtemp(join(tmpdir(), "plumb-api-"));
  const database = await testDatabase();
  const { db } = database;
  const keyring = await makeKeyring(join(folder, "keyring.json"));
  const store = fleetStore(db, keyring);
  const telemetry = recorder();
  const digest = (label: string, text: string): string => keyring.digest(label, text);
  const findings = findingsStore(db, digest);
  const responses = responseStore(db);
  const aaa = aaaStore(db, () => new Secret("shared-with-nobody"));
  const radius = radiusIngest({
    store: radiusStore(db, digest),
    signs: store,
    telemetry,
    now: () => new Date(),
  });
  const access = accessOf({ store, now: () => new Date() });
  const ending = new AbortController();
  const keys = keysOf({ store: keyStore(db, keyring), telemetry });
  const app = httpApp({
    store,
    telemetry,
    clock: systemClock,
    version: "0.0.0-test",
    mapsOf: shippedMapsWith(),
    radius,
    keys,
    feed: feedStore(db),
    webhooks: webhookStore(db, keyring),
    ending: ending.signal,
    findings,
    inventory: inventoryStore(db),
    responses,
    aaa,
    logins: udpLoginTester({ randomBytes }),
    shuttingDown: () => false,
    openapi: shippedOpenApi(),
  });
  const token = async (owner: string, ...scopes: Scope[]) =>
    (await access.issue(owner, scopes)).token;
  const tokens = {
    billing: await token("billing", "devices:read", "desired:write:credentials"),
    operator: await token("operator", "admin"),
    reader: await token("auditor", "devices:read"),
  };
  const documents = [ACS, device("A1", { site: "cpt" }), device("A2", { site: "jhb" })];
  const seeded = await send(app, "POST", "/v1/manifests", {
    json: { documents },
    token: tokens.operator,
  });
  if (seeded.status !== 200) throw new Error(seeded.text);
  return {
    app,
    folder,
    keyring,
    db,
    store,
    findings,
    responses,
    aaa,
    telemetry,
    tokens,
    token,
    call: (method, path, ask = {}) => send(app, method, path, { token: tokens.billing, ...ask }),
    async state() {
      const tables = [
        ...(["records", "devices", "desired_documents", "secrets", "stops"] as const),
        "inventory",
      ] as const;
      const rows = await Promise.all(
        tables.map((name) => db.selectFrom(name).selectAll().execute()),
      );
      const events = await db.selectFrom("events").select("id").execute();
      const due = await db.selectFrom("work").select(["device", "gen"]).orderBy("device").execute();
      return JSON.parse(JSON.stringify([rows, events.length, due])) as unknown;
    },
    endStreams: () => {
      ending.abort();
    },
    async close() {
      await keys.stop();
      await rm(folder, { recursive: true });
      await database.close();
    },
  };
}
