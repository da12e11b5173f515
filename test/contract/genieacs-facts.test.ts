/**
 * The fifteen facts of genieacs-nbi.md, section 0, one by one: what GenieACS does, and that it does not hurt us. The
 * answers are those of `genieacs-script.ts`; what leaves is looked at on the socket.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAcs } from "../../src/acs/index.ts";
import type { Guard } from "../../src/acs/guarded.ts";
import { httpTransport } from "../../src/acs/http.ts";
import type { Login } from "../../src/acs/login.ts";
import { systemClock } from "../../src/app/clock.ts";
import { Secret } from "../../src/lib/secret.ts";
import type { Clock } from "../../src/lib/time.ts";
import type { Change, WriteValue } from "../../src/model/parameter.ts";
import type { Acs, AcsDevice, CallContext } from "../../src/ports/acs.ts";
import { ASKED, DEVICE, FIRMWARE, type Script } from "./acs.contract.ts";
import {
  BEFORE,
  documentOf,
  fault,
  FILE,
  GONE,
  ID,
  IN_SESSION,
  KNOWN,
  leaf,
  list,
  NO_TASK,
  NOTHING,
  plain,
  queued,
  reads,
  TAKEN_AT,
  task,
  TASK,
  VALUES,
  WRITTEN,
} from "./genieacs-script.ts";
import { scriptedServer, type ScriptedServer } from "./scripted-server.ts";

const FREE: Guard = { mode: () => "write", inScope: () => true };
const CONTEXT: CallContext = {
  class: "drift",
  changeId: "chg-1",
  signal: new AbortController().signal,
};
const TIMER = "InternetGatewayDevice.ManagementServer.PeriodicInformInterval";

let server: ScriptedServer;
let acs: Acs;
let slept: number[] = [];
const clock: Clock = {
  ...systemClock,
  sleep: (ms) => {
    slept.push(ms);
    return Promise.resolve();
  },
};

async function open(auth: Login = { kind: "none" }): Promise<Acs> {
  const transport = httpTransport({ deadlineMs: 2_000, now: () => new Date() });
  return await createAcs(
    "genieacs",
    { url: new URL(server.url).origin, auth, transport, clock },
    FREE,
  );
}

beforeAll(async () => {
  server = await scriptedServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  server.reset();
  slept = [];
  acs = await open();
});

function play(script: Script): void {
  for (const wire of script) server.next(wire);
}

const read = (names: readonly string[] = [ASKED.username, ASKED.password]) =>
  acs.read(DEVICE, names, ASKED.identity, CONTEXT);
const set = (...values: WriteValue[]) => acs.write(DEVICE, { kind: "set", values }, CONTEXT);
const setUser = (value: string | Secret = "anna@isp.example") =>
  set({ path: ASKED.username, value });

/** What was asked, as `POST /devices/…/tasks`, without queries. */
function lines(): string[] {
  return server.requests().map(({ method, url }) => `${method} ${url.split("?")[0] ?? ""}`);
}

function posted(): Record<string, unknown>[] {
  return server
    .requests()
    .filter(({ body }) => body !== "")
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>);
}

const known = (members: Readonly<Record<string, unknown>>) => list(documentOf(members));
const before = (value: unknown, type = "xsd:string", writable = true) =>
  leaf(value, { at: BEFORE, type, writable });

describe("1. an answer 200 does not mean that the device now has the value", () => {
  it("a set asks the device first and compares with that, not with the cache", async () => {
    play([KNOWN, task(), WRITTEN]);
    expect(await setUser()).toEqual({ kind: "done" });
    expect(posted()).toEqual([
      {
        name: "provisions",
        provisions: [
          ["refresh", ASKED.username],
          ["value", ASKED.username, "anna@isp.example"],
        ],
        uniqueKey: "plumbline",
      },
    ]);
  });

  it("a value that was in the cache before the task is no sign that it was set", async () => {
    play([KNOWN, task(), known({ [ASKED.username]: before("anna@isp.example") }), NOTHING]);
    expect(await setUser()).toEqual({ kind: "accepted", id: TASK });
  });

  it("a value that is older than the question is not an answer to it", async () => {
    const old = { ...VALUES, [ASKED.username]: before("anna@isp.example") };
    play([...reads(old), NOTHING, ...reads(old), NOTHING]);
    const result = await read();
    if (result.kind !== "values") throw new Error(JSON.stringify(result));
    // Known, and not read: neither a value nor absent. It was asked for twice.
    expect(posted()).toHaveLength(2);
    expect([...result.snapshot.values.keys()].sort()).toEqual(
      [ASKED.identity, ASKED.password].sort(),
    );
  });

  it("what another reader of the same second made old is asked for again in the next one", async () => {
    const old = { ...VALUES, [ASKED.username]: before("anna@isp.example") };
    play([...reads(old), NOTHING, ...reads(VALUES)]);
    const result = await read();
    if (result.kind !== "values") throw new Error(JSON.stringify(result));
    expect(result.snapshot.values.get(ASKED.username)).toMatchObject({ kind: "value" });
    expect(slept[0]).toBeGreaterThan(900);
  });

  it("a session that ended without the task is noticed, and the task taken back", async () => {
    const waiting = list({ _id: TASK, device: ID, uniqueKey: "plumbline" });
    play([KNOWN, task(), KNOWN, waiting, GONE]);
    expect(await setUser()).toMatchObject({ kind: "away" });
    expect(lines().at(-1)).toBe(`DELETE /tasks/${TASK}`);
  });
});

