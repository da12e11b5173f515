/** `at`: the end of a pipeline, one parameter. Takes text, or a secret that stays closed. */
import { z } from "zod";
import { Secret } from "../../lib/secret.ts";
import { printTemplate } from "../path.ts";
import {
  refused,
  refusedAs,
  said,
  setText,
  unsayable,
  type BuildContext,
  type Got,
  type Lens,
  type Step,
} from "./codec.ts";

/** One parameter as a lens. */
export function parameter(text: string, context: BuildContext, pointer: string): Lens {
  const path = context.path(text, pointer);
  const place = printTemplate(path);
  return {
    needs: [{ kind: "path", path }],
    place,
    normal: (value) =>
      typeof value === "string" || value instanceof Secret
        ? said(value)
        : unsayable("the steps of the map do not end in text"),
    get(view): Got {
      const where = view.place(path);
      if (where.kind !== "path") return where;
      const state = view.state(where.path);
      switch (state.kind) {
        case "text":
          return { kind: "value", value: state.text, paths: [where.path] };
        case "absent":
          return { kind: "absent", path: where.path, detail: "the device has no such parameter" };
        case "nil":
        case "unread":
          return { kind: state.kind, path: where.path };
      }
    },
    put(value, view) {
      const where = view.place(path);
      if (where.kind !== "path") return refusedAs(where);
      const state = view.state(where.path);
      if (state.kind === "absent")
        return refused("absent", where.path, "the device has no such parameter");
      if (state.kind === "unread") return refused("unread", where.path, "was not read");
      if (value instanceof Secret) {
        const edit = {
          path: where.path,
          value: { kind: "secret", logical: context.logical },
        } as const;
        return { kind: "edits", calls: [{ kind: "set", edits: [edit] }] };
      }
      if (state.kind === "nil") return refused("unread", where.path, "the ACS has no value of it");
      if (typeof value !== "string")
        return refused("domain", where.path, "the steps of the map do not end in text");
      return setText(where.path, value);
    },
  };
}

export const at: Step<string> = {
  name: "at",
  meaning: "one parameter, by full path or below an anchor",
  shape: "end",
  options: () => z.string().min(1),
  build: parameter,
};
