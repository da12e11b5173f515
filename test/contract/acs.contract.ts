/**
 * What every adapter must do, whatever its ACS speaks. The adapter's own test file brings the raw answers of that ACS,
 * written by hand from the references; this file brings the questions, the trouble on the wire and the expectations.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../src/lib/secret.ts";
import type { Acs, AcsDevice, CallContext, WriteOutcome } from "../../src/ports/acs.ts";
import type { Guard, WouldWrite } from "../../src/acs/guarded.ts";
import { scriptedServer, type ScriptedServer, type Wire } from "./scripted-server.ts";

const ROOT = "InternetGatewayDevice.";
/** Names and values that the answers of every adapter must use. */
export const ASKED = {
  serial: "7CB21B0A42",
  otherSerial: "7CB21B0A43",
  identity: `${ROOT}DeviceInfo.SerialNumber`,
  username: `${ROOT}WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.Username`,
  password: `${ROOT}WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.Password`,
  absent: `${ROOT}WANDevice.1.WANConnectionDevice.1.WANPPPConnection.2.Username`,
  hosts: `${ROOT}LANDevice.1.Hosts.`,
  host: `${ROOT}LANDevice.1.Hosts.Host.1.HostName`,
  hostAddress: `${ROOT}LANDevice.1.Hosts.Host.1.IPAddress`,
} as const;

export const DEVICE: AcsDevice = {
  id: "7CB21B-CPE1000-7CB21B0A42",
  acs: "main",
  labels: {},
  identity: { oui: "7CB21B", productClass: "CPE1000", serial: ASKED.serial },
  modelName: "CPE1000",
};

export const FIRMWARE = {
  kind: "download",
  url: "http://files.example/fw-2.0.1.bin?token=geheim-van-de-opslag",
  fileType: "1 Firmware Upgrade Image",
  sizeBytes: 50_000,
  fileName: "fw-2.0.1.bin",
} as const;

/** The canary: a password with everything that XML, URLs and trimming could harm. */
const CANARY = ` Zq7&<kanarie>"'%+ü]]> `;

/** The answers to one question, in the order in which the adapter asks for them. */
export type Script = readonly Wire[];

/** Raw answers for each question of the suite. `null`: this ACS cannot say such a thing. */
export interface Answers {
  /** `username` is `anna@isp.example`, `password` is empty, serial right, nothing else. */
  readonly values: Script;
  /** Whether a name that the device does not have is said to be invalid, or simply not answered. */
  readonly absence: "said" | "silent";
  /** Below `hosts` the name `laptop`, and an address that failed where a parameter can fail; serial right. */
  readonly subtree: Script;
  /** `username` is two blanks, `anna`, one blank; serial right. */
  readonly blanks: Script;
  readonly nil: Script | null;
  /** `username` failed, serial right. */
  readonly failed: Script | null;
  readonly away: Script;
  readonly refused: Script;
  readonly refusedCode: number;
  /** As `values`, with the other serial. */
  readonly wrongDevice: Script;
  /** As `values`, with one more parameter that nobody asked for. */
  readonly wrongNames: Script;
  /** As `values`, without the serial number. */
  readonly noIdentity: Script;
  /** As `values`, with two different user names. */
  readonly twice: Script | null;
  readonly online: Script;
  readonly offline: Script;
  /** To a write of `username`, as `anna@isp.example`. */
  readonly taken: Script;
  readonly takenAs: WriteOutcome;
  /** Which of its answers is that to the call which carries the change. */
  readonly changeAt: number;
  /** A message that holds `<<echo>>`, where the suite puts what was sent. */
  readonly rejected: Script;
  readonly rejectedCode: number;
  /** The ACS failed inside: at a read, and at a write. */
  readonly acsFault: { readonly read: Script; readonly write: Script };
}

export interface AdapterUnderTest {
  readonly answers: Answers;
  /** A text as it stands in an answer of this ACS. */
  quote(text: string): string;
  /** Whether the ACS keeps the name of a change. */
  readonly audit: boolean;
  /** ms; short, as the suite waits for it. */
  readonly deadlineMs: number;
  /** The texts that the ACS's password may not leave in. */
  readonly acsPassword: string;
  open(url: string, guard: Guard, deadlineMs: number): Promise<Acs>;
}

/** Everything reachable from a result, as an operator, a log or Sentry might print it. */
function printed(result: unknown): string {
  return JSON.stringify(result, (_key, value: unknown) =>
    value instanceof Map ? [...(value as Map<unknown, unknown>)] : value,
  );
}

