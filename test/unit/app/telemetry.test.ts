import { spawnSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { createServer, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { createTransport } from "@sentry/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  captureCrashes,
  startTelemetry,
  type AppTelemetry,
  type LogSink,
  type TelemetryOptions,
} from "../../../src/app/telemetry.ts";
import { AppError } from "../../../src/lib/errors.ts";
import { Secret } from "../../../src/lib/secret.ts";
import type { Facts, Telemetry } from "../../../src/ports/telemetry.ts";

const CANARY = "Canary-Pa55word";
const BASIC = Buffer.from(`acs:${CANARY}`).toString("base64");
const AT = new Date("2026-11-22T12:04:05.678Z");

interface SentEvent {
  readonly tags?: Record<string, unknown>;
  readonly fingerprint?: string[];
  readonly breadcrumbs?: { readonly message?: string }[];
  readonly exception?: { readonly values?: { readonly value?: string }[] };
}

const lines: string[] = [];
const envelopes: string[] = [];

const SINK: LogSink = {
  write: (line) => lines.push(line),
  dropped: 0,
  flush: () => Promise.resolve(),
};

function options(more: Partial<TelemetryOptions> = {}): TelemetryOptions {
  return {
    level: "debug",
    terminal: false,
    dsn: null,
    release: "plumbline@test",
    secrets: [new Secret(CANARY)],
    now: () => AT,
    sink: SINK,
    ...more,
  };
}

/** Envelopes are lines of JSON: a header, then an item header and an item for each item. */
function events(): SentEvent[] {
  return envelopes.flatMap((envelope) => {
    const parts = envelope.split("\n").map((line) => JSON.parse(line) as { type?: string });
    return parts.flatMap((part, index) =>
      part.type === "event" && index > 0 ? [parts[index + 1] as SentEvent] : [],
    );
  });
}

let telemetry: AppTelemetry;

// Instrumentation is on here, and off in production: the options alone must keep everything in.
beforeAll(async () => {
  telemetry = await startTelemetry(
    options({
      instruments: ["http", "fetch", "console"],
      transport: (transport) =>
        createTransport(transport, ({ body }) => {
          envelopes.push(typeof body === "string" ? body : Buffer.from(body).toString());
          return Promise.resolve({ statusCode: 200 });
        }),
    }),
  );
});
beforeEach(() => {
  lines.length = 0;
  envelopes.length = 0;
});
afterAll(() => telemetry.close());

async function sent(count: number): Promise<SentEvent[]> {
  await expect.poll(() => events().length, { timeout: 5_000 }).toBe(count);
  return events();
}

it("a captured wrong answer arrives with its fingerprint and tags, and is a line in the log", async () => {
  await telemetry.isolate({ device: "001122-1", acs: "main" }, () => {
    telemetry.log("info", "reading", { names: 4 });
    telemetry.log("debug", "not a crumb");
    telemetry.capture({
      message: "The ACS answered another question",
      fingerprint: ["acs", "wrong_type", "FTGetDeviceParameters"],
      level: "warning",
      tags: { operation: "FTGetDeviceParameters" },
      error: new Error("GetDevice is not what was asked for"),
    });
    return Promise.resolve();
  });
  const [event] = await sent(1);
  expect(event).toMatchObject({
    fingerprint: ["acs", "wrong_type", "FTGetDeviceParameters"],
    tags: { device: "001122-1", acs: "main", operation: "FTGetDeviceParameters" },
    level: "warning",
    release: "plumbline@test",
    contexts: { capture: { message: "The ACS answered another question" } },
  });
  expect(event?.breadcrumbs?.map(({ message }) => message)).toEqual(["reading"]);
  expect(event?.exception?.values?.[0]?.value).toBe("GetDevice is not what was asked for");
  expect(JSON.parse(lines[2] ?? "")).toMatchObject({
    at: AT.toISOString(),
    level: "warn",
    message: "The ACS answered another question",
    device: "001122-1",
    fingerprint: "acs/wrong_type/FTGetDeviceParameters",
    error: "GetDevice is not what was asked for",
  });
});

describe("a canary password is found in no line and in no envelope", () => {
  const cause = new Error(`connect https://acs:${CANARY}@acs.example/ failed`);
  const circle: Record<string, unknown> = { password: CANARY };
  circle["self"] = circle;
  // Nested values break the port's type on purpose: a library's object may come along.
  const places: { name: string; facts: Record<string, unknown>; error?: unknown }[] = [
    {
      name: "a telling key",
      facts: { password: CANARY, KeyPassphrase: CANARY, SharedSecret: CANARY },
    },
    {
      name: "a Secret",
      facts: { value: new Secret(CANARY), text: new Secret(CANARY).toString() },
    },
    { name: "nested", facts: { a: [{ b: { authorization: CANARY } }], circle } },
    { name: "a map", facts: { headers: new Map([["cookie", CANARY]]), set: new Set([CANARY]) } },
    { name: "bytes", facts: { body: Buffer.from(CANARY), view: new TextEncoder().encode(CANARY) } },
    { name: "a name and its value", facts: { name: "Device.X.Password", value: CANARY } },
    {
      name: "an address",
      facts: { url: new URL(`http://u:${CANARY}@h/`), at: `pg://u:${CANARY}/x@h` },
    },
    { name: "a header in a text", facts: { text: `Authorization: Basic ${BASIC}` } },
    { name: "a body", facts: { body: `<wsse:Password Type="x">${CANARY}</wsse:Password>` } },
    {
      name: "a parameter",
      facts: { body: `<Name>Device.X.KeyPassphrase</Name>\n<Value type="s">${CANARY}</Value>` },
    },
    { name: "JSON", facts: { body: JSON.stringify({ user: "u", password: CANARY }) } },
    { name: "JSON in JSON", facts: { body: JSON.stringify(JSON.stringify({ pwd: CANARY })) } },
    { name: "a query", facts: { text: `/x?token=${CANARY}&b=1` } },
    {
      name: "bare, but known",
      facts: { text: `it is ${CANARY}`, enc: encodeURIComponent(CANARY) },
    },
    { name: "the message of an error", facts: {}, error: new Error(`password=${CANARY}`) },
    { name: "the cause of an error", facts: {}, error: new Error("outer", { cause }) },
    {
      name: "members of an error",
      facts: {},
      error: Object.assign(new Error("x"), { auth: CANARY }),
    },
    { name: "an error that is none", facts: {}, error: { password: CANARY } },
    { name: "an error as a fact", facts: { error: new Error("outer", { cause }) } },
  ];

  it.for(places)("$name", async ({ facts, error }) => {
    await telemetry.isolate(facts as Facts, () => {
      telemetry.log("info", `said ${CANARY}`, facts as Facts);
      telemetry.capture({
        message: `failed with password=${CANARY}`,
        fingerprint: ["canary", CANARY],
        level: "error",
        tags: facts as Facts,
        error,
      });
      return Promise.resolve();
    });
    await sent(1);
    const all = [...lines, ...envelopes].join("\n");
    expect(lines).toHaveLength(2);
    expect(all).not.toContain(CANARY);
    expect(all).not.toContain(BASIC);
    expect(all).not.toContain(Buffer.from(CANARY).toString("base64"));
  });

  it.for(places.filter(({ name }) => !/known|an error$|members|bytes/.test(name)))(
    "$name, without knowing the secret beforehand",
    async ({ facts, error }) => {
      const found: string[] = [];
      const sink = { ...SINK, write: (line: string) => found.push(line) };
      const blind = await startTelemetry(options({ secrets: [], sink }));
      const clean = { ...facts, set: null };
      blind.capture({ message: "x", fingerprint: [], level: "error", tags: clean, error });
      expect(found).toHaveLength(1);
      expect(found[0]).not.toContain(CANARY);
      expect(found[0]).not.toContain(BASIC);
    },
  );

  it("in what an instrumented call sends, to Sentry or to the ACS", async () => {
    const got: { headers: IncomingHttpHeaders; body: string }[] = [];
    const server = createServer((incoming, answer) => {
      let body = "";
      incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
      incoming.on("end", () => {
        got.push({ headers: incoming.headers, body });
        answer.end(`<Password>${CANARY}</Password>`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const headers = { authorization: `Basic ${BASIC}`, "content-type": "text/xml" };
    const body = `<Password>${CANARY}</Password>`;
    const target = `127.0.0.1:${port}/acsws.asmx?token=${CANARY}`;
    await telemetry.isolate({ device: "d" }, async () => {
      const answer = await fetch(`http://${target}`, { method: "POST", headers, body });
      await answer.text();
      await new Promise<void>((resolve, reject) => {
        const call = httpRequest(`http://${target}`, { method: "POST", headers }, (reply) => {
          reply.resume().on("end", resolve);
        });
        call.on("error", reject).end(body);
      });
      const error = new Error("after the calls");
      telemetry.capture({ message: "m", fingerprint: ["x"], level: "error", tags: {}, error });
    });
    const [event] = await sent(1);
    server.close();
    expect(got).toHaveLength(2);
    for (const { headers: seen, body: whole } of got) {
      expect(whole).toBe(body);
      expect(seen.authorization).toBe(`Basic ${BASIC}`);
      expect(Object.keys(seen)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/sentry-trace|baggage|traceparent/)]),
      );
    }
    // The instrumentation did run: its crumbs are there, without the secret.
    expect(JSON.stringify(event?.breadcrumbs)).toContain(`127.0.0.1:${port}/acsws.asmx`);
    expect(envelopes.join()).not.toContain(CANARY);
    expect(envelopes.join()).not.toContain(BASIC);
  });
});

it("50 passes at once never share tags or breadcrumbs, nor those of the start", async () => {
  telemetry.log("info", "start-up");
  const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      telemetry.isolate({ device: `d${index}`, [`only${index}`]: true }, async () => {
        for (let step = 0; step < 4; step += 1) {
          telemetry.log("info", `d${index} step ${step}`);
          await pause();
        }
        const error = new Error(`d${index}`);
        telemetry.capture({ message: "m", fingerprint: ["same"], level: "error", tags: {}, error });
      }),
    ),
  );
  const all = await sent(50);
  const devices = all.map((event) => String(event.tags?.["device"]));
  expect(new Set(devices).size).toBe(50);
  for (const event of all) {
    const device = String(event.tags?.["device"]);
    expect(Object.keys(event.tags ?? {}).sort()).toEqual(["device", `only${device.slice(1)}`]);
    expect(event.exception?.values?.[0]?.value).toBe(device);
    expect(event.breadcrumbs?.map(({ message }) => message)).toEqual(
      [0, 1, 2, 3].map((step) => `${device} step ${step}`),
    );
  }
  const lineOf = lines.map((line) => JSON.parse(line) as { message: string; device?: string });
  for (const { message, device } of lineOf.filter((line) => line.message.includes("step"))) {
    expect(message.startsWith(`${device ?? ""} `)).toBe(true);
  }
});

it("a pass inside a pass has its own tags and breadcrumbs only", async () => {
  await telemetry.isolate({ acs: "main" }, async () => {
    telemetry.log("info", "outer");
    await telemetry.isolate({ device: "d" }, () => {
      telemetry.log("info", "inner");
      telemetry.capture({ message: "m", fingerprint: ["x"], level: "error", tags: {} });
      return Promise.resolve();
    });
  });
  const [event] = await sent(1);
  expect(event?.tags).toEqual({ device: "d" });
  expect(event?.breadcrumbs?.map(({ message }) => message)).toEqual(["inner"]);
  expect(JSON.parse(lines[1] ?? "")).not.toHaveProperty("acs");
});

describe("log lines", () => {
  it("stand below their level nowhere", async () => {
    const quiet = await startTelemetry(options({ level: "warn" }));
    quiet.log("info", "no");
    quiet.log("warn", "yes");
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(["yes"]);
    expect(quiet.counts()).toEqual({
      logged: { debug: 0, info: 1, warn: 1, error: 0 },
      captured: 0,
      droppedLines: 0,
    });
  });

  it("are short for a person, and show control characters instead of obeying them", async () => {
    const terminal = await startTelemetry(options({ terminal: true }));
    terminal.log("warn", "odd \u001b[2Jname", {
      device: "d 1",
      calls: 3,
      none: undefined,
      on: true,
    });
    const error = new Error("why");
    error.stack = "Error: why\n    at a (\u001b[2J)\n    at b";
    terminal.capture({ message: "m", fingerprint: ["x"], level: "error", tags: {}, error });
    terminal.capture({
      message: "m",
      fingerprint: ["x"],
      level: "warning",
      tags: {},
      error: new AppError("acs_unreachable", "no answer"),
    });
    expect(lines).toEqual([
      '12:04:05 warn  odd \\u001b[2Jname  device="d 1"  calls=3  on=true',
      "12:04:05 error m  fingerprint=x  error=why\n    at a (\\u001b[2J)\n    at b",
      '12:04:05 warn  m  fingerprint=x  error="no answer"',
    ]);
  });

  it("keep their own names, and a fact that has one moves aside", () => {
    telemetry.log("info", "m", { message: "mine", at: 1, level: "x" });
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      at: AT.toISOString(),
      level: "info",
      message: "m",
      message_: "mine",
      at_: 1,
      level_: "x",
    });
  });

  it("are written one to a line, whatever the message holds", () => {
    telemetry.log("info", "a\nb\r\u2028c");
    expect(lines[0]?.split(/[\n\r]/)).toHaveLength(1);
  });
});

