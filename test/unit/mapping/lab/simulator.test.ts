/**
 * The laboratory device and the simulator's CPE, written apart, do the same: the same random operations on the same tree
 * end in the same fault or the same readings.
 *
 * They differ, on purpose, in what follows; the test keeps away from it or says so where it compares:
 * - DeviceInfo: a simulated CPE has a serial number, an up time and an identity of its own fleet.
 * - Characters that XML cannot carry: 9007 here; the simulator never meets them, as its calls come in XML.
 * - Ranges, sizes and words: only here, and only when asked for; a tree does not carry them.
 * - Instance numbers: the simulator numbers rows after the last one, and rules from the lowest free one.
 */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { loadModels } from "../../../../src/acs/simulator/catalogue.ts";
import { step, type CpeOp, type CpeReply } from "../../../../src/acs/simulator/cpe.ts";
import { nodesBelow, type CpeState } from "../../../../src/acs/simulator/cpe-state.ts";
import type { CpeModel } from "../../../../src/acs/simulator/cpe-model.ts";
import { isCommand, isHidden } from "../../../../src/acs/simulator/hidden.ts";
import { apply } from "../../../../src/mapping/lab/apply.ts";
import { labDevice, type LabDevice } from "../../../../src/mapping/lab/device.ts";
import { read } from "../../../../src/mapping/lab/read.ts";
import type { Operation } from "../../../../src/model/parameter.ts";
import { cpeOf, SMALL, TREES } from "../../acs/simulator/models.ts";

let models: readonly CpeModel[] = [];
beforeAll(async () => {
  models = [SMALL, ...(await loadModels(TREES)).values()];
});

const anyRow = (path: string): string => path.replaceAll(/\.\d+(?=\.)/g, ".{i}");

function labOf(model: CpeModel): LabDevice {
  const { nodes, trigger } = model;
  const commands = new Set([...nodes.values()].filter(isCommand).map(({ path }) => anyRow(path)));
  return labDevice(
    { nodes, header: new Map() },
    {
      isHidden: (path) => {
        const value = nodes.get(path)?.value ?? null;
        return isHidden({ path, writable: true, type: null, value }, value);
      },
      isCommand: (path) => commands.has(anyRow(path)),
      triggers:
        trigger === null
          ? []
          : [
              {
                insert: trigger.insert,
                prefix: trigger.rowPrefix,
                digits: 2,
                removal: { by: "text", text: "" },
                maxRows: 99,
                accepts: (text) => /^\d{1,9},\d{1,9}$/.test(text),
              },
            ],
    },
  );
}

/** The CPE that the tree was read of: number 0 has its MACs. */
function bare(model: CpeModel): CpeState {
  return cpeOf(model, { serial: "S0", overlay: new Map() });
}

/** Points at a node of the state that there is when its turn comes: numbers, so that a counterexample shrinks. */
interface Pick {
  readonly among: "writable" | "any" | "objects" | "rules" | "nowhere";
  readonly index: number;
}
const pick: fc.Arbitrary<Pick> = fc.record({
  among: fc.oneof(
    { weight: 6, arbitrary: fc.constant("writable" as const) },
    { weight: 2, arbitrary: fc.constant("rules" as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("any" as const, "objects" as const, "nowhere" as const),
    },
  ),
  index: fc.nat(),
});
const text = fc.oneof(
  fc.constantFrom("1", "0", "true", "-5", "+007", "4294967296", "", "2505000,10000", "a@b"),
  fc.constantFrom("2017-10-05T00:00:00Z", "AGk=", "0aF", "yes", " 1"),
  fc.string({ unit: fc.constantFrom("a", "@", " ", "ü", "漢", "😀", "\n"), maxLength: 6 }),
);
type Call =
  | { readonly kind: "set"; readonly values: readonly (readonly [Pick, string])[] }
  | { readonly kind: "add" | "delete"; readonly of: Pick }
  | { readonly kind: "reboot" };
const call: fc.Arbitrary<Call> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("set" as const),
      values: fc.array(fc.tuple(pick, text), { maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("add" as const, "delete" as const),
      of: pick.map((given) => ({ ...given, among: "objects" as const })),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "reboot" as const }) },
);

