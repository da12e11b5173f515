/** From one binding of a map to its lens: the steps, and the order that stands around them. */
import type { BindingText } from "./binding.ts";
import { orderedLens } from "./order.ts";
import { buildLens, checkPaths, readPath, type Built, type Report } from "./pipeline.ts";

/** @param pointer of the binding; @param anchors names that `$name` may use */
export function buildBinding(
  logical: string,
  { lens: steps, order }: BindingText,
  pointer: string,
  anchors: ReadonlySet<string>,
): Built {
  const built = buildLens(logical, steps, `${pointer}/lens`, anchors);
  if (order === undefined) return built;
  const problems = [...built.problems];
  const paths = [...built.paths];
  const problem: Report = (at, message, code = "invalid_order") => {
    problems.push({ pointer: at, code, message });
  };
  const context = {
    problem,
    path(text: string, at: string) {
      const path = readPath(text, at, anchors, problem);
      paths.push({ path, pointer: at });
      return path;
    },
  };
  const lens = orderedLens(built.lens, order, context, `${pointer}/order`);
  if (problems.length === 0) checkPaths(lens, `${pointer}/order`, problem);
  return { ...built, lens, problems, paths };
}