describe("it does not throw", () => {
  const hostile = {
    get trap(): string {
      throw new Error("no");
    },
  };
  it.for([
    { name: "a getter that throws", facts: { hostile } },
    { name: "a big number", facts: { n: 10n, f: () => 1, s: Symbol("x") } },
    { name: "depth", facts: { deep: Array.from({ length: 5_000 }).reduce((a) => [a], 1) } },
    { name: "length", facts: { text: "x".repeat(1_000_000), list: Array(100_000).fill(1) } },
    { name: "a proxy", facts: { proxy: new Proxy({}, { ownKeys: () => { throw new Error("no"); } }) } }, // prettier-ignore
    { name: "no date", facts: { at: new Date(Number.NaN) } },
  ])("on $name", async ({ facts }) => {
    const odd = facts as unknown as Facts;
    telemetry.log("info", "m", odd);
    telemetry.capture({
      message: "m",
      fingerprint: ["x"],
      level: "error",
      tags: odd,
      error: facts,
    });
    expect(lines).toHaveLength(2);
    expect(lines.every((line) => line.length < 20_000)).toBe(true);
    await sent(1);
  });

  it("when its lines cannot be written, and the report leaves all the same", async () => {
    const sink = {
      ...SINK,
      write: () => {
        throw new Error("disk full");
      },
    };
    const broken = await startTelemetry(options({ sink }));
    expect(() => {
      broken.log("error", "m");
      broken.capture({ message: "m", fingerprint: [], level: "error", tags: {} });
    }).not.toThrow();
  });

  it("and hands on what the work of a pass returns or throws", async () => {
    await expect(telemetry.isolate({}, () => Promise.resolve(7))).resolves.toBe(7);
    await expect(telemetry.isolate({}, () => Promise.reject(new Error("its own")))).rejects.toThrow(
      "its own",
    );
  });
});

