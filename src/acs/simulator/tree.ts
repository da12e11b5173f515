/**
 * The parameter tree of one CPE model, read from `manifests/cpes/<model>.tsv`; shared by all CPEs of the model and never
 * changed. One line a node, one blank of indent for each level, columns split by tabs:
 *
 *     Device.           r                      an object: its name ends in a dot
 *      PPP.             r
 *       Interface.      w                      writable table: AddObject is allowed
 *        1.             w                      writable instance: DeleteObject is allowed
 *         Username      w   string   user01    a parameter with its value
 *         Password      w   string   ""        read back, and empty
 *         Status        r   -                  no fourth column: nobody ever read it, which is not the same as empty
 *
 * A value that is empty, starts with a quote or a blank, or holds control characters is a JSON string; any other is raw.
 * Lines that start with `#` are the header: `# key<tab>value...`.
 */
import { AppError } from "../../lib/errors.ts";

export interface TreeNode {
  /** Full path; an object's ends in a dot. */
  readonly path: string;
  readonly writable: boolean;
  /** XSD type without prefix (`string`, `unsignedInt`); `-` when the source did not say; `object` for objects. */
  readonly type: string;
  /** Null: nobody ever read it. Objects have null. */
  readonly value: string | null;
}

/** Where the subscriber's credential lives, so that each CPE of a fleet can start with one of its own. */
type CredentialHome =
  | { readonly kind: "joined"; readonly user: string; readonly password: string }
  | {
      readonly kind: "split";
      readonly user: string;
      readonly realm: string;
      readonly password: string;
    };

/** A parameter whose write makes a row: `insert` is written, `rowPrefix` + two digits appears. */
export interface InsertTrigger {
  readonly insert: string;
  readonly rowPrefix: string;
}

export interface CpeModel {
  readonly name: string;
  readonly source: string;
  readonly root: "InternetGatewayDevice" | "Device";
  readonly manufacturer: string;
  readonly oui: string;
  readonly productClass: string;
  /** Empty when the source tree never showed one. */
  readonly modelName: string;
  readonly credential: CredentialHome | null;
  readonly trigger: InsertTrigger | null;
  readonly nodes: ReadonlyMap<string, TreeNode>;
  /** Nodes whose path starts with a prefix that ends in a dot (or is empty: all), in tree order. Kept after first use. */
  below(prefix: string): readonly TreeNode[];
}

export function isObject(node: TreeNode): boolean {
  return node.path.endsWith(".");
}

function fail(file: string, line: number, message: string): never {
  throw new AppError("bad_config", `${file}, line ${line}: ${message}`);
}

function parseValue(cell: string | undefined, file: string, line: number): string | null {
  if (cell === undefined) return null;
  if (!cell.startsWith('"')) return cell;
  try {
    return String(JSON.parse(cell));
  } catch {
    return fail(file, line, "a value that starts with a quote must be a JSON string");
  }
}

function parseCredential(cells: readonly string[]): CredentialHome | null {
  const [kind, user = "", second = "", third = ""] = cells;
  if (kind === "joined") return { kind, user, password: second };
  if (kind === "split") return { kind, user, realm: second, password: third };
  return null;
}

/** Reads one tree file. @throws AppError `bad_config` with file and line; `file` is only for that message. */
export function parseTree(text: string, file: string): CpeModel {
  const header = new Map<string, readonly string[]>();
  const nodes = new Map<string, TreeNode>();
  const prefixes: string[] = [""];
  text.split("\n").forEach((line, index) => {
    if (line === "") return;
    if (line.startsWith("#")) {
      const [key = "", ...cells] = line.slice(1).trimStart().split("\t");
      header.set(key, cells);
      return;
    }
    const [indented = "", access, type = "-", cell] = line.split("\t");
    const name = indented.trimStart();
    const depth = indented.length - name.length;
    const prefix = prefixes[depth];
    if (prefix === undefined) return fail(file, index + 1, "is indented below a parameter");
    if (access !== "r" && access !== "w") return fail(file, index + 1, "access is not r or w");
    const path = prefix + name;
    const object = name.endsWith(".");
    prefixes.length = depth + 1;
    if (object) prefixes.push(path);
    nodes.set(path, {
      path,
      writable: access === "w",
      type: object ? "object" : type,
      value: object ? null : parseValue(cell, file, index + 1),
    });
  });
  const one = (key: string): string => header.get(key)?.[0] ?? "";
  const root = one("root");
  if (root !== "InternetGatewayDevice" && root !== "Device") {
    return fail(file, 1, "the header names no root");
  }
  const [kind, insert = "", rowPrefix = ""] = header.get("trigger") ?? [];
  const all = [...nodes.values()];
  const subtrees = new Map<string, readonly TreeNode[]>();
  return {
    name: one("model"),
    source: one("source"),
    root,
    manufacturer: one("manufacturer"),
    oui: one("oui"),
    productClass: one("productClass"),
    modelName: one("modelName"),
    credential: parseCredential(header.get("credential") ?? []),
    trigger: kind === "insert-rule" ? { insert, rowPrefix } : null,
    nodes,
    below(prefix) {
      let found = subtrees.get(prefix);
      if (found === undefined) {
        found = all.filter((node) => node.path.startsWith(prefix) && node.path !== prefix);
        subtrees.set(prefix, found);
      }
      return found;
    },
  };
}