export function acsContract(name: string, adapter: AdapterUnderTest): void {
  describe(name, () => {
    const { answers } = adapter;
    let server: ScriptedServer;
    let acs: Acs;
    let mode: "observe" | "write" = "write";
    let scoped = true;
    let held: WouldWrite[] = [];

    beforeAll(async () => {
      server = await scriptedServer();
      const guard: Guard = {
        mode: () => mode,
        inScope: () => scoped,
        onWouldWrite: (would) => held.push(would),
      };
      acs = await adapter.open(server.url, guard, adapter.deadlineMs);
    });
    afterAll(() => server.close());
    beforeEach(() => {
      server.reset();
      [mode, scoped, held] = ["write", true, []];
    });

    const context = (signal = new AbortController().signal): CallContext => ({
      class: "read",
      changeId: "chg-1",
      signal,
    });
    /** Plays a script, with trouble at one of its answers. */
    const answer = (script: Script, trouble: Partial<Wire> = {}, at = 0): void => {
      for (const [i, wire] of script.entries())
        server.next(i === at ? { ...wire, ...trouble } : wire);
    };
    const read = (names: readonly string[] = [ASKED.username, ASKED.password, ASKED.absent]) =>
      acs.read(DEVICE, names, ASKED.identity, context());
    const write = (value: string | Secret = "anna@isp.example") =>
      acs.write(DEVICE, { kind: "set", values: [{ path: ASKED.username, value }] }, context());
    const status = () => acs.status(DEVICE, context());

    describe("reads", () => {
      it("gives values by name; an empty text is empty, and a name that is not there has no value", async () => {
        answer(answers.values);
        const before = new Date();
        const result = await read();
        if (result.kind !== "values") throw new Error(printed(result));
        expect(result.snapshot.values.get(ASKED.username)).toEqual({
          kind: "value",
          text: "anna@isp.example",
        });
        expect(result.snapshot.values.get(ASKED.password)).toEqual({ kind: "value", text: "" });
        const absent = result.snapshot.values.get(ASKED.absent);
        if (answers.absence === "silent") expect(absent).toBeUndefined();
        else expect(absent).toMatchObject({ kind: "failed", code: 9005 });
        expect(result.snapshot.covered).toEqual([]);
        expect(result.readAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
        expect(result.readAt.getTime()).toBeLessThanOrEqual(Date.now());
      });

      it("covers a subtree that was answered, failed parameters included", async () => {
        answer(answers.subtree);
        const result = await read([ASKED.hosts]);
        if (result.kind !== "values") throw new Error(printed(result));
        expect(result.snapshot.covered).toEqual([ASKED.hosts]);
        expect(result.snapshot.values.get(ASKED.host)).toEqual({ kind: "value", text: "laptop" });
        if (answers.failed === null) return;
        expect(result.snapshot.values.get(ASKED.hostAddress)?.kind).toBe("failed");
      });

      it("does not call a subtree covered when nothing below it was answered", async () => {
        answer(answers.values);
        const result = await read([ASKED.username, ASKED.password, ASKED.hosts]);
        if (result.kind !== "values") throw new Error(printed(result));
        expect(result.snapshot.covered).toEqual([]);
      });

      it("keeps blanks at both ends", async () => {
        answer(answers.blanks);
        const result = await read();
        if (result.kind !== "values") throw new Error(printed(result));
        expect(result.snapshot.values.get(ASKED.username)).toEqual({
          kind: "value",
          text: "  anna ",
        });
      });

      // Only where this ACS can say such a thing.
      const { nil, failed } = answers;
      if (nil !== null) {
        it("tells nil from empty", async () => {
          answer(nil);
          const result = await read();
          if (result.kind !== "values") throw new Error(printed(result));
          expect(result.snapshot.values.get(ASKED.username)).toEqual({ kind: "null" });
        });
      }
      if (failed !== null) {
        it("calls a failed one failed and never empty", async () => {
          answer(failed);
          const result = await read();
          if (result.kind !== "values") throw new Error(printed(result));
          expect(result.snapshot.values.get(ASKED.username)?.kind).toBe("failed");
        });
      }

      it("says away when nothing was read", async () => {
        answer(answers.away);
        expect((await read()).kind).toBe("away");
      });

      it("passes a refusal on with its code", async () => {
        answer(answers.refused);
        expect(await read()).toMatchObject({ kind: "refused", code: answers.refusedCode });
      });

      it.each([
        ["another device's answer", answers.wrongDevice, "wrong_device"],
        ["a parameter that was not asked for", answers.wrongNames, "wrong_names"],
        ["an answer that does not prove the device", answers.noIdentity, "incomplete"],
        ["one name with two values", answers.twice, "wrong_names"],
        ["another operation's answer", answers.online, "wrong_type"],
        ["a write's answer", answers.taken, "wrong_type"],
        ["a fault of the server", answers.acsFault.read, "acs_fault"],
      ] as const)("does not believe %s", async (_name, script, fault) => {
        if (script === null) return;
        answer(script);
        expect(await read()).toMatchObject({ kind: "unknown", fault, sent: true });
      });
    });

    it("lists devices if it says that it can, and only then", () => {
      expect(acs.list !== undefined).toBe(acs.capabilities.listDevices);
      if (acs.capabilities.lastContact) expect(acs.capabilities.listDevices).toBe(true);
    });

    it("tells what became of a write if it says that it can, and only then", () => {
      expect(acs.taskStatus !== undefined).toBe(acs.capabilities.taskStatus);
    });

    it("says online and offline", async () => {
      answer(answers.online);
      expect((await status()).kind).toBe("online");
      answer(answers.offline);
      expect((await status()).kind).toBe("offline");
    });

    describe("writes", () => {
      it("takes no more from the answer than it says", async () => {
        answer(answers.taken);
        expect(await write()).toEqual(answers.takenAs);
      });

      it("passes a rejection on, without any secret that the ACS echoes", async () => {
        for (const echo of [CANARY, xml(CANARY), encodeURIComponent(CANARY), adapter.acsPassword]) {
          const padded = adapter.quote(`${"x".repeat(150)}${echo}`);
          answer(
            answers.rejected.map((wire) => ({
              ...wire,
              body: wire.body.replace("<<echo>>", () => padded),
            })),
          );
          const result = await write(new Secret(CANARY));
          expect(result).toMatchObject({ kind: "rejected", code: answers.rejectedCode });
          expect(printed(result)).not.toContain("kanarie");
          expect(printed(result)).not.toContain(adapter.acsPassword);
        }
      });

      it("sends a secret as it is, and only in the body", async () => {
        answer(answers.taken);
        await write(new Secret(CANARY));
        const sent = server.requests();
        expect(sent[answers.changeAt]?.body).toContain("kanarie");
        for (const { headers, url } of sent) expect(headers + url).not.toContain("kanarie");
      });

      if (adapter.audit) {
        it("names its change in the ACS's audit trail", async () => {
          answer(answers.taken);
          await write();
          expect(server.requests()[answers.changeAt]?.body).toContain("plumbline:chg-1");
        });
      }

      it.each([
        ["another operation's answer", answers.values, "wrong_type", answers.changeAt === 0],
        ["a fault of the server", answers.acsFault.write, "acs_fault", true],
      ] as const)("is unknown after %s", async (_name, script, fault, sent) => {
        answer(script);
        expect(await write()).toMatchObject({ kind: "unknown", fault, sent });
      });
    });

    describe("trouble on the wire is unknown, for a read and for a write alike", () => {
      const html = "<!DOCTYPE html><html><head><title>Error</title></head><body>x</body></html>";
      const contentType = "text/html";
      const trouble: readonly (readonly [string, Partial<Wire>, string])[] = [
        ["no body", { body: "" }, "empty"],
        ["no body with status 500", { body: "", status: 500 }, "empty"],
        ["an HTML page with status 200", { body: html, contentType }, "garbled"],
        ["an HTML page with status 500", { body: html, contentType, status: 500 }, "garbled"],
        ["a redirect", { body: html, status: 302 }, "garbled"],
        ["a plain text", { body: "Service Unavailable", status: 503 }, "garbled"],
        ["a login that is refused", { body: html, status: 401 }, "garbled"],
        ["a good answer under status 500", { status: 500 }, "garbled"],
        ["a cut before the answer", { cut: "before" }, "connection"],
        ["a cut inside the answer", { cut: "inside" }, "connection"],
        ["silence", { delayMs: 60_000 }, "timeout"],
        ["an answer that never ends", { cut: "never" }, "timeout"],
      ];
      /** A change is unknown from the call that carries it; before that nothing happened, behind that it was taken. */
      const afterTrouble = (at: number, fault: unknown): object =>
        at > answers.changeAt
          ? { kind: "accepted" }
          : { kind: "unknown", fault, sent: at === answers.changeAt };

      it.each(trouble)("%s", async (_name, wire, fault) => {
        for (const at of answers.values.keys()) {
          server.reset();
          answer(answers.values, wire, at);
          expect(await read()).toMatchObject({ kind: "unknown", fault, sent: true });
        }
        for (const at of answers.taken.keys()) {
          server.reset();
          answer(answers.taken, wire, at);
          expect(await write()).toMatchObject(afterTrouble(at, fault));
        }
      });

      it("an answer cut anywhere is not believed", async () => {
        const cut = ({ body }: Wire, part: number): Partial<Wire> => ({
          body: body.slice(0, Math.floor((body.trimEnd().length * part) / 12)),
        });
        for (let part = 1; part < 12; part += 1) {
          for (const [at, wire] of answers.values.entries()) {
            server.reset();
            answer(answers.values, cut(wire, part), at);
            expect(await read()).toMatchObject({ kind: "unknown", sent: true });
          }
          for (const [at, wire] of answers.taken.entries()) {
            server.reset();
            answer(answers.taken, cut(wire, part), at);
            expect(await write()).toMatchObject(afterTrouble(at, expect.any(String)));
          }
        }
      });

      it("a late answer finds nobody: the next question gets its own", async () => {
        answer(answers.wrongDevice, { delayMs: adapter.deadlineMs * 1.5 });
        expect(await read()).toMatchObject({ kind: "unknown", fault: "timeout" });
        server.reset();
        answer(answers.values);
        expect((await read()).kind).toBe("values");
        await new Promise((done) => setTimeout(done, adapter.deadlineMs));
        answer(answers.values);
        expect((await read()).kind).toBe("values");
      });

      it("nobody listening is unknown and not sent", async () => {
        const closed = await scriptedServer();
        await closed.close();
        const guard: Guard = { mode: () => "write", inScope: () => true };
        const lost = await adapter.open(closed.url, guard, adapter.deadlineMs);
        const result = await lost.write(
          DEVICE,
          { kind: "set", values: [{ path: ASKED.username, value: "x" }] },
          context(),
        );
        expect(result).toMatchObject({ kind: "unknown", fault: "connection", sent: false });
      });
    });

    describe("the guard", () => {
      it("writes nothing in mode observe, and tells what it held back without the secret", async () => {
        mode = "observe";
        expect(await write(new Secret(CANARY))).toMatchObject({
          kind: "not_sent",
          reason: "observe",
        });
        expect(server.requests()).toEqual([]);
        expect(held).toMatchObject([
          { change: { kind: "set", values: [{ path: ASKED.username }] } },
        ]);
        expect(printed(held.map(({ change }) => change))).not.toContain("kanarie");
      });

      it.for([
        { kind: "add", table: "Device.NAT.PortMapping." },
        { kind: "delete", row: "Device.NAT.PortMapping.1." },
        { kind: "reboot" },
        { kind: "factoryReset" },
        FIRMWARE,
      ] as const)("lets no $kind out in mode observe", async (change) => {
        mode = "observe";
        expect(await acs.write(DEVICE, change, context())).toMatchObject({
          kind: "not_sent",
          reason: "observe",
        });
        expect(server.requests()).toEqual([]);
        expect(held.map(({ change: what }) => what)).toEqual([change]);
      });

      it("refuses by itself a file whose size or address is not known", async () => {
        for (const odd of [{ sizeBytes: 0 }, { url: "fw.bin" }, { fileName: "" }]) {
          const result = await acs.write(DEVICE, { ...FIRMWARE, ...odd }, context());
          expect(result).toMatchObject({ kind: "rejected", code: 0 });
        }
        expect(server.requests()).toEqual([]);
      });

      it("asks for the mode at each call", async () => {
        mode = "observe";
        await write();
        mode = "write";
        answer(answers.taken);
        expect(await write()).toEqual(answers.takenAs);
        mode = "observe";
        expect((await write()).kind).toBe("not_sent");
        expect(server.requests()).toHaveLength(answers.taken.length);
      });

      it("reads in mode observe", async () => {
        mode = "observe";
        answer(answers.values);
        expect((await read()).kind).toBe("values");
      });

      it("lets nothing out for a device outside the scope", async () => {
        scoped = false;
        const results = [await read(), await write(), await status()];
        results.push((await acs.identify(DEVICE, context())) as never);
        for (const result of results) {
          expect(result).toMatchObject({ kind: "not_sent", reason: "out_of_scope" });
        }
        expect(server.requests()).toEqual([]);
      });

      it("sends nothing for a pass that was stopped", async () => {
        const stopped = AbortSignal.abort();
        const result = await acs.status(DEVICE, context(stopped));
        expect(result).toMatchObject({ kind: "not_sent", reason: "stopped" });
        expect(server.requests()).toEqual([]);
      });
    });
  });
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
