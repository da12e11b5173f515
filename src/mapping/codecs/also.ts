/**
 * `also`: companions that must hold beside the value, as Realm held empty where the realm stands in Identity (BM632w). A
 * companion that differs makes the value nonconforming, and is written in the same call as the value. A device without
 * the companion conforms only if the companion should be empty.
 */
import { z } from "zod";
import { pointerOf } from "../../lib/schema.ts";
import { printTemplate } from "../path.ts";
import { NO_EDITS, putChanged, refused, setText, together, type Got, type Step } from "./codec.ts";
import type { PutResult } from "../mapper.ts";
import type { View } from "../view.ts";

export const also: Step<Record<string, string>> = {
  name: "also",
  meaning: "companion parameters that must hold a fixed text",
  shape: "wrap",
  options: () => z.record(z.string().min(1), z.string()),
  build(companions, rest, context, pointer) {
    const held = Object.entries(companions).map(([text, want]) => ({
      path: context.path(text, pointer + pointerOf([text])),
      want,
    }));
    /** Undefined when the companion holds. */
    const wrong = (
      view: View,
      { path, want }: (typeof held)[number],
    ): Exclude<Got, { kind: "value" }> | undefined => {
      const where = view.place(path);
      if (where.kind !== "path") return where;
      const state = view.state(where.path);
      if (state.kind === "text" && state.text === want) return undefined;
      if (state.kind === "absent" && want === "") return undefined;
      if (state.kind === "absent")
        return { kind: "absent", path: where.path, detail: "a companion is missing" };
      if (state.kind !== "text") return { kind: state.kind, path: where.path };
      const detail = want === "" ? "should be empty" : `should be "${want}"`;
      return { kind: "nonconforming", value: "", path: where.path, detail };
    };
    const write = (view: View, companion: (typeof held)[number]): PutResult => {
      const found = wrong(view, companion);
      if (found === undefined) return NO_EDITS;
      if (found.kind === "nonconforming") return setText(found.path, companion.want);
      if (found.kind === "absent") return refused("absent", found.path, found.detail);
      return refused("unread", found.path, "was not read");
    };
    return {
      needs: [...rest.needs, ...held.map(({ path }) => ({ kind: "path", path }) as const)],
      place:
        rest.place === "" ? held.map(({ path }) => printTemplate(path)).join(", ") : rest.place,
      normal: (value) => rest.normal(value),
      get(view) {
        const got = rest.get(view);
        if (got.kind !== "value") return got;
        for (const companion of held) {
          const found = wrong(view, companion);
          if (found?.kind === "nonconforming") return { ...found, value: got.value };
          if (found !== undefined) return found;
        }
        return got;
      },
      put: (value, view) =>
        together([
          putChanged(rest, value, view),
          ...held.map((companion) => write(view, companion)),
        ]),
    };
  },
};
