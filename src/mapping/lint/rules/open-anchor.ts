import type { Found, Rule } from "./rule.ts";

export const openAnchor: Rule = {
  name: "open_anchor",
  meaning:
    "an anchor says nothing about the row that it wants, so it ends only where there is one row",
  check: ({ map, anchors }) =>
    [...anchors].flatMap(([name, anchor]): Found[] => {
      const open =
        anchor.kind === "row" &&
        anchor.where.length + anchor.prefer.length === 0 &&
        anchor.pick === "only" &&
        anchor.holds === null;
      const place = map.anchors.get(name);
      if (!open || place === undefined) return [];
      const { file, pointer } = place;
      const message = `$${name} takes any row, and is ambiguous as soon as there are two: say where, prefer or pick`;
      return [{ severity: "warning", file, pointer, message }];
    }),
};
