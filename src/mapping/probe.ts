/**
 * Parameters that tell maps apart by being there. They are asked for in every read, also where the choice is made: new
 * firmware can bring one or take it away, and the map has to follow.
 */
import type { DeviceFacts } from "../model/device.ts";
import type { Snapshot } from "../model/parameter.ts";
import type { Mapper } from "./mapper.ts";
import { viewOf } from "./snapshot-view.ts";

function presenceIn(snapshot: Snapshot, paths: readonly string[]): DeviceFacts["presence"] {
  const view = viewOf(snapshot, new Map());
  const known = paths.flatMap((path): [string, boolean][] => {
    const { kind } = view.state(path);
    return kind === "unread" ? [] : [[path, kind !== "absent"]];
  });
  return Object.fromEntries(known);
}

export function probing(mapper: Mapper, paths: readonly string[]): Mapper {
  if (paths.length === 0) return mapper;
  return {
    ...mapper,
    wanted(logicals, known) {
      const names = mapper.wanted(logicals, known);
      const isRead = (path: string): boolean =>
        names.some((name) => name === path || (name.endsWith(".") && path.startsWith(name)));
      return [...names, ...paths.filter((path) => !isRead(path))];
    },
    facts: (snapshot) => ({ ...mapper.facts(snapshot), presence: presenceIn(snapshot, paths) }),
  };
}
