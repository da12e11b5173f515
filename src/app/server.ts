/** A running Plumbline: stores, services and API on a socket; the engine is started apart. `serve` and `demo` use it. */
import { randomBytes, randomInt } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import { serve as listen, type ServerType } from "@hono/node-server";
import { AppError } from "../lib/errors.ts";
import { httpApp } from "../http/app.ts";
import { sendToAaa } from "../service/aaa-sender.ts";
import { accessOf, type Access } from "../service/access.ts";
import { detectMisuse } from "../service/detection.ts";
import { keysOf } from "../service/keys.ts";
import { startWebhookSender } from "../service/webhook-sender.ts";
import { radiusIngest } from "../service/radius.ts";
import { respondToMisuse } from "../service/responses.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { systemClock } from "./clock.ts";
import { loadConfig, type Config } from "./config.ts";
import { udpDynamicAuthorization } from "./dynamic-authorization.ts";
import { openStores, type Stores } from "./open-store.ts";
import { httpOutbound } from "./outbound.ts";
import { packageVersion, shippedOpenApi } from "../package/files.ts";
import { shippedMapsWith } from "./shipped.ts";
import { servedFile } from "./served-file.ts";
import { watchScheduled } from "./scheduled.ts";
import { udpLoginTester } from "./test-login.ts";
import { stopFile } from "./stop-file.ts";
import { waking } from "./waking.ts";
import { captureCrashes, startTelemetry } from "./telemetry.ts";
import { REAL_GROUND, startEngine, type Engine } from "./wire.ts";

export interface RunningServer {
  readonly config: Config;
  readonly url: string;
  readonly stores: Stores;
  readonly access: Access;
  readonly telemetry: Telemetry;
  /** Printed once, when this start made the first token. */
  readonly newToken: string | null;
  /** Where the token lies for the command line. */
  readonly tokenFile: string;
  startEngine(): void;
  /** Finishes calls in flight, gives leases back, closes. Resolves when all is closed; safe to call twice. */
  stop(): Promise<void>;
  /** Resolves with what made going on impossible. */
  readonly lost: Promise<AppError>;
}

export function configFrom(env: NodeJS.ProcessEnv): Config {
  return loadConfig({ env, home: homedir(), readFile: (path) => readFileSync(path, "utf8") });
}

function open(app: { fetch: Parameters<typeof listen>[0]["fetch"] }, host: string, port: number) {
  return new Promise<{ server: ServerType; port: number }>((resolve, reject) => {
    const server = listen({ fetch: app.fetch, hostname: host, port }, (info: AddressInfo) => {
      resolve({ server, port: info.port });
    });
    // Longer than FreeRADIUS keeps a connection that waits (60 s), so that it never sends into one that we are ending; and
    // longer than a busy loop, after which Node ends waiting connections before it reads what has come on them.
    if ("keepAliveTimeout" in server) server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.once("error", (error: NodeJS.ErrnoException) => {
      const text =
        error.code === "EADDRINUSE"
          ? `port ${port} on ${host} is taken; set PORT to another one, or end the program that holds it`
          : `cannot listen on ${host}:${port}: ${error.message}`;
      reject(new AppError("bad_config", text, { cause: error }));
    });
  });
}

/** ms */
const KEEP_ALIVE_MS = 75_000;

/** The token file is for the command line on this machine; whoever may read the data folder is an admin. */
function keepToken(file: string, token: string): void {
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}