describe("2. unknown and read-only parameters are dropped silently", () => {
  it.each([
    ["an unknown one", {}, 9005],
    ["a read-only one", { [ASKED.password]: before("", "xsd:string", false) }, 9008],
  ])("%s among good ones: nothing is sent, so nothing is half done", async (_name, more, code) => {
    play([known({ [ASKED.username]: before("old"), ...more })]);
    const result = await set(
      { path: ASKED.username, value: "anna@isp.example" },
      { path: ASKED.password, value: new Secret("pw") },
    );
    expect(result).toMatchObject({ kind: "rejected", code });
    expect(posted()).toEqual([]);
  });

  it("one that the device lost in the meantime is a rejection, not a success", async () => {
    play([KNOWN, task(), known({})]);
    expect(await setUser()).toMatchObject({ kind: "rejected", code: 9005 });
  });
});

describe("3. reading a parameter that does not exist gives 200 as well", () => {
  it("it is said to be no name of the device, as another ACS would say with fault 9005", async () => {
    play(reads({ [ASKED.username]: leaf("anna@isp.example") }));
    const result = await read([ASKED.username, ASKED.absent]);
    if (result.kind !== "values") throw new Error(JSON.stringify(result));
    const absent = { kind: "failed", code: 9005 };
    expect(result.snapshot.values.get(ASKED.absent)).toMatchObject(absent);
    expect(result.snapshot.values.get(ASKED.username)).toMatchObject({ kind: "value" });
  });

  it("a table that does not exist is no name either, and not covered", async () => {
    play(reads({}));
    const result = await read([ASKED.hosts]);
    if (result.kind !== "values") throw new Error(JSON.stringify(result));
    expect(result.snapshot.values.get(ASKED.hosts)).toMatchObject({ kind: "failed", code: 9005 });
    expect(result.snapshot.covered).toEqual([]);
  });

  it("a table that was listed since and has no rows is covered and empty", async () => {
    play(reads({ [ASKED.hosts]: { _object: true, _timestamp: "2026-11-22T22:28:15.610Z" } }));
    expect(await read([ASKED.hosts])).toMatchObject({ snapshot: { covered: [ASKED.hosts] } });
  });

  it.each([
    ["was listed before", { [ASKED.hosts]: { _object: true, _timestamp: BEFORE } }, 1],
    [
      "holds a row from before",
      { [ASKED.hosts]: { _timestamp: TAKEN_AT }, [ASKED.host]: before("x") },
      2,
    ],
  ])("a table that %s is not covered", async (_name, members, tries) => {
    const script = reads(members);
    play(tries === 1 ? script : [...script, NOTHING, ...script, NOTHING]);
    expect(await read([ASKED.hosts])).toMatchObject({ kind: "values", snapshot: { covered: [] } });
  });
});

