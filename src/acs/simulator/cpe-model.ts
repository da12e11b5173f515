/**
 * One CPE model: a tree of `manifests/cpes` with what its header says for the simulator. Shared by all CPEs of the model
 * and never changed. Keys of the header: `manifests/cpes/README.md`.
 */
import { AppError } from "../../lib/errors.ts";
import { factsOf } from "../../model/tree/facts.ts";
import { parseTree } from "../../model/tree/parse.ts";
import type { TreeNode } from "../../model/tree/tree.ts";

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

function parseCredential(cells: readonly string[]): CredentialHome | null {
  const [kind, user = "", second = "", third = ""] = cells;
  if (kind === "joined") return { kind, user, password: second };
  if (kind === "split") return { kind, user, realm: second, password: third };
  return null;
}

/** Reads one tree file. @throws AppError `bad_config` with file and line; `file` is only for that message. */
export function parseModel(text: string, file: string): CpeModel {
  const parsed = parseTree(text, file);
  if (parsed.kind === "problems") {
    const { problems } = parsed;
    const [first] = problems;
    const message = `${file}, line ${first?.line ?? 1}: ${first?.message ?? ""}`;
    throw new AppError("bad_config", message, { problems });
  }
  const { nodes, header } = parsed.tree;
  const { root } = factsOf(parsed.tree);
  if (root === null) throw new AppError("bad_config", `${file}: holds two data models`);
  const one = (key: string): string => header.get(key)?.[0] ?? "";
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
