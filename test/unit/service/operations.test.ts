import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { STATES, type State } from "../../../src/model/status.ts";
import type { OperationView } from "../../../src/ports/fleet-store.ts";
import { operationId, parseOperationId, statusOf } from "../../../src/service/operations.ts";

const NOW = new Date("2026-11-22T21:00:00Z");
const view = (state: State, given: Partial<OperationView> = {}): OperationView => ({
  ...{ writer: "billing", generation: 3, kind: "change", madeAt: NOW },
  ...{ provenAt: null, supersededBy: null, judged: true },
  device: { state } as OperationView["device"],
  ...given,
});

describe("the status of a change", () => {
  it.for<[string, OperationView, string]>([
    [
      "is done once it is proven, whatever the device is now",
      view("offline", { provenAt: NOW }),
      "done",
    ],
    [
      "stays done when something newer came",
      view("queued", { provenAt: NOW, supersededBy: 4 }),
      "done",
    ],
    [
      "is superseded when something newer came first",
      view("converged", { supersededBy: 4 }),
      "superseded",
    ],
    ["waits for a CPE that is away", view("offline"), "waiting"],
    ["waits while a person holds the device", view("held"), "waiting"],
    ["runs while it is written or read back", view("unverified"), "running"],
    ["failed when the device refused it", view("failed"), "failed"],
    [
      "is queued when the refusal was of what stood before",
      view("failed", { judged: false }),
      "queued",
    ],
    [
      "is not done because the device is true to what it was to be before",
      view("converged"),
      "queued",
    ],
  ])("%s", ([, given, status]) => {
    expect(statusOf(given)).toBe(status);
  });

  it("has a word for every state", () => {
    for (const state of STATES) expect(statusOf(view(state))).toMatch(/^[a-z]+$/);
  });
});

describe("the id of a change", () => {
  it("says which change it is, and is a path segment", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(),
        fc.stringMatching(/^[^\u0000-\u001f]{1,60}$/),
        (device, generation, writer) => {
          const id = operationId({ device, writer, generation });
          expect(id).toMatch(/^op_[\w-]+$/);
          expect(parseOperationId(id)).toEqual({ device, writer, generation });
        },
      ),
    );
  });

  it("is nothing for any other text (I20)", () => {
    const encoded = fc.json().map((text) => `op_${Buffer.from(text).toString("base64url")}`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), encoded), (text) => {
        const parsed = parseOperationId(text);
        if (parsed !== undefined) expect(parseOperationId(operationId(parsed))).toEqual(parsed);
      }),
    );
    for (const text of ["", "op_", "op_AAAA", "op_W10", "g3"])
      expect(parseOperationId(text)).toBeUndefined();
  });
});
