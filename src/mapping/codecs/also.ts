/**
 * `also`: companions that must hold beside the value, as Realm held empty where the realm stands in Identity (BM632w). A
 * companion that differs makes the value nonconforming, and is written in the same call as the value. A device without
 * the companion conforms only if the companion should be empty. Booleans and numbers are compared as such.
 */
import { companionsSchema, type CompanionsText } from "../literal.ts";
import { printTemplate } from "../path.ts";
import type { View } from "../view.ts";
import { NO_EDITS, putChanged, together, type Step } from "./codec.ts";
import {
  companionsOf,
  hold,
  judge,
  needsOf,
  refuseOwn,
  shouldBe,
  type Companion,
} from "./companion.ts";

const missesNothing = ({ want }: Companion, kind: string): boolean =>
  kind === "absent" && want === "";

export const also: Step<CompanionsText> = {
  name: "also",
  meaning: "companion parameters that must hold a fixed value",
  shape: "wrap",
  options: () => companionsSchema,
  build(given, rest, context, pointer) {
    const companions = companionsOf(given, context, pointer);
    refuseOwn(companions, rest, context, pointer);
    const write = (companion: Companion, view: View) =>
      missesNothing(companion, judge(companion, view).kind) ? NO_EDITS : hold(companion, view);
    return {
      needs: [...rest.needs, ...needsOf(companions)],
      place:
        rest.place === ""
          ? companions.map(({ path }) => printTemplate(path)).join(", ")
          : rest.place,
      normal: (value, view) => rest.normal(value, view),
      get(view) {
        const got = rest.get(view);
        if (got.kind !== "value") return got;
        for (const companion of companions) {
          const found = judge(companion, view);
          if (found.kind === "holds") continue;
          if (found.kind === "differs") {
            const detail = shouldBe(companion.want);
            return { kind: "nonconforming", value: got.value, path: found.path, detail };
          }
          if (!missesNothing(companion, found.kind)) return found;
        }
        return got;
      },
      put: (value, view) =>
        together([
          putChanged(rest, value, view),
          ...companions.map((companion) => write(companion, view)),
        ]),
    };
  },
};
