/**
 * What every adapter must do, whatever its ACS speaks. The adapter's own test file brings the raw answers of that ACS,
 * written by hand from the references; this file brings the questions, the trouble on the wire and the expectations.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../src/lib/secret.ts";
import type { Acs, AcsDevice, CallContext } from "../../src/ports/acs.ts";
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

/** The canary: a password with everything that XML, URLs and trimming could harm. */
const CANARY = ` Zq7&<kanarie>"'%+ü]]> `;

/** One raw answer for each question of the suite. `null`: this dialect cannot say such a thing. */
export interface Answers {
  /** `username` is `anna@isp.example`, `password` is empty, serial right, nothing else. */
  readonly values: string;
  /** Two hosts' parameters below `hosts`: name `laptop` and address failed; serial right. */
  readonly subtree: string;
  /** `username` is two blanks, `anna`, one blank; serial right. */
  readonly blanks: string;
  readonly nil: string | null;
  /** `username` failed, serial right. */
  readonly failed: string;
  readonly away: string;
  readonly refused: string;
  /** As `values`, with the other serial. */
  readonly wrongDevice: string;
  /** As `values`, with one more parameter that nobody asked for. */
  readonly wrongNames: string;
  /** As `values`, without the serial number. */
  readonly noIdentity: string;
  /** As `values`, with two different user names. */
  readonly twice: string;
  readonly online: string;
  readonly offline: string;
  readonly accepted: string;
  readonly acceptedId: string | null;
  /** Code 201 and a message that holds `<<echo>>`, where the suite puts what was sent. */
  readonly rejected: string;
  readonly serverFault: string;
}

export interface AdapterUnderTest {
  readonly answers: Answers;
  readonly contentType: string;
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
    const answer = (body: string, wire: Partial<Wire> = {}): void => {
      server.next({ status: 200, contentType: adapter.contentType, body, ...wire });
    };
    const read = (names: readonly string[] = [ASKED.username, ASKED.password, ASKED.absent]) =>
      acs.read(DEVICE, names, ASKED.identity, context());
    const write = (value: string | Secret = "anna@isp.example") =>
      acs.write(DEVICE, { kind: "set", values: [{ path: ASKED.username, value }] }, context());
    const status = () => acs.status(DEVICE, context());

