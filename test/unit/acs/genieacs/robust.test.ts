/**
 * I20 and I2 for the GenieACS adapter: whatever comes back, the result is a value or a typed one, never another device's;
 * and in mode observe, or outside the scope, nothing leaves that could change a CPE.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Guard } from "../../../../src/acs/guarded.ts";
import { createAcs, guardSocket } from "../../../../src/acs/index.ts";
import { Secret } from "../../../../src/lib/secret.ts";
import type { Change } from "../../../../src/model/parameter.ts";
import type {
  Acs,
  AcsDevice,
  CallContext,
  Exchange,
  ExchangeResult,
  Transport,
} from "../../../../src/ports/acs.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

const SN = "Device.DeviceInfo.SerialNumber";
const NAME = "Device.PPP.Interface.1.Username";
const ID = "0019E0-B42";
const TASK = "6b036c7f744b9d4bbb2b9ae2";
const CONTEXT: CallContext = {
  class: "read",
  changeId: "c",
  signal: new AbortController().signal,
};
const DEVICE: AcsDevice = {
  id: ID,
  acs: "main",
  labels: {},
  identity: { oui: "0019E0", productClass: null, serial: "B42" },
  modelName: null,
};

// Written by hand after the recorded samples.
const at = "2026-11-22T22:28:15.592Z";
const leaf = (value: unknown) =>
  `{"_object":false,"_writable":true,"_value":${JSON.stringify(value)},"_type":"xsd:string","_timestamp":"2026-11-22T22:28:15.613Z"}`;
const GOOD = {
  task: `{"name":"provisions","provisions":[],"uniqueKey":"plumbline","device":"${ID}","timestamp":"${at}","_id":"${TASK}"}`,
  document: `[{"_id":"${ID}","_lastInform":"${at}","Device":{"DeviceInfo":{"SerialNumber":${leaf("B42")}},"PPP":{"Interface":{"1":{"Username":${leaf("anna")}}}}}}]`,
  fault: `[{"_id":"${ID}:task_${TASK}","code":"cwmp.9003","message":"Invalid arguments","detail":{"faultCode":"9003","setParameterValuesFault":[{"parameterName":"${NAME}","faultCode":"9007","faultString":"x"}]}}]`,
  queue: `[{"_id":"${TASK}","device":"${ID}","uniqueKey":"plumbline"}]`,
};

/** The clock stands still for nobody: each sleep is over at once. */
class Hasty extends VirtualClock {
  override sleep(): Promise<void> {
    return Promise.resolve();
  }
}

async function open(transport: Transport, guard: Guard): Promise<Acs> {
  const auth = { kind: "none" } as const;
  const clock = new Hasty();
  return await createAcs("genieacs", { url: "http://acs.example", auth, transport, clock }, guard);
}

function answer(body: string, status = 200, phrase = "OK"): ExchangeResult {
  const contentType = "application/json";
  return { kind: "answer", status, phrase, contentType, body, sentAt: new Date(0) };
}

const anyText = fc.oneof(
  fc.constantFrom(...Object.values(GOOD), "", "[]", "No such device", "Task not found"),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.string(),
);
/** A task that bears any id, and a document that bears any serial number: the rest of both is right. */
const idea = fc.oneof(fc.string(), fc.constantFrom("zzz", "../users", TASK.toUpperCase()));
const strangers = fc.oneof(
  idea.map((id) => GOOD.task.replace(TASK, () => JSON.stringify(id).slice(1, -1))),
  fc.string().map((serial) => GOOD.document.replace(leaf("B42"), () => leaf(serial))),
);
const edited = fc
  .tuple(fc.constantFrom(...Object.values(GOOD)), fc.nat(400), fc.nat(20), fc.string())
  .map(([text, from, length, put]) => text.slice(0, from) + put + text.slice(from + length));
const anyAnswer: fc.Arbitrary<ExchangeResult> = fc.oneof(
  fc
    .tuple(
      fc.oneof(anyText, edited, strangers),
      fc.constantFrom(200, 202, 404, 500, 503, 504),
      fc.constantFrom("OK", "Task faulted", "Device is offline", "Accepted", ""),
    )
    .map(([body, status, phrase]) => answer(body, status, phrase)),
  fc.constantFrom<ExchangeResult>(
    { kind: "no_answer", fault: "timeout", sent: true, detail: "" },
    { kind: "no_answer", fault: "connection", sent: false, detail: "" },
    { kind: "not_sent", reason: "breaker_open", detail: "" },
  ),
);
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant("set" as const),
    values: fc.array(
      fc.record({
        path: fc.oneof(fc.constant(NAME), fc.string()),
        value: fc.oneof(
          fc.string(),
          fc.string().map((text) => new Secret(text)),
        ),
      }),
    ),
  }),
  fc.record({ kind: fc.constant("add" as const), table: fc.constantFrom("Device.A.", "x*") }),
  fc.record({ kind: fc.constant("delete" as const), row: fc.constantFrom("Device.A.1.", "") }),
  fc.constantFrom<Change[]>({ kind: "reboot" }, { kind: "factoryReset" }),
  fc.record({
    kind: fc.constant("download" as const),
    url: fc.constantFrom("http://files.example/fw.bin", "x"),
    fileType: fc.string(),
    sizeBytes: fc.integer(),
    fileName: fc.oneof(fc.constant("fw-2.0.1.bin"), fc.string()),
  }),
);

