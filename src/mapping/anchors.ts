/**
 * Anchors: rows are found by what they hold or by walking references, never by their number, and end at exactly one row.
 *
 * `row`: every row of the template that passes all of `where`; then each `prefer` in turn keeps the rows that pass it, if
 * there are any; several left are ambiguous unless `pick` says lowest or highest. Evidence that was not read decides
 * nothing: if it could change the choice, the anchor is unread.
 * `row` with `holds`: the row around the one that another anchor chose, for what stands at a connection device and not at
 * the connection in it. `where` can still refuse it.
 * `follow`: from a parameter that names other objects (TR-181 LowerLayers) to the first row of the form `to`, at most
 * eight steps; on the way the parameter of the same name is read again. References come with and without a last dot.
 */
import { z } from "zod";
import { conditionSchema, parseCondition, type Condition } from "./conditions.ts";
import { instanceNames, parseTemplate, type Template } from "./path.ts";

export const anchorSchema = z
  .strictObject({
    row: z.string().optional().describe("Path of a row, with {i} for each number to be found."),
    where: z.array(conditionSchema).optional().describe("What the row has to meet, all of it."),
    prefer: z
      .array(conditionSchema)
      .optional()
      .describe("Each in turn keeps the rows that meet it, where there are any."),
    pick: z
      .enum(["only", "lowest", "highest"])
      .optional()
      .describe("Which of several rows; only: there may not be several."),
    holds: z
      .string()
      .optional()
      .describe("Name of an anchor: the row is the one around the row of that."),
    follow: z
      .string()
      .optional()
      .describe("A parameter that names other objects: where a walk starts."),
    to: z.string().optional().describe("Path of the row at which the walk ends."),
  })
  .refine(
    (given) => (given.row !== undefined) !== (given.follow !== undefined && given.to !== undefined),
    "wants either row, or follow with to",
  )
  .refine(
    ({ holds, row, prefer, pick }) =>
      holds === undefined || (row !== undefined && prefer === undefined && pick === undefined),
    "holds goes with row and where: there is one row around another",
  );
export type AnchorText = z.infer<typeof anchorSchema>;

export type Anchor =
  | {
      readonly kind: "row";
      readonly row: Template;
      readonly where: readonly Condition[];
      readonly prefer: readonly Condition[];
      readonly pick: "only" | "lowest" | "highest";
      /** Name of the anchor whose row lies in this one. */
      readonly holds: string | null;
    }
  | { readonly kind: "follow"; readonly from: Template; readonly to: Template };

/** From the document's form; a fault names what is wrong, for the pointer of the anchor. */
export function parseAnchor(given: AnchorText): Anchor | { readonly fault: string } {
  const rowText = given.row ?? given.to ?? "";
  const row = parseTemplate(rowText);
  if ("fault" in row) return { fault: `"${rowText}" ${row.fault}` };
  if (row.anchor !== null) return { fault: `"${rowText}" has to start at the root` };
  if (row.segments.every((segment) => segment.kind === "name")) {
    return { fault: `"${rowText}" has no {instance} to look for` };
  }
  if (given.follow !== undefined) {
    const from = parseTemplate(given.follow);
    if ("fault" in from) return { fault: `"${given.follow}" ${from.fault}` };
    if (from.segments.length === 0 || instanceNames(from).length > 0) {
      return { fault: `"${given.follow}" is not one parameter` };
    }
    return { kind: "follow", from, to: row };
  }
  const conditions: Condition[][] = [];
  for (const list of [given.where, given.prefer]) {
    const parsed: Condition[] = [];
    for (const one of list ?? []) {
      const test = parseCondition(one);
      if ("fault" in test) return test;
      parsed.push(test);
    }
    conditions.push(parsed);
  }
  const [where = [], prefer = []] = conditions;
  const holds = given.holds === undefined ? null : parseTemplate(given.holds);
  if (holds !== null && ("fault" in holds || holds.anchor === null || holds.segments.length > 0))
    return { fault: `holds "${given.holds ?? ""}" is not an anchor, as $ppp` };
  return {
    kind: "row",
    row,
    where,
    prefer,
    pick: given.pick ?? "only",
    holds: holds?.anchor ?? null,
  };
}

/** The anchor that has to be known before this one can be looked for. */
export const earlierOf = (anchor: Anchor): string | null =>
  anchor.kind === "follow" ? anchor.from.anchor : anchor.holds;