describe("4. types that we send are ignored, and values bent to the type that GenieACS knows", () => {
  it.each([
    ["a number", "xsd:unsignedInt", "4500", 4500],
    ["a truth", "xsd:boolean", "1", true],
    ["a truth in words", "xsd:boolean", "false", false],
    ["a time", "xsd:dateTime", "2026-11-22T22:28:39Z", "2026-11-22T22:28:39.000Z"],
  ])("%s is recognised in its own spelling", async (_name, type, value, shown) => {
    play([
      known({ [TIMER]: before(null, type) }),
      task(),
      known({ [TIMER]: leaf(shown, { type }) }),
    ]);
    expect(await set({ path: TIMER, value })).toEqual({ kind: "done" });
    expect(posted()).toMatchObject([
      {
        provisions: [
          ["refresh", TIMER],
          ["value", TIMER, value],
        ],
      },
    ]);
  });

  it.each([
    ["xsd:unsignedInt", "300,400"],
    ["xsd:int", "12 s"],
    ["xsd:boolean", "yes"],
  ])("for %s it would cut or bend %j: it is not sent", async (type, value) => {
    play([known({ [TIMER]: before(0, type) })]);
    expect(await set({ path: TIMER, value })).toMatchObject({ kind: "rejected", code: 9007 });
    expect(posted()).toEqual([]);
  });

  it("what it reads comes back as text, whatever its JSON type", async () => {
    play(reads({ [TIMER]: leaf(300, { type: "xsd:unsignedInt" }), ...VALUES }));
    const result = await read([TIMER, ASKED.username, ASKED.password]);
    if (result.kind !== "values") throw new Error(JSON.stringify(result));
    expect(result.snapshot.values.get(TIMER)).toEqual({ kind: "value", text: "300" });
  });
});

describe("5. the cache keeps the last written password in clear", () => {
  it("a clear password from the cache never counts as read", async () => {
    const cached = { [ASKED.password]: before("example-secret") };
    play([...reads(cached), NOTHING, ...reads(cached), NOTHING]);
    const result = await read([ASKED.password]);
    expect(
      JSON.stringify(result, (_k, v: unknown) => (v instanceof Map ? [...v] : v)),
    ).not.toContain("example-secret");
  });

  it("a password that was just sent is recognised without being said", async () => {
    const password = (value: string, at?: string) =>
      known({ [ASKED.password]: leaf(value, at === undefined ? {} : { at }) });
    play([password("old-secret", BEFORE), task(), password("example-secret")]);
    const result = await set({ path: ASKED.password, value: new Secret("example-secret") });
    expect(result).toEqual({ kind: "done" });
  });
});

describe("6. 202 has several meanings, told apart by the reason phrase alone", () => {
  it.each([
    ["Device is offline", "away"],
    ["Connection request error: Incorrect connection request credentials", "away"],
    ["Task queued but not processed", "away"],
    ["Accepted", "away"],
    ["", "away"],
  ])("%j: the task is taken back, and nothing happened", async (phrase, kind) => {
    play([KNOWN, queued(phrase), NOTHING, GONE]);
    expect(await setUser()).toMatchObject({ kind });
    expect(lines().at(-1)).toBe(`DELETE /tasks/${TASK}`);
  });

  it.each(["Task faulted", "Accepted", ""])(
    "%j with a fault in the list is a fault, also where a proxy changed the phrase",
    async (phrase) => {
      play([KNOWN, queued(phrase), fault("cwmp.9002", "Internal error"), GONE]);
      expect(await setUser()).toMatchObject({ kind: "rejected", code: 9002 });
    },
  );

  it("is unknown when it faulted and nobody can say how", async () => {
    play([KNOWN, queued("Task faulted"), NOTHING, GONE]);
    expect(await setUser()).toMatchObject({ kind: "unknown", fault: "acs_fault" });
  });
});

