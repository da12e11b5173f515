/**
 * Our own files, `manifests/cpes/*.tsv`. One line a node, one blank of indent for each level, columns split by tabs:
 *
 *     # oui             00AA00                 header: key, tab, values
 *     Device.           r                      an object: its name ends in a dot
 *      PPP.             r
 *       Interface.      w                      writable table: AddObject is allowed
 *        1.             w                      writable instance: DeleteObject is allowed
 *         Username      w   string   user01    a parameter with its value
 *         Password      w   string   ""        read back, and empty
 *         Status        r   -                  no fourth column: nobody ever read it, which is not the same as empty
 *
 * A value that is empty, starts with a quote or a blank, or holds control characters is a JSON string; any other is raw.
 * Access `-` and type `-`: the source did not say.
 */
import type { TreeBuilder } from "./builder.ts";
import type { TreeFormat } from "./format.ts";

/** A JSON string, or undefined. */
function unquoted(cell: string): string | undefined {
  try {
    const value: unknown = JSON.parse(cell);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

const ACCESS: ReadonlyMap<string | undefined, boolean | null> = new Map([
  ["r", false],
  ["w", true],
  ["-", null],
]);

/** `prefixes[n]` is the path of the object whose members have n blanks of indent. */
function readNode(text: string, line: number, prefixes: string[], builder: TreeBuilder): void {
  const fail = (message: string): void => {
    builder.problem({ line }, "malformed_tree", message);
  };
  const [indented = "", access, type = "-", cell] = text.split("\t");
  const name = indented.replace(/^ */, "");
  const depth = indented.length - name.length;
  const prefix = prefixes[depth];
  if (prefix === undefined) {
    fail("is indented below a parameter");
    return;
  }
  const path = prefix + name;
  prefixes.length = depth + 1;
  if (name.endsWith(".")) prefixes.push(path);
  const writable = ACCESS.get(access);
  const value = cell?.startsWith('"') === true ? unquoted(cell) : (cell ?? null);
  if (writable === undefined) fail("access is not r or w");
  else if (value === undefined) fail("a value that starts with a quote must be a JSON string");
  else {
    const object = name.endsWith(".");
    builder.add({ path, object, writable, type: type === "-" ? null : type, value }, { line });
  }
}

const HEADER = /^# \w+\t/;
const FIRST_NODE = /^[^\s.]+\.?\t[rw-](\t|$)/;

export const tsv: TreeFormat = {
  meaning: "a tree file of ours (manifests/cpes/README.md)",
  recognises(text) {
    if (HEADER.test(text)) return true;
    const first = text.split(/\r?\n/).find((line) => line !== "" && !line.startsWith("#"));
    return FIRST_NODE.test(first ?? "");
  },
  read(text, builder) {
    const prefixes: string[] = [""];
    text.split(/\r?\n/).forEach((line, index) => {
      if (line === "") return;
      if (line.startsWith("#")) {
        const [key = "", ...cells] = line.slice(1).trimStart().split("\t");
        builder.header(key, cells);
      } else readNode(line, index + 1, prefixes, builder);
    });
  },
};
