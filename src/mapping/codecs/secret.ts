/**
 * `secret`: written, never shown. Whatever the device answers (empty, nil, or the value itself) is *unreadable*: a shown
 * secret would otherwise travel into observations. Only *absent* and *unread* stay what they are.
 */
import { z } from "zod";
import { Secret } from "../../lib/secret.ts";
import { refused, unsayable, type Got, type Step } from "./codec.ts";

export const secret: Step<Record<string, never>> = {
  name: "secret",
  meaning: "written, never shown",
  shape: "wrap",
  options: () => z.strictObject({}),
  build: (_options, rest) => ({
    needs: rest.needs,
    place: rest.place,
    normal: (value, view) =>
      value instanceof Secret ? rest.normal(value, view) : unsayable("is not a secret"),
    get(view): Got {
      const got = rest.get(view);
      switch (got.kind) {
        case "value":
          return { kind: "unreadable", path: got.paths[0] ?? rest.place };
        case "nil":
        case "foreign":
        case "nonconforming":
        case "unreadable":
          return { kind: "unreadable", path: got.path };
        case "absent":
        case "unread":
        case "no_instance":
        case "ambiguous":
          return got;
      }
    },
    put: (value, view) =>
      value instanceof Secret
        ? rest.put(value, view)
        : refused("domain", rest.place, "is not a secret"),
  }),
};