const FREE: Guard = { mode: () => "write", inScope: () => true };
const KINDS = {
  read: ["values", "away", "refused", "unknown", "not_sent"],
  write: ["done", "accepted", "rejected", "away", "unknown", "not_sent"],
  status: ["online", "offline", "refused", "unknown", "not_sent"],
  list: ["page", "refused", "unknown", "not_sent"],
};

describe("any answers to any of its calls give a value or a typed result", () => {
  it("each call by itself", async () => {
    // Half of them are a good answer to the task, and a document with something put in, or taken out.
    const document = fc
      .tuple(fc.nat(GOOD.document.length), fc.nat(3), fc.constantFrom("", "B43", '"', "9", "}"))
      .map(
        ([from, length, put]) =>
          GOOD.document.slice(0, from) + put + GOOD.document.slice(from + length),
      );
    const scripts = fc.oneof(
      fc.array(anyAnswer, { minLength: 1, maxLength: 12 }),
      fc.oneof(document, strangers).map((body) => [answer(GOOD.task), answer(body)]),
    );
    await fc.assert(
      fc.asyncProperty(scripts, changes, async (script, change) => {
        let next = 0;
        const turn = (): ExchangeResult => script[next++ % script.length] ?? answer("");
        const acs = await open(() => Promise.resolve(turn()), FREE);
        const read = await acs.read(DEVICE, [NAME, "Device.PPP."], SN, CONTEXT);
        expect(KINDS.read).toContain(read.kind);
        expect(KINDS.write).toContain((await acs.write(DEVICE, change, CONTEXT)).kind);
        expect(KINDS.status).toContain((await acs.status(DEVICE, CONTEXT)).kind);
        expect(KINDS.list).toContain((await acs.list?.(null, CONTEXT))?.kind);
        if (read.kind !== "values") return;
        // What is believed bears the serial number that was asked for.
        const serial = read.snapshot.values.get(SN);
        expect(serial?.kind === "value" ? serial.text.trim() : serial).toBe("B42");
      }),
      { numRuns: 400 },
    );
  });
});

describe("what leaves", () => {
  const READS = new Set(["Query", "Refresh", "ConnectionRequest", "TakeBack"]);

  async function sentBy(guard: Guard, change: Change, script: readonly ExchangeResult[]) {
    const sent: Exchange[] = [];
    let next = 0;
    const socket: Transport = (exchange) => {
      sent.push(exchange);
      return Promise.resolve(script[next++ % script.length] ?? answer(""));
    };
    const acs = await open(
      guardSocket("genieacs", socket, () => guard.mode()),
      guard,
    );
    await acs.read(DEVICE, [NAME], SN, CONTEXT);
    await acs.status(DEVICE, CONTEXT);
    await acs.identify(DEVICE, CONTEXT);
    await acs.write(DEVICE, change, CONTEXT);
    return sent;
  }
  const scripts = fc.oneof(
    fc.array(anyAnswer, { minLength: 1, maxLength: 6 }),
    strangers.map((body) => [answer(body, 202, "Device is offline"), answer("[]"), answer("")]),
  );

  it("in mode observe: nothing that changes a CPE, whatever is answered", async () => {
    await fc.assert(
      fc.asyncProperty(changes, scripts, async (change, script) => {
        const guard: Guard = { mode: () => "observe", inScope: () => true };
        for (const { operation, body } of await sentBy(guard, change, script)) {
          expect(READS).toContain(operation);
          expect(body).not.toMatch(/"(value|reboot|addObject|deleteObject|setParameterValues)"/);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("outside the scope: nothing at all", async () => {
    await fc.assert(
      fc.asyncProperty(changes, scripts, async (change, script) => {
        const guard: Guard = { mode: () => "write", inScope: () => false };
        expect(await sentBy(guard, change, script)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it("takes no address that GenieACS could stumble over, whatever it is asked for", async () => {
    await fc.assert(
      fc.asyncProperty(changes, scripts, async (change, script) => {
        for (const { method, url } of await sentBy(FREE, change, script)) {
          const { pathname, searchParams } = new URL(url);
          expect(`${method} ${pathname}`).toMatch(
            /^(GET \/(devices|tasks|faults|files)\/|POST \/devices\/0019E0-B42\/tasks|DELETE \/tasks\/[0-9a-f]{24}|DELETE \/faults\/0019E0-B42%3Atask_[0-9a-f]{24})$/,
          );
          for (const name of searchParams.get("projection")?.split(",") ?? []) {
            expect(name).toMatch(/^(_?[A-Za-z][\w.-]*)$/);
          }
          expect(searchParams.get("query") ?? "").not.toMatch(/\$(?!gt)/);
        }
      }),
      { numRuns: 200 },
    );
  });
});