function resolved({ among, index }: Pick, state: CpeState): string {
  if (among === "nowhere") return ["Device.No", "Device.No.", "", "Device.No.1."][index % 4] ?? "";
  const own = `${state.model.root}.DeviceInfo.`;
  const rules = state.model.trigger?.insert.replace(/[^.]*$/, "") ?? "none";
  const paths = nodesBelow(state, "")
    .filter(({ path, writable }) => {
      if (path.startsWith(own)) return false;
      if (among === "objects") return path.endsWith(".") && writable === true;
      if (among === "writable") return !path.endsWith(".") && writable === true;
      return among === "any" || path.startsWith(rules);
    })
    .map(({ path }) => path);
  return paths[index % paths.length] ?? "Device.No";
}

/** The same call for both. */
function both(given: Call, state: CpeState): { readonly op: CpeOp; readonly operation: Operation } {
  switch (given.kind) {
    case "set": {
      const values = given.values.map(([where, value]) => ({
        path: resolved(where, state),
        value,
      }));
      const edits = values.map(({ path, value }) => ({
        path,
        value: { kind: "text", text: value } as const,
      }));
      return { op: { kind: "set", values }, operation: { kind: "set", edits } };
    }
    case "add": {
      const table = resolved(given.of, state);
      return { op: { kind: "addObject", table }, operation: { kind: "add", table } };
    }
    case "delete": {
      const row = resolved(given.of, state);
      return { op: { kind: "deleteObject", row }, operation: { kind: "delete", row } };
    }
    case "reboot":
      return { op: given, operation: given };
  }
}

/** The fault of the call, or of its first parameter that has one. */
const faultOf = (reply: CpeReply): number | undefined =>
  reply.kind === "fault" ? (reply.parameters[0]?.code ?? reply.code) : undefined;

function shownBySimulator(state: CpeState): Map<string, string | null> {
  const { reply } = step(state, { kind: "get", names: [""] }, 0);
  const values = reply.kind === "values" ? reply.values : [];
  return new Map(values.map(({ path, value }) => [path, value]));
}

const shownByLab = (device: LabDevice): Map<string, string | null> =>
  new Map(
    [...read(device).values].map(([path, reading]) => [
      path,
      reading.kind === "value" ? reading.text : null,
    ]),
  );

/** Every path whose value one of them shows otherwise, but for what a simulated CPE says of itself. */
function differences(device: LabDevice, state: CpeState): unknown[] {
  const [ours, theirs] = [shownByLab(device), shownBySimulator(state)];
  const own = `${state.model.root}.DeviceInfo.`;
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((path) => !path.startsWith(own) && ours.get(path) !== theirs.get(path))
    .map((path) => [path, ours.get(path), theirs.get(path)]);
}

describe("the laboratory device and a simulated CPE", () => {
  it("answer the same faults and show the same values, whatever is done to them", () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(call, { maxLength: 12 }), (index, calls) => {
        const model = models[index % models.length] ?? SMALL;
        let state = bare(model);
        let device = labOf(model);
        for (const given of calls) {
          const { op, operation } = both(given, state);
          const theirs = step(state, op, 0);
          const numbering = operation.kind === "set" ? "lowest-free" : "after-last";
          const options = { ...device.options, numbering } as const;
          const ours = apply({ ...device, options }, [operation]);
          expect(ours.kind === "fault" ? ours.code : undefined).toBe(faultOf(theirs.reply));
          if (theirs.reply.kind === "fault" && theirs.reply.parameters.length > 0) {
            expect(ours).toMatchObject({ path: theirs.reply.parameters[0]?.path });
          }
          state = theirs.state;
          device = ours.device;
        }
        expect(differences(device, state)).toEqual([]);
      }),
    );
  }, 30_000);

  it("show the same of every shipped tree before anything is done", () => {
    for (const model of models) {
      expect(differences(labOf(model), bare(model))).toEqual([]);
    }
  });
});
