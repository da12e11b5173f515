/** Whatever is asked of the port, in whatever order: no write leaves in mode observe, and nothing for a device out of scope. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FRIENDLY_READS } from "../../../src/acs/friendly/client.ts";
import { GENIEACS_READS, GENIEACS_UNHEARD } from "../../../src/acs/genieacs/client.ts";
import type { AcsMode } from "../../../src/acs/guarded.ts";
import { createAcs, guardSocket } from "../../../src/acs/index.ts";
import { Secret } from "../../../src/lib/secret.ts";
import type { Change } from "../../../src/model/parameter.ts";
import type { Acs, AcsDevice, CallContext, Exchange, Transport } from "../../../src/ports/acs.ts";
import type { Clock } from "../../../src/lib/time.ts";

/** Nobody waits. */
const quick: Clock = {
  now: () => new Date(0),
  monotonicMs: () => 0,
  sleep: () => Promise.resolve(),
};
const PATH = "Device.PPP.Interface.1.Username";
const SERIAL = "Device.DeviceInfo.SerialNumber";
const context: CallContext = {
  class: "drift",
  changeId: "c",
  signal: new AbortController().signal,
};

const device = fc
  .record({
    serial: fc.constantFrom("A1", "B2", "C3"),
    reach: fc.constantFrom(
      { kind: "push" } as const,
      { kind: "pull", ticket: null } as const,
      { kind: "pull", ticket: "000000000000000000000001 1 x" } as const,
    ),
  })
  .map(({ serial, reach }): AcsDevice => {
    const identity = { oui: "0019E0", productClass: "P", serial };
    return { id: `0019E0-P-${serial}`, identity, modelName: null, acs: "a", labels: {}, reach };
  });

const DOWNLOAD: Change = {
  kind: "download",
  url: "http://files.example/fw-2.0.1.bin",
  fileType: "1 Firmware Upgrade Image",
  sizeBytes: 50_000,
  fileName: "fw-2.0.1.bin",
};

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom<Change>(
    { kind: "set", values: [{ path: PATH, value: "anna" }] },
    { kind: "set", values: [{ path: PATH, value: new Secret("p") }] },
    { kind: "set", values: [] },
    { kind: "add", table: "Device.PPP.Interface." },
    { kind: "delete", row: "Device.PPP.Interface.2." },
    { kind: "reboot" },
    { kind: "factoryReset" },
    DOWNLOAD,
  ),
  fc
    .array(fc.record({ path: fc.string(), value: fc.string() }), { maxLength: 3 })
    .map((values): Change => ({ kind: "set", values })),
);

type Step =
  | { readonly do: "mode"; readonly mode: AcsMode }
  | { readonly do: "scope"; readonly serials: readonly string[] }
  | { readonly do: "ask"; readonly ask: (acs: Acs) => Promise<unknown>; readonly serial: string };

const asks: fc.Arbitrary<Step> = fc
  .tuple(device, change, fc.constantFrom("status", "identify", "read", "write", "withdraw"))
  .map(([of, what, verb]) => ({
    do: "ask",
    serial: of.identity.serial,
    ask: async (acs) => {
      if (verb === "write") return await acs.write(of, what, context);
      if (verb === "read") return await acs.read(of, [PATH], SERIAL, context);
      if (verb === "withdraw") return await acs.withdraw?.(of, context);
      return verb === "status" ? await acs.status(of, context) : await acs.identify(of, context);
    },
  }));
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: asks },
    fc.constantFrom<Step>({ do: "mode", mode: "observe" }, { do: "mode", mode: "write" }),
    fc.subarray(["A1", "B2", "C3"]).map((serials): Step => ({ do: "scope", serials })),
  ),
  { maxLength: 20 },
);

const ADAPTERS = [
  ["friendly", FRIENDLY_READS, new Set<string>()],
  ["genieacs", GENIEACS_READS, GENIEACS_UNHEARD],
] as const;

describe.each(ADAPTERS)("whatever is asked of %s", (kind, reads, unheard) => {
  it("no write leaves in mode observe, and nothing for a device outside the scope", async () => {
    let writes = 0;
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.infiniteStream(fc.integer({ min: 0, max: 11 })),
        async (script, luck) => {
          let mode: AcsMode = "write";
          let scope: readonly string[] = ["A1", "B2", "C3"];
          const left: {
            readonly operation: string;
            readonly mode: AcsMode;
            readonly inScope: boolean;
          }[] = [];
          // Somebody may take the mode back, or devices out of the scope, while a call waits at the gate.
          const gate: Transport = async (exchange) => {
            const chance = Number(luck.next().value);
            if (chance === 0) mode = "observe";
            if (chance === 1) scope = ["A1"];
            return await socket(exchange);
          };
          const wire = ({ operation, deviceId }: Exchange): ReturnType<Transport> => {
            const inScope = scope.some((serial) => deviceId.endsWith(`-${serial}`));
            left.push({ operation, mode, inScope });
            return Promise.resolve(answers[(luck.next().value ?? 0) % answers.length] ?? NO_ANSWER);
          };
          const socket = guardSocket(kind, wire, () => mode);
          const options = {
            url: "http://acs.example/",
            wsdl: "manifests/acs/friendly-acsws.wsdl",
            auth: { kind: "none" } as const,
            appId: "t",
            transport: gate,
            clock: quick,
          };
          const acs = await createAcs(kind, options, {
            mode: () => mode,
            inScope: ({ identity }) => scope.includes(identity.serial),
          });
          for (const step of script) {
            if (step.do === "mode") mode = step.mode;
            else if (step.do === "scope") scope = step.serials;
            else {
              const before = left.length;
              const began = scope;
              await step.ask(acs);
              if (!began.includes(step.serial)) expect(left.slice(before)).toEqual([]);
            }
          }
          const written = left.filter(({ operation }) => !reads.has(operation));
          writes += written.length;
          expect(written.filter((each) => each.mode !== "write")).toEqual([]);
          const strayed = left.filter(
            ({ operation, inScope }) => !inScope && !unheard.has(operation),
          );
          expect(strayed, "what waited while its device left the scope").toEqual([]);
        },
      ),
      { numRuns: 1_500 },
    );
    // Else it would hold for an adapter that never writes.
    expect(writes).toBeGreaterThan(20);
  });
});

const NO_ANSWER = { kind: "no_answer", fault: "timeout", sent: true, detail: "" } as const;
const answered = (status: number, body: string) =>
  ({
    kind: "answer",
    status,
    phrase: "OK",
    contentType: "text/plain",
    body,
    sentAt: new Date(0),
  }) as const;
const leaf = (value: string): object => ({
  _value: value,
  _type: "xsd:string",
  _timestamp: "2100-01-01T00:00:00Z",
  _writable: true,
  _object: false,
});
/** A document that lets a GenieACS write go on; an empty list; an answer to anything. */
const answers = [
  answered(200, "[]"),
  answered(
    200,
    JSON.stringify([
      {
        _id: "0019E0-P-A1",
        _lastInform: "1970-01-01T00:00:00Z",
        Device: { PPP: { Interface: { 1: { Username: leaf("bert") } } } },
      },
    ]),
  ),
  answered(200, ""),
  NO_ANSWER,
] as const;
