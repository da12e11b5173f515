/** An observation as it is stored and shown: its kind, its value where there is one, its place. Never a secret. */
import { Secret } from "../lib/secret.ts";
import type { Observation } from "../model/logical.ts";

export function normaliseEntry(observation: Observation): Readonly<Record<string, unknown>> {
  switch (observation.kind) {
    case "value":
      return observation.value instanceof Secret
        ? { kind: "unreadable", path: observation.paths[0] ?? "" }
        : { kind: "value", value: observation.value, paths: observation.paths };
    case "nonconforming":
      return observation.value instanceof Secret
        ? { kind: "unreadable", path: observation.path }
        : {
            kind: "nonconforming",
            value: observation.value,
            path: observation.path,
            detail: observation.detail,
          };
    case "absent":
    case "foreign":
      return { kind: observation.kind, path: observation.path, detail: observation.detail };
    case "unread":
    case "unreadable":
      return { kind: observation.kind, path: observation.path };
  }
}
