import type { Found, Rule } from "./rule.ts";

export const wrongRoot: Rule = {
  name: "wrong_root",
  meaning: "a path starts at another root than the one that the map matches",
  check: ({ map, uses }) =>
    uses.flatMap(({ path, file, pointer }): Found[] => {
      const { root } = map;
      if (root === null || path === root || path.startsWith(`${root}.`)) return [];
      const message = `${path} does not lie below ${root}, which ${map.name} matches`;
      return [{ severity: "error", file, pointer, message }];
    }),
};