describe("7. a queued task outlives the intent", () => {
  it("is tried again while the device is in session, and then said", async () => {
    play([KNOWN, queued("Device is offline"), NOTHING, IN_SESSION, IN_SESSION, IN_SESSION]);
    const result = await setUser();
    expect(result).toMatchObject({ kind: "unknown", sent: true });
    expect(JSON.stringify(result)).toContain(`task ${TASK} may still wait in the ACS`);
    expect(lines().filter((line) => line.startsWith("DELETE"))).toHaveLength(3);
    expect(slept).toEqual([1_000, 1_000]);
  });

  it("that a later session took before it could be taken back leaves the outcome unknown", async () => {
    play([KNOWN, queued("Task queued but not processed"), NOTHING, NO_TASK]);
    expect(await setUser()).toMatchObject({ kind: "unknown", sent: true });
  });

  it("whose answer was lost is looked for and taken back, and nobody else's", async () => {
    const other = list(
      { _id: TASK, device: ID, uniqueKey: "plumbline" },
      { _id: TASK.replace("6b", "7c"), device: ID },
      { _id: TASK.replace("6b", "8d"), device: `${ID}3`, uniqueKey: "plumbline" },
    );
    play([KNOWN, { ...task(), cut: "before" }, other, GONE]);
    expect(await setUser()).toMatchObject({ kind: "unknown", fault: "connection", sent: true });
    expect(lines().slice(-2)).toEqual(["GET /tasks/", `DELETE /tasks/${TASK}`]);
    expect(server.requests().at(-2)?.url).toContain("projection=device%2CuniqueKey");
  });

  it("is not replaced by a read when the list of tasks is another device's", async () => {
    const foreign = list({ _id: TASK, device: `${ID}3`, uniqueKey: "plumbline" });
    play([foreign]);
    const pull = { ...DEVICE, reach: { kind: "pull", ticket: null } } as const;
    const result = await acs.read(pull, [ASKED.username], ASKED.identity, CONTEXT);
    expect(result).toMatchObject({ kind: "unknown", fault: "acs_fault" });
    expect(lines()).toEqual(["GET /tasks/"]);
  });

  it.each([
    ["a page of a proxy", plain(404, "Not Found", "<html>not here</html>")],
    ["a page under 200", plain(200, "OK", "<html>log in</html>")],
    ["a gateway", plain(502, "Bad Gateway", "upstream")],
  ])("counts as left behind when what answers is %s", async (_name, wire) => {
    play([KNOWN, queued("Device is offline"), NOTHING, wire]);
    const result = await setUser();
    expect(result).toMatchObject({ kind: "unknown", sent: true });
    expect(JSON.stringify(result)).toContain(`task ${TASK} may still wait in the ACS`);
  });

  it("is replaced by the next task of ours, as both bear one key", async () => {
    play([...reads(VALUES), KNOWN, task(), WRITTEN, task({ name: "reboot" }), NOTHING]);
    await read();
    await setUser();
    await acs.write(DEVICE, { kind: "reboot" }, CONTEXT);
    expect(posted().map(({ uniqueKey }) => uniqueKey)).toEqual(Array(3).fill("plumbline"));
  });
});

describe("8. an expiry switches the back-off of a faulted task off", () => {
  it.each<Change>([
    { kind: "set", values: [{ path: ASKED.username, value: "x" }] },
    { kind: "add", table: "InternetGatewayDevice.Layer3Forwarding.Forwarding." },
    { kind: "delete", row: "InternetGatewayDevice.Layer3Forwarding.Forwarding.2." },
    { kind: "reboot" },
    { kind: "factoryReset" },
    FIRMWARE,
  ])("none is ever given: $kind", async (change) => {
    if (change.kind === "set") play([KNOWN]);
    if (change.kind === "download") play([FILE]);
    const names = {
      ...{ set: "provisions", add: "addObject", delete: "deleteObject", reboot: "reboot" },
      ...{ download: "download", factoryReset: "factoryReset" },
    };
    play([task({ name: names[change.kind] }), NOTHING]);
    await acs.write(DEVICE, change, CONTEXT);
    expect(posted()).toMatchObject([{ name: names[change.kind] }]);
    expect(posted()[0]).not.toHaveProperty("expiry");
  });
});

describe("9. a faulted task is tried again for ever", () => {
  it("is deleted with its fault, and the CPE's own code is passed on", async () => {
    const inner = [{ parameterName: ASKED.username, faultCode: "9007", faultString: "Rejected" }];
    play([KNOWN, queued("Task faulted"), fault("cwmp.9003", "Invalid arguments", inner), GONE]);
    expect(await setUser()).toEqual({
      kind: "rejected",
      code: 9007,
      text: `${ASKED.username}: Rejected`,
    });
    expect(lines().at(-1)).toBe(`DELETE /tasks/${TASK}`);
  });

  it("is not called rejected when it could not be deleted: it may be taken at the next try", async () => {
    play([KNOWN, queued("Task faulted"), fault("cwmp.9002", "Internal error")]);
    play([IN_SESSION, IN_SESSION, IN_SESSION]);
    expect(await setUser()).toMatchObject({ kind: "unknown", sent: true });
  });

  it("a read that faulted is refused with the code, and cleaned as well", async () => {
    play([queued("Task faulted"), fault("cwmp.9002", "Internal error"), GONE]);
    expect(await read()).toEqual({ kind: "refused", code: 9002, text: "Internal error" });
  });
});