it("without a DSN Sentry is never loaded: it costs the start 300 ms", () => {
  const url = new URL("../../../src/app/telemetry.ts", import.meta.url).href;
  const code = `
    const { startTelemetry } = await import(${JSON.stringify(url)});
    const telemetry = await startTelemetry({ dsn: null, level: "info" });
    telemetry.log("info", "hello", { password: "x" });
    await telemetry.close();
    process.stdout.write(String(globalThis.__SENTRY__));
  `;
  const args = ["--import", "tsx", "--input-type=module", "--eval", code];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stdout).toBe("undefined");
  expect(JSON.parse(stderr)).toMatchObject({ message: "hello", password: "[secret]" });
}, 30_000);

it("what nobody caught is reported and sent before the process ends with 70", async () => {
  const process = new EventEmitter();
  const story: string[] = [];
  const fake: Telemetry = {
    log: () => undefined,
    capture: ({ fingerprint }) => story.push(fingerprint.join("/")),
    isolate: (_, work) => work(),
    close: () => Promise.resolve(void story.push("closed")),
  };
  captureCrashes(fake, process, (code) => story.push(`exit ${code}`));
  process.emit("unhandledRejection", new TypeError("x"));
  await expect
    .poll(() => story)
    .toEqual(["crash/unhandledRejection/TypeError", "closed", "exit 70"]);
});
