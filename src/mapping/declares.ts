/**
 * `declares`: what a device has that no standard names, and where it keeps to other rules than the standard. For the
 * linter and for people; no value is read or written otherwise because of it.
 *
 *   InternetGatewayDevice.OperatorProfile.: {}                     a branch: what lies below it is there
 *   InternetGatewayDevice.A.{i}.Key: { type: string, secret: true, size: [8, 63] }
 *   Device.Ethernet.VLANTermination.{i}.VLANID: { range: [0, 4094] }        0 says untagged here
 *   Device.WiFi.Radio.{i}.OperatingStandards: { enum: [b, g, "b/g/n"] }     instead of the standard's words
 *
 * Every facet stands for that of the standard, and an empty list takes it away. `{name}` and numbers both stand for any
 * instance.
 */
import { z } from "zod";
import { parseTemplate } from "./path.ts";
import { BASE_TYPES } from "./standard/base-types.ts";

/** Smallest and largest, both allowed; null is open. */
const bounds = z.tuple([z.int().nullable(), z.int().nullable()]);
const some = z.union([bounds, z.array(bounds)]);

const declarationSchema = z.strictObject({
  type: z.enum(BASE_TYPES).optional().describe("Type of the standard."),
  list: z
    .boolean()
    .optional()
    .describe("A comma-separated list of the type; the facets are those of an item."),
  writable: z.boolean().optional().describe("Of a branch: rows can be added and deleted."),
  secret: z
    .boolean()
    .optional()
    .describe("Has to stand behind the step secret, although it may read back."),
  command: z
    .boolean()
    .optional()
    .describe("A write starts something: an action, never configuration."),
  enum: z.array(z.string()).optional().describe("Every text that it takes."),
  range: some.optional().describe("Smallest and largest, or a list of such pairs; null is open."),
  size: some.optional().describe("Of the text, in characters; of binaries in bytes."),
  meaning: z.string().optional().describe("What it is, for people."),
});
export type Declaration = z.infer<typeof declarationSchema>;
export type Declares = Readonly<Record<string, Declaration>>;

/** What can be said of a branch: can its rows be added and deleted, and what is it. */
const OF_BRANCH = ["writable", "meaning"];

const isBranch = (path: string): boolean => path.endsWith(".");

export const declaresSchema = z
  .record(z.string().min(1), declarationSchema)
  .superRefine((declares, context) => {
    const problem = (path: string[], message: string): void => {
      context.addIssue({ code: "custom", path, message });
    };
    for (const [path, declaration] of Object.entries(declares)) {
      // The standard's own form names every instance `{i}`.
      let instance = 0;
      const named = path.replace(/\{\w+\}/g, () => `{i${(instance += 1)}}`);
      const parsed = parseTemplate(isBranch(path) ? named.slice(0, -1) : named);
      if ("fault" in parsed) problem([path], parsed.fault);
      else if (parsed.anchor !== null) problem([path], "has to start at the root");
      const facet = Object.keys(declaration).find((key) => !OF_BRANCH.includes(key));
      if (isBranch(path) && facet !== undefined)
        problem([path, facet], "belongs to a parameter; a path that ends in a dot is a branch");
    }
  });

/** `InternetGatewayDevice.A.{i}.Key` for `InternetGatewayDevice.A.2.Key` and `InternetGatewayDevice.A.{x}.Key`. */
export const withoutNumbers = (path: string): string =>
  path
    .split(".")
    .map((part) => (/^\d+$/.test(part) ? "{i}" : part.replace(/\{\w+\}/, "{i}")))
    .join(".");

export interface Declared {
  /** What is said of the path itself. */
  readonly own: Declaration | undefined;
  /** The path lies in a branch that is declared, or is around something declared. */
  readonly known: boolean;
}

/** Looks paths up, with or without a dot at the end. */
export function declaredBy(declares: Declares): (path: string) => Declared {
  const own = new Map<string, Declaration>();
  const branches = new Set<string>();
  const around = new Set<string>();
  for (const [path, declaration] of Object.entries(declares)) {
    const key = withoutNumbers(isBranch(path) ? path.slice(0, -1) : path);
    own.set(key, declaration);
    if (isBranch(path)) branches.add(key);
    for (const outer of outsides(key)) around.add(outer);
  }
  return (path) => {
    const key = withoutNumbers(isBranch(path) ? path.slice(0, -1) : path);
    const known = own.has(key) || around.has(key) || outsides(key).some((one) => branches.has(one));
    return { own: own.get(key), known };
  };
}

/** All that lies around a path: `A`, `A.B` for `A.B.C`. */
function outsides(path: string): string[] {
  const parts = path.split(".");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("."));
}