describe("10. a fault may outlive its task, and is tried again by itself", () => {
  it("then the fault itself is deleted, its id encoded twice", async () => {
    const odd: AcsDevice = {
      ...DEVICE,
      identity: { oui: "001CAA", productClass: "WIMAX-25.v2", serial: "SIM000004" },
    };
    const id = "001CAA-WIMAX%2D25%2Ev2-SIM000004";
    const faulted = { ...fault("cwmp.9016", "HTTP 404") };
    play([
      queued("Task faulted", { name: "reboot", device: id }),
      { ...faulted, body: faulted.body.replaceAll(ID, id) },
      NO_TASK,
      GONE,
    ]);
    expect(await acs.write(odd, { kind: "reboot" }, CONTEXT)).toMatchObject({ code: 9016 });
    expect(lines().at(-1)).toBe(
      `DELETE /faults/001CAA-WIMAX%252D25%252Ev2-SIM000004%3Atask_${TASK}`,
    );
  });
});

describe("a download, before which GenieACS is asked for the file", () => {
  it("is given by its name, and accepted", async () => {
    play([FILE, task({ name: "download" }), NOTHING]);
    expect(await acs.write(DEVICE, FIRMWARE, CONTEXT)).toEqual({ kind: "accepted", id: TASK });
    const [question] = server.requests();
    expect(question?.url).toBe(`/files/?query=${encodeURIComponent('{"_id":"fw-2.0.1.bin"}')}`);
    const { fileType, fileName } = FIRMWARE;
    expect(posted()).toEqual([{ name: "download", fileType, fileName, uniqueKey: "plumbline" }]);
  });

  it.each([
    ["is not there", NOTHING, "GenieACS has no file fw-2.0.1.bin"],
    ["is another one", list({ _id: "fw-2.0.1" }), "GenieACS has no file fw-2.0.1.bin"],
    [
      "is of another size",
      list({ _id: FIRMWARE.fileName, length: 7 }),
      "GenieACS has 7 bytes as fw-2.0.1.bin, and not 50000",
    ],
    [
      "is of another type",
      list({ _id: FIRMWARE.fileName, metadata: { fileType: "2 Web Content" } }),
      "GenieACS has fw-2.0.1.bin as 2 Web Content",
    ],
  ])("is not sent for a file that %s", async (_name, wire, text) => {
    play([wire]);
    const expected = { kind: "rejected", code: 0, text: `not sent: ${text}` };
    expect(await acs.write(DEVICE, FIRMWARE, CONTEXT)).toEqual(expected);
    expect(posted()).toEqual([]);
  });

  it.each([
    ["no list", plain(500, "Internal Server Error", "x"), "garbled"],
    ["a list of nothing", plain(200, "OK"), "empty"],
  ])("is not sent after %s", async (_name, wire, fault) => {
    play([wire]);
    const expected = { kind: "unknown", fault, sent: false };
    expect(await acs.write(DEVICE, FIRMWARE, CONTEXT)).toMatchObject(expected);
  });
});

describe("11. one bad request takes the NBI down for 21 s", () => {
  it.each([
    "",
    ".",
    "Device.*.Enable",
    "Device.[A:b].C",
    "Device..A",
    "Device._value",
    "Device.A B",
    "Ä.",
  ])("the name %j is never sent", async (name) => {
    play(reads(VALUES));
    const result = await read([name, ASKED.username, ASKED.password]);
    if (result.kind !== "values") throw new Error(JSON.stringify(result));
    expect(result.snapshot.values.get(name)).toMatchObject({ kind: "failed", code: 0 });
    expect(posted()).toMatchObject([
      { provisions: [ASKED.username, ASKED.password, ASKED.identity].map((p) => ["refresh", p]) },
    ]);
    server.reset();
    expect(await set({ path: name, value: "x" })).toMatchObject({ kind: "rejected", code: 0 });
    expect(await acs.write(DEVICE, { kind: "add", table: name }, CONTEXT)).toMatchObject({
      kind: "rejected",
    });
    expect(server.requests()).toEqual([]);
  });

  it.each(["a\u0000b", "half \uD83D pair"])("the value %j is never sent", async (value) => {
    expect(await setUser(value)).toMatchObject({ kind: "rejected", code: 0 });
    expect(server.requests()).toEqual([]);
  });

  it.each(["zzz", 7, null, "../users"])(
    "a task id like %j, from an answer, never gets into an address",
    async (id) => {
      play([task({ _id: id }), NOTHING]);
      expect(await read()).toMatchObject({ kind: "unknown", fault: "incomplete" });
      expect(lines()).toEqual([`POST /devices/${ID}/tasks`, "GET /tasks/"]);
    },
  );

  it("asks with no operator that was not seen to work", async () => {
    play([NOTHING]);
    await acs.list?.("2026-11-22T22:28:09.116Z", CONTEXT);
    const url = new URL(server.requests()[0]?.url ?? "", "http://x");
    expect(JSON.parse(url.searchParams.get("query") ?? "")).toEqual({
      _lastInform: { $gt: "2026-11-22T22:28:09.115Z" },
    });
  });
});

