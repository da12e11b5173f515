/**
 * `firstOf`: the first of several parameters that the device has. Chosen by the presence of the name, never by the value:
 * a key that reads back empty is still where the key stands. A name that was not read decides nothing. One below an anchor
 * that finds no row is passed over in reading, and then nothing is written: the row may come back.
 */
import { z } from "zod";
import { parameter } from "./at.ts";
import { chosenLens, presence } from "./choice.ts";
import type { NotFound } from "../view.ts";
import type { Step } from "./codec.ts";

export const firstOf: Step<string[]> = {
  name: "firstOf",
  meaning: "the first of several parameters that the device has",
  shape: "end",
  options: () => z.array(z.string().min(1)).min(2),
  build(paths, context, pointer) {
    const homes = paths.map((text, index) => {
      const place = `${pointer}/${index}`;
      return { path: context.path(text, place), lens: parameter(text, context, place) };
    });
    const lenses = homes.map(({ lens }) => lens);
    const place = lenses.map((lens) => lens.place).join(" or ");
    return chosenLens(lenses, [], (view) => {
      let passedOver: NotFound | null = null;
      for (const { path, lens } of homes) {
        const found = presence(path, false, view);
        if (found.kind === "present") return { kind: "lens", lens, passedOver };
        if (found.kind === "no_instance") passedOver ??= found;
        else if (found.kind !== "absent") return found;
      }
      return (
        passedOver ?? {
          kind: "absent",
          path: place,
          detail: "the device has none of these parameters",
        }
      );
    });
  },
};