    describe("reads", () => {
      it("gives values by name; an empty text is empty, and a name without an answer was not read", async () => {
        answer(answers.values);
        const before = new Date();
        const result = await read();
        if (result.kind !== "values") throw new Error(printed(result));
        expect(result.snapshot.values.get(ASKED.username)).toEqual({
          kind: "value",
          text: "anna@isp.example",
        });
        expect(result.snapshot.values.get(ASKED.password)).toEqual({ kind: "value", text: "" });
        expect(result.snapshot.values.has(ASKED.absent)).toBe(false);
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

      it.skipIf(answers.nil === null)("tells nil from empty", async () => {
        answer(answers.nil ?? "");
        const result = await read();
        if (result.kind !== "values") throw new Error(printed(result));
        expect(result.snapshot.values.get(ASKED.username)).toEqual({ kind: "null" });
      });

      it("calls a failed parameter failed and never empty", async () => {
        answer(answers.failed);
        const result = await read();
        if (result.kind !== "values") throw new Error(printed(result));
        expect(result.snapshot.values.get(ASKED.username)?.kind).toBe("failed");
      });

      it("says away when nothing was read", async () => {
        answer(answers.away);
        expect((await read()).kind).toBe("away");
      });

      it("passes a refusal on with its code", async () => {
        answer(answers.refused);
        expect(await read()).toMatchObject({ kind: "refused", code: 201 });
      });

      it.each([
        ["another device's answer", "wrongDevice", "wrong_device"],
        ["a parameter that was not asked for", "wrongNames", "wrong_names"],
        ["an answer that does not prove the device", "noIdentity", "incomplete"],
        ["one name with two values", "twice", "wrong_names"],
        ["another operation's answer", "online", "wrong_type"],
        ["a write's answer", "accepted", "wrong_type"],
        ["a fault of the server", "serverFault", "soap_fault"],
      ] as const)("does not believe %s", async (_name, key, fault) => {
        answer(answers[key]);
        expect(await read()).toMatchObject({ kind: "unknown", fault, sent: true });
      });
    });

    it("says online and offline", async () => {
      answer(answers.online);
      expect((await status()).kind).toBe("online");
      answer(answers.offline);
      expect((await status()).kind).toBe("offline");
    });

    describe("writes", () => {
      it("accepts at best, with the transaction", async () => {
        answer(answers.accepted);
        expect(await write()).toEqual({ kind: "accepted", id: answers.acceptedId });
      });

      it("passes a rejection on, without any secret that the ACS echoes", async () => {
        for (const echo of [CANARY, xml(CANARY), encodeURIComponent(CANARY), adapter.acsPassword]) {
          const padded = `${"x".repeat(150)}${echo}`;
          answer(answers.rejected.replace("<<echo>>", () => xml(padded)));
          const result = await write(new Secret(CANARY));
          expect(result).toMatchObject({ kind: "rejected", code: 201 });
          expect(printed(result)).not.toContain("kanarie");
          expect(printed(result)).not.toContain(adapter.acsPassword);
        }
      });

      it("sends a secret as it is, and only in the body", async () => {
        answer(answers.accepted);
        await write(new Secret(CANARY));
        const sent = server.requests().at(-1);
        expect(sent?.body).toContain("kanarie");
        expect(sent?.headers).not.toContain("kanarie");
      });

      it("names its change in the ACS's audit trail", async () => {
        answer(answers.accepted);
        await write();
        expect(server.requests().at(-1)?.body).toContain("plumbline:chg-1");
      });

      it.each([
        ["another operation's answer", "values", "wrong_type"],
        ["a fault of the server", "serverFault", "soap_fault"],
      ] as const)("is unknown after %s", async (_name, key, fault) => {
        answer(answers[key]);
        expect(await write()).toMatchObject({ kind: "unknown", fault, sent: true });
      });
    });

    describe("trouble on the wire is unknown, for a read and for a write alike", () => {
      const html = "<!DOCTYPE html><html><head><title>Error</title></head><body>x</body></html>";
      const trouble: readonly (readonly [string, Partial<Wire>, string, boolean])[] = [
        ["no body", { body: "" }, "empty", true],
        ["no body with status 500", { body: "", status: 500 }, "empty", true],
        [
          "an HTML page with status 200",
          { body: html, contentType: "text/html" },
          "not_soap",
          true,
        ],
        ["an HTML page with status 500", { body: html, status: 500 }, "not_soap", true],
        ["a redirect", { body: html, status: 302 }, "not_soap", true],
        ["a plain text", { body: "Service Unavailable", status: 503 }, "not_soap", true],
        ["a login that is refused", { body: html, status: 401 }, "not_soap", true],
        ["a fault with status 500", { body: answers.serverFault, status: 500 }, "soap_fault", true],
        ["a good answer under status 500", { status: 500 }, "not_soap", true],
        ["a cut before the answer", { cut: "before" }, "connection", true],
        ["a cut inside the answer", { cut: "inside" }, "connection", true],
        ["silence", { delayMs: 60_000 }, "timeout", true],
        ["an answer that never ends", { cut: "never" }, "timeout", true],
      ];
      it.each(trouble)("%s", async (_name, wire, fault, sent) => {
        answer(answers.values, wire);
        expect(await read()).toMatchObject({ kind: "unknown", fault, sent });
        answer(answers.accepted, wire);
        expect(await write()).toMatchObject({ kind: "unknown", fault, sent });
      });

      it("an answer cut anywhere is not believed", async () => {
        for (const [body, ask] of [
          [answers.values, read],
          [answers.accepted, write],
        ] as const) {
          for (let part = 1; part < 12; part += 1) {
            answer(body.slice(0, Math.floor((body.trimEnd().length * part) / 12)));
            expect(await ask()).toMatchObject({ kind: "unknown", sent: true });
          }
        }
      });

      it("a late answer finds nobody: the next question gets its own", async () => {
        answer(answers.wrongDevice, { delayMs: adapter.deadlineMs * 1.5 });
        answer(answers.values);
        expect(await read()).toMatchObject({ kind: "unknown", fault: "timeout" });
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
      ] as const)("lets no $kind out in mode observe", async (change) => {
        mode = "observe";
        expect(await acs.write(DEVICE, change, context())).toMatchObject({
          kind: "not_sent",
          reason: "observe",
        });
        expect(server.requests()).toEqual([]);
        expect(held.map(({ change: what }) => what)).toEqual([change]);
      });

      it("asks for the mode at each call", async () => {
        mode = "observe";
        await write();
        mode = "write";
        answer(answers.accepted);
        expect((await write()).kind).toBe("accepted");
        mode = "observe";
        expect((await write()).kind).toBe("not_sent");
        expect(server.requests()).toHaveLength(1);
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