export async function startServer(config: Config): Promise<RunningServer> {
  const known = [...config.secrets.values(), config.databaseUrl, config.sentryDsn];
  const telemetry = await startTelemetry({
    dsn: config.sentryDsn,
    level: config.logLevel,
    release: packageVersion(),
    secrets: known.filter((secret) => secret !== null),
  });
  captureCrashes(telemetry, process, (code) => process.exit(code));
  for (const warning of config.warnings) telemetry.log("warn", warning);
  const mapsOf = shippedMapsWith();
  // A map that ships and does not load is our mistake, and shows now and not at the first record.
  mapsOf([]);
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  let gone: (error: AppError) => void = () => undefined;
  const lost = new Promise<AppError>((resolve) => {
    gone = resolve;
  });
  const stores = await openStores(config, telemetry, (error) => {
    gone(error);
  });
  let engine: Engine | null = null;
  let misuse: readonly Promise<void>[] | null = null;
  const ending = new AbortController();
  let stopping = false;
  const access = accessOf({ store: stores.fleet, now: () => systemClock.now() });
  const halted = stopFile(config.dataDir, systemClock, (reason) => {
    if (reason === null) telemetry.log("warn", "the file STOP is gone: calls go on");
    else telemetry.log("warn", `no call to any ACS: ${reason}`);
  });
  const fleet = waking(
    stores.fleet,
    () => engine?.controller.wake(),
    async () => engine?.controller.refresh(),
    halted,
  );
  const radius = { store: stores.radius, signs: fleet, telemetry, now: () => systemClock.now() };
  const keys = keysOf({ store: stores.keys, telemetry });
  const app = httpApp({
    store: fleet,
    findings: stores.findings,
    inventory: stores.inventory,
    responses: stores.responses,
    aaa: stores.aaa,
    logins: udpLoginTester({ randomBytes }),
    telemetry,
    clock: systemClock,
    version: packageVersion(),
    mapsOf,
    radius: radiusIngest(radius),
    keys,
    feed: stores.feed,
    webhooks: stores.webhooks,
    ending: ending.signal,
    shuttingDown: () => stopping,
    openapi: shippedOpenApi(),
  });
  let listening: Awaited<ReturnType<typeof open>>;
  try {
    listening = await open(app, config.host, config.port);
  } catch (error) {
    await stores.close();
    throw error;
  }
  const tokenFile = join(config.dataDir, "admin-token");
  const newToken = await access.firstAdminToken();
  if (newToken !== null) keepToken(tokenFile, newToken);
  await keys.resume();
  const sender = startWebhookSender({
    ...{ store: stores.webhooks, outbound: httpOutbound(), telemetry, clock: systemClock },
    random: () => Math.random(),
  });

  const watching = watchScheduled(fleet, { telemetry, clock: systemClock }, ending.signal);

  const close = async (): Promise<void> => {
    stopping = true;
    ending.abort();
    await Promise.all([engine?.stop(), ...(misuse ?? []), watching]);
    await keys.stop();
    await sender.stop();
    await new Promise<void>((resolve) => {
      listening.server.close(() => {
        resolve();
      });
      if ("closeIdleConnections" in listening.server) listening.server.closeIdleConnections();
      setTimeout(() => {
        if ("closeAllConnections" in listening.server) listening.server.closeAllConnections();
      }, 2_000).unref();
    });
    await stores.close();
    await telemetry.close();
  };
  let closing: Promise<void> | null = null;
  const shownHost = config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host;
  return {
    config,
    url: `http://${shownHost.includes(":") ? `[${shownHost}]` : shownHost}:${listening.port}`,
    stores,
    access,
    telemetry,
    newToken,
    tokenFile,
    startEngine: () => {
      engine ??= startEngine(stores.engine, mapsOf, telemetry, halted, {
        ...REAL_GROUND,
        remembered: servedFile(config.dataDir),
      });
      const loop = { telemetry, clock: systemClock };
      const outbound = udpDynamicAuthorization({
        now: () => systemClock.now(),
        randomByte: () => randomInt(256),
      });
      misuse ??= [
        detectMisuse({ ...loop, store: stores.findings }, ending.signal),
        respondToMisuse({ ...loop, store: stores.responses }, ending.signal),
        sendToAaa({ ...loop, store: stores.aaa, outbound }, ending.signal),
      ];
    },
    stop: () => (closing ??= close()),
    lost,
  };
}

/** A terminal and a package runner may both pass on the same Ctrl+C. */
const SAME_SIGNAL_MS = 1_000;

/**
 * Aborts at the first SIGINT or SIGTERM; a second one ends the process at once. Called before anything is started, as a
 * signal in the middle of a start must not leave a database server behind.
 */
export function watchSignals(): AbortSignal {
  const asked = new AbortController();
  let heardMs = -Infinity;
  const hear = (): void => {
    const now = performance.now();
    if (asked.signal.aborted && now - heardMs > SAME_SIGNAL_MS) process.exit(130);
    if (!asked.signal.aborted) heardMs = now;
    asked.abort();
  };
  process.on("SIGINT", hear);
  process.on("SIGTERM", hear);
  return asked.signal;
}

/** Until somebody asks for the end, then in order: calls in flight, leases, socket, database. */
export async function untilAsked(
  running: RunningServer,
  asked: AbortSignal,
  stderr: NodeJS.WritableStream,
): Promise<number> {
  const signalled = new Promise<"signal">((resolve) => {
    const say = (): void => {
      resolve("signal");
    };
    if (asked.aborted) say();
    else asked.addEventListener("abort", say, { once: true });
  });
  const end = await Promise.race([signalled, running.lost]);
  if (end === "signal") {
    stderr.write("\nfinishing the call in flight, then closing; once more ends at once\n");
  } else stderr.write(`${end.message}\n`);
  await running.stop();
  return end === "signal" ? 0 : end.exit;
}
