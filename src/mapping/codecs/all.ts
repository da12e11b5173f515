/**
 * `all`: the same value in several homes (a secret that the device keeps twice). All are written that differ, in one call;
 * homes that differ are nonconforming, with the first one's value.
 *
 * A home that is missing makes the value absent, and nothing is written: a device with one home of two is not the device
 * that the map speaks of. A map for both kinds of device says so with `firstOf` or `cases`.
 */
import { z } from "zod";
import { sameValue } from "../../model/logical.ts";
import { printTemplate } from "../path.ts";
import { putChanged, samePlain, said, together, unsayable, type Lens, type Step } from "./codec.ts";
import { obstacleIn } from "./split.ts";

const pathsOf = (lens: Lens): string[] =>
  lens.needs.flatMap((need) => (need.kind === "path" ? [printTemplate(need.path)] : []));

export const all: Step<unknown[][]> = {
  name: "all",
  meaning: "the same value in several homes",
  shape: "end",
  options: (pipeline) => z.array(pipeline).min(2),
  build(pipelines, context, pointer) {
    const homes = pipelines.map((steps, index) => context.lens(steps, `${pointer}/${index}`));
    const seen = new Set<string>();
    for (const [index, home] of homes.entries()) {
      const twice = pathsOf(home).find((path) => seen.has(path));
      if (twice !== undefined)
        context.problem(`${pointer}/${index}`, `"${twice}" is also another home`);
      for (const path of pathsOf(home)) seen.add(path);
    }
    return {
      needs: homes.flatMap(({ needs }) => needs),
      place: homes.map(({ place }) => place).join(" and "),
      normal(value, view) {
        const shown = homes.map((home) => home.normal(value, view));
        const values = shown.flatMap((one) => (one.ok ? [one.value] : []));
        const [first] = values;
        const refusal = shown.find(({ ok }) => !ok);
        if (refusal !== undefined || first === undefined)
          return refusal ?? unsayable("has no home on this device");
        return values.every((one) => sameValue(one, first))
          ? said(first)
          : unsayable("would read differently in its homes");
      },
      get(view) {
        const gots = homes.map((home) => home.get(view));
        const bad = obstacleIn(gots);
        if (bad !== undefined) return bad;
        const found = gots.flatMap((got) => (got.kind === "value" ? [got] : []));
        const [first, ...others] = found;
        if (first === undefined)
          return { kind: "absent", path: pointer, detail: "has no home on this device" };
        const other = others.find((one) => !samePlain(one.value, first.value));
        return other === undefined
          ? { kind: "value", value: first.value, paths: found.flatMap(({ paths }) => paths) }
          : {
              kind: "nonconforming",
              value: first.value,
              path: other.paths[0] ?? "",
              detail: `differs from ${first.paths[0] ?? ""}`,
            };
      },
      put: (value, view) => together(homes.map((home) => putChanged(home, value, view))),
    };
  },
};
