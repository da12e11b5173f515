/** A map of a few lines, linted against the shipped standard. */
import { shippedStandard } from "../../../../src/package/standard.ts";
import { compileBindings } from "../../../../src/mapping/bound.ts";
import { compileAnchors } from "../../../../src/mapping/compile-anchors.ts";
import { lintMaps, type LintProblem } from "../../../../src/mapping/lint/index.ts";
import { stackOf, type Stack } from "../../../../src/mapping/layers.ts";
import { readMap } from "../../../../src/mapping/map.ts";

const STANDARD = shippedStandard(["InternetGatewayDevice", "Device"]);

export type Spec = Readonly<Record<string, unknown>>;

/** @throws Error where the map does not even build */
export function stackFor(spec: Spec): Stack {
  const document = {
    apiVersion: "plumbline/v1",
    kind: "ParameterMap",
    metadata: { name: "some-map" },
    spec: { bind: {}, ...spec },
  };
  const { map, problems } = readMap("some-map.yaml", document);
  const stack = map === undefined ? undefined : stackOf([{ map }]);
  if (stack !== undefined) {
    compileAnchors(stack.anchors, problems);
    compileBindings(stack, problems);
  }
  if (stack === undefined || problems.length > 0) {
    throw new Error(problems.map(({ pointer, message }) => `${pointer ?? ""}: ${message}`).join());
  }
  return stack;
}

export const lint = (spec: Spec): LintProblem[] => lintMaps([stackFor(spec)], STANDARD);

/** A map that a rule finds fault with, and the nearest map that it lets pass. */
export interface Case {
  readonly rule: string;
  readonly name: string;
  readonly bad: Spec;
  readonly severity: "error" | "warning";
  /** Empty where the place is not the point. */
  readonly pointer: string;
  readonly says: string;
  readonly good: Spec;
}

/** The short form of a map that binds one logical parameter. */
export const bind = (logical: string, lens: readonly unknown[], more: Spec = {}): Spec => ({
  bind: { [logical]: { lens, ...more } },
});

/** Rows that others make too. */
const MAPPINGS = "Device.NAT.PortMapping.{m}";
export const mappings = (more: object) =>
  bind("lan.port-mappings", [
    {
      table: {
        row: MAPPINGS,
        order: "set",
        key: ["externalPort"],
        fields: {
          protocol: [{ at: "$row.X_Protocol" }],
          externalPort: [{ int: {} }, { at: "$row.ExternalPort" }],
          internalPort: [{ int: {} }, { at: "$row.InternalPort" }],
          client: [{ at: "$row.InternalClient" }],
        },
        slots: { free: { ExternalPort: 0 } },
        owns: "all",
        ...more,
      },
    },
  ]);

/** A binding that writes. */
export const name = (path: string, more: Spec = {}): Spec =>
  bind("device.name", [{ text: { max: 16 } }, { at: path }], more);

/** A binding that only reads. */
export const seen = (path: string): Spec => bind("device.model-name", [{ at: path }]);
