/** What a map makes of one read of a device: each binding with its outcome, and the rows that its anchors chose. */
import type { Observation } from "../../model/logical.ts";
import type { Snapshot } from "../../model/parameter.ts";
import type { Evidence, Mapper } from "../mapper.ts";

export interface Tried {
  readonly logical: string;
  readonly observation: Observation;
  readonly secret: boolean;
  readonly writable: boolean;
}

export interface Trial {
  readonly bindings: readonly Tried[];
  readonly anchors: readonly Evidence[];
}

/** By name. Nothing of a secret is in it. */
export function tryMap(mapper: Mapper, snapshot: Snapshot): Trial {
  const names = [...mapper.bindings.keys()].sort();
  return {
    bindings: names.map((logical) => {
      const binding = mapper.bindings.get(logical);
      return {
        logical,
        observation: mapper.get(logical, snapshot),
        secret: binding?.secret === true,
        writable: binding?.observeOnly === false,
      };
    }),
    anchors: mapper.evidence(names, snapshot),
  };
}