describe("12. the NBI knows no login", () => {
  it("a proxy before it may: Basic is sent where it is given, and nothing where it is not", async () => {
    play(reads(VALUES));
    await read();
    expect(server.requests()[0]?.headers).not.toContain("authorization");
    server.reset();
    acs = await open({ kind: "basic", username: "api", password: new Secret("pw") });
    play(reads(VALUES));
    await read();
    expect(server.requests()[0]?.headers).toContain(Buffer.from("api:pw").toString("base64"));
  });

  it("a login that only SOAP could carry is refused at the start", async () => {
    const auth: Login = { kind: "both", username: "api", password: new Secret("pw") };
    await expect(open(auth)).rejects.toMatchObject({ code: "bad_config" });
  });
});

describe("13. scripts reach GenieACS after up to 5 s, and a misspelt one does nothing under 200", () => {
  it("only the two built-in ones are ever used, and nothing is uploaded", async () => {
    play([...reads(VALUES), KNOWN, task(), WRITTEN]);
    await read();
    await setUser();
    const used = posted().flatMap(({ provisions }) =>
      (provisions as string[][]).map(([name]) => name),
    );
    expect([...new Set(used)].sort()).toEqual(["refresh", "value"]);
    expect(lines().some((line) => line.startsWith("PUT"))).toBe(false);
  });
});

describe("14. posts to one device are not done in their order", () => {
  it("at most one is in flight for a device, and others go on meanwhile", async () => {
    const flying = new Set<string>();
    let most = 0;
    let besides = 0;
    const other: AcsDevice = {
      ...DEVICE,
      identity: { ...DEVICE.identity, serial: ASKED.otherSerial },
    };
    server.always((_body, line) => {
      if (!line.startsWith("POST")) {
        flying.clear();
        return list(documentOf({ [ASKED.identity]: leaf("x") }));
      }
      const id = line.includes(ASKED.otherSerial) ? "other" : "own";
      if (flying.has(id)) most += 1;
      if (flying.size > 0) besides += 1;
      flying.add(id);
      return { ...task(), delayMs: 20 };
    });
    await Promise.all([read(), read(), read(), acs.read(other, [], ASKED.identity, CONTEXT)]);
    expect(most).toBe(0);
    expect(besides).toBeGreaterThan(0);
  });

  it("and the next waits for the second in which GenieACS would answer from its memory", async () => {
    play([...reads(VALUES), ...reads(VALUES)]);
    await read();
    expect(slept).toEqual([]);
    await read();
    expect(slept).toHaveLength(1);
    expect(slept[0]).toBeGreaterThan(900);
    expect(slept[0]).toBeLessThanOrEqual(1_050);
  });
});

describe("15. a CPE that lost its power in a session", () => {
  const BROKEN = [
    queued("Task faulted"),
    fault("session_terminated", "The TR-069 session was unsuccessfully terminated"),
    GONE,
  ];

  it("leaves a write unknown, and its task is not tried again", async () => {
    play([KNOWN, ...BROKEN]);
    expect(await setUser()).toMatchObject({ kind: "unknown", fault: "connection", sent: true });
    expect(lines().at(-1)).toBe(`DELETE /tasks/${TASK}`);
  });

  it("is away for a read", async () => {
    play(BROKEN);
    expect(await read()).toMatchObject({ kind: "away" });
  });
});

describe("and besides", () => {
  it("a refused connection request is offline; a proxy that waited too long is not", async () => {
    const old = list({ ...documentOf({}), _lastInform: "2026-01-02T03:04:05.678Z" });
    play([old, plain(504, "Gateway Timeout", "upstream request timeout")]);
    expect(await acs.status(DEVICE, CONTEXT)).toMatchObject({ kind: "unknown", fault: "garbled" });
    play([old, plain(200, "OK")]);
    expect(await acs.status(DEVICE, CONTEXT)).toMatchObject({ kind: "online" });
  });
});
