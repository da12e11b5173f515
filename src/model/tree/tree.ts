/**
 * The parameter tree of one CPE as a value, whichever ACS or tool it was exported from. `parse.ts` reads one from a text.
 *
 * What a source did not say is null, and is never the same as false, empty or absent.
 */
export interface TreeNode {
  /** Full path; an object's ends in a dot. */
  readonly path: string;
  /** For a table: AddObject is allowed; for a row: DeleteObject is. */
  readonly writable: boolean | null;
  /** XSD type without prefix (`string`, `unsignedInt`). Objects have none. */
  readonly type: string | null;
  /** Null: nobody ever read it. Objects have none. */
  readonly value: string | null;
}

export interface DeviceTree {
  /** In the order of the source. Every node comes after the objects that it lies in, and these are all there. */
  readonly nodes: ReadonlyMap<string, TreeNode>;
  /**
   * What the source says beside the nodes, by key: the header of our own files (`manifests/cpes/README.md`), and under
   * the same keys (`manufacturer`, `oui`, `productClass`, `serial`) what an ACS knows of the device.
   */
  readonly header: ReadonlyMap<string, readonly string[]>;
}

export const ROOTS = ["InternetGatewayDevice", "Device"] as const;

export function isObject(node: TreeNode): boolean {
  return node.path.endsWith(".");
}

/** The object that a path lies in: `A.B.` of `A.B.C` and of `A.B.C.`; empty for a root. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf(".", path.length - 2) + 1);
}
