/**
 * A device without the homes that are tried first: parameters with several of them (`firstOf`, `cases`) stand in the next
 * one, so that the laws meet that one too.
 */
import type { ParameterPath } from "../../model/parameter.ts";
import { withoutNumbers } from "../declares.ts";
import type { LabDevice } from "../lab/device.ts";
import { read } from "../lab/read.ts";
import { isShown, told } from "./decodable.ts";
import type { Bound, Subject } from "./subject.ts";

function without(device: LabDevice, paths: readonly ParameterPath[]): LabDevice {
  const gone = new Set(paths);
  const nodes = new Map([...device.tree.nodes].filter(([path]) => !gone.has(path)));
  return { ...device, tree: { ...device.tree, nodes } };
}

/** What the binding reads now, and what it only asks for: without the one or the other it may go on to its next home. */
function firstHomes({ lens }: Bound, subject: Subject, device: LabDevice): ParameterPath[][] {
  const view = subject.view(read(device));
  const got = lens.get(view);
  const asked = lens.needs.flatMap((need) => {
    const where = need.kind === "path" && need.probe === true ? view.place(need.path) : undefined;
    return where?.kind === "path" ? [where.path] : [];
  });
  const shown = got.kind === "value" ? got.paths : got.kind === "unreadable" ? [got.path] : [];
  return [[...shown], asked].filter((paths) => paths.length > 0);
}

/** Bindings that name one of these parameters, on whatever row. */
function readersOf(paths: readonly ParameterPath[], { bounds }: Subject): Bound[] {
  const gone = new Set(paths.map(withoutNumbers));
  return [...bounds.values()].filter(({ uses }) =>
    uses.some(({ path }) => gone.has(withoutNumbers(path))),
  );
}

/** Undefined where no binding has another home. */
export function secondHomes(subject: Subject, device: LabDevice): LabDevice | undefined {
  let current = device;
  for (const bound of subject.bounds.values()) {
    const parameters = bound.lens.needs.filter(({ kind }) => kind === "path");
    if (parameters.length < 2) continue;
    for (const paths of firstHomes(bound, subject, current)) {
      const next = told(bound, subject, without(current, paths));
      const readers = readersOf(paths, subject);
      if (!readers.every((reader) => isShown(reader, subject, next))) continue;
      current = next;
      break;
    }
  }
  return current === device ? undefined : current;
}
