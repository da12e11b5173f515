/**
 * Makes `manifests/cpes/*.tsv` from the collected device trees. Run once for each change of the sources, then commit:
 *
 *   npx tsx test/support/convert-trees.ts REFERENCE_FOLDER manifests/cpes
 *
 * REFERENCE_FOLDER holds `device-models/README.md` (its table names the origin of each tree), `device-models/trees/*.csv`
 * and the two `genieacs-nbi-samples` of the talk's devices. The format of the result: `manifests/cpes/README.md`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseTree } from "../../src/model/tree/parse.ts";
import { isObject, parentOf, type DeviceTree, type TreeNode } from "../../src/model/tree/tree.ts";

/** What no tree says: where the subscriber's credential lives, rows that the file must have, triggers. */
interface Extra {
  credential?: string;
  trigger?: string;
  note?: string;
  oui?: string;
  productClass?: string;
  manufacturer?: string;
}

const IGD_PPP = "InternetGatewayDevice.WANDevice.1.WANConnectionDevice.1.WANPPPConnection.";
const pppAt = (row: string): string => `joined\t${row}.Username\t${row}.Password`;
const EAP = "InternetGatewayDevice.OperatorProfile.1.SubscriptionParameters.EAPProfile.1";
const SW = "InternetGatewayDevice.X_SW_WiMAX";

const EXTRAS: Record<string, Extra> = {
  "huawei-bm632w": { credential: `joined\t${EAP}.Identity\t${EAP}.SharedSecret` },
  "huawei-eg8145v5": {
    credential: pppAt("InternetGatewayDevice.WANDevice.1.WANConnectionDevice.4.WANPPPConnection.1"),
  },
  "huawei-eg8145v5-multiwan": {
    credential: pppAt(`${IGD_PPP}1`),
    oui: "00259E",
    productClass: "EG8145V5",
    manufacturer: "Huawei Technologies Co., Ltd",
  },
  "huawei-eg8145x6": { credential: pppAt(`${IGD_PPP}1`) },
  "tplink-ec220-g5-v2": {
    credential: pppAt("InternetGatewayDevice.WANDevice.2.WANConnectionDevice.1.WANPPPConnection.1"),
  },
  "tplink-ec220-g5-v3": { credential: pppAt("Device.PPP.Interface.1") },
  "tplink-hx220-multiwan": {
    credential: pppAt("Device.PPP.Interface.6"),
    oui: "1C61B4",
    productClass: "HX220",
    manufacturer: "TP-Link",
    note: "OUI borrowed from the other TR-181 trees of this vendor",
  },
  "tplink-xx230v": { credential: pppAt("Device.PPP.Interface.3") },
  "zte-zxhn-h199a": { credential: pppAt(`${IGD_PPP}2`) },
  "zte-f650": { credential: pppAt(`${IGD_PPP}1`) },
  "zte-f663nv3a": { credential: pppAt(`${IGD_PPP}1`) },
  "zte-f663nv9": { credential: pppAt(`${IGD_PPP}1`) },
  "talk-frequency-table": { credential: pppAt("Device.PPP.Interface.1") },
  "talk-channel-rules": {
    credential: `split\t${SW}.Auth.Username\t${SW}.Auth.Realm\t${SW}.Auth.Password`,
    trigger: `insert-rule\t${SW}.ChannelTable.InsertRule\t${SW}.ChannelTable.Rule`,
    note: "that an empty text written to RuleNN removes it is our assumption: no public device shows this table",
  },
};

/** Of a file that has to be a tree. */
function readTree(file: string): DeviceTree {
  const parsed = parseTree(readFileSync(file, "utf8"), file);
  if (parsed.kind === "tree") return parsed.tree;
  throw new Error(JSON.stringify(parsed.problems, null, 1));
}

/** By segments, numbers as numbers: objects of a JSON document come in the order in which an ACS learnt of them. */
function inTreeOrder(a: TreeNode, b: TreeNode): number {
  const [left, right] = [a.path.split("."), b.path.split(".")];
  for (const [index, segment] of left.entries()) {
    const order = segment.localeCompare(right[index] ?? "", "en", { numeric: true });
    if (order !== 0) return order;
  }
  return 0;
}

interface Facts {
  readonly root: string;
  readonly manufacturer: string;
  readonly oui: string;
  readonly productClass: string;
  readonly model: string;
}

/** Nodes that every simulated CPE needs and this tree lacks; each is named in the header as added. */
function missingNodes(tree: DeviceTree, facts: Facts): TreeNode[] {
  const wanted: [string, string, string][] = [
    ["Manufacturer", "string", facts.manufacturer],
    ["ManufacturerOUI", "string", facts.oui],
    ["ModelName", "string", facts.model],
    ["ProductClass", "string", facts.productClass],
    ["SerialNumber", "string", "SN00000000"],
    ["UpTime", "unsignedInt", "0"],
  ];
  const info = `${facts.root}.DeviceInfo.`;
  const object = { path: info, writable: null, type: null, value: null };
  const parameters = wanted.map(([name, type, value]) => ({
    path: info + name,
    writable: false,
    type,
    value,
  }));
  return [object, ...parameters].filter(({ path }) => !tree.nodes.has(path));
}

const quoted = (value: string): string =>
  value === "" || /^["\s]|\s$|[\t\n\r]/.test(value) ? JSON.stringify(value) : value;

/** One line a node, one blank of indent for each level; an object's name ends in a dot. */
function printNode(node: TreeNode, depth: number): string {
  const name = " ".repeat(depth) + node.path.slice(parentOf(node.path).length);
  const cells = [name, node.writable === null ? "-" : node.writable ? "w" : "r"];
  if (!isObject(node)) cells.push(node.type ?? "-");
  if (node.value !== null) cells.push(quoted(node.value));
  return cells.join("\t");
}

/** The text of a tree file. */
export function printTree(nodes: Iterable<TreeNode>, header: [string, string][]): string {
  const members = new Map<string, TreeNode[]>();
  for (const node of nodes) {
    const parent = parentOf(node.path);
    members.set(parent, [...(members.get(parent) ?? []), node]);
  }
  const below = (path: string, depth: number): string[] =>
    (members.get(path) ?? []).flatMap((node) => [
      printNode(node, depth),
      ...below(node.path, depth + 1),
    ]);
  const lines = header.map(([key, value]) => `# ${key}\t${value}`);
  return [...lines, ...below("", 0), ""].join("\n");
}

function convert(
  folder: string,
  name: string,
  tree: DeviceTree,
  source: string,
  title: { manufacturer: string; productClass: string; model: string },
): void {
  const extra = EXTRAS[name] ?? {};
  const said = (key: string): string | undefined => tree.header.get(key)?.[0];
  const [first] = tree.nodes.keys();
  const facts: Facts = {
    root: first?.replace(/\.$/, "") ?? "Device",
    manufacturer: extra.manufacturer ?? said("manufacturer") ?? title.manufacturer,
    oui: extra.oui ?? said("oui") ?? "",
    productClass: extra.productClass ?? said("productClass") ?? title.productClass,
    model: title.model === "-" ? "" : title.model,
  };
  const added = missingNodes(tree, facts);
  const header: [string, string][] = [
    ["model", name],
    ["source", source],
    ["root", facts.root],
    ["manufacturer", facts.manufacturer],
    ["oui", facts.oui],
    ["productClass", facts.productClass],
    ["modelName", facts.model],
  ];
  if (extra.credential !== undefined) header.push(["credential", extra.credential]);
  if (extra.trigger !== undefined) header.push(["trigger", extra.trigger]);
  const parameters = added.filter((node) => !isObject(node));
  if (parameters.length > 0) {
    header.push(["added", parameters.map(({ path }) => path).join(" ")]);
  }
  if (extra.note !== undefined) header.push(["note", extra.note]);
  writeFileSync(join(folder, `${name}.tsv`), printTree([...tree.nodes.values(), ...added], header));
}

function main(): void {
  const [reference, out] = process.argv.slice(2);
  if (reference === undefined || out === undefined) {
    throw new Error("usage: convert-trees.ts REFERENCE_FOLDER OUT_FOLDER");
  }
  mkdirSync(out, { recursive: true });
  const table = new Map(
    readFileSync(join(reference, "device-models/README.md"), "utf8")
      .split("\n")
      .filter((line) => /^\| [a-z0-9-]+\.csv \|/.test(line))
      .map((line) => line.split("|").map((cell) => cell.trim()))
      .map((cells) => [cells[1], cells] as const),
  );
  for (const file of readdirSync(join(reference, "device-models/trees")).sort()) {
    const cells = table.get(file);
    const [manufacturer = "", productClass = "", model = ""] = (cells?.[3] ?? "").split(" / ");
    const source = `${cells?.[7] ?? ""}; firmware ${cells?.[4] ?? "-"}; ${cells?.[5] ?? "?"} rows kept, values made safe`;
    const tree = readTree(join(reference, "device-models/trees", file));
    convert(out, file.replace(/\.csv$/, ""), tree, source, { manufacturer, productClass, model });
  }
  for (const [name, sample] of [
    ["talk-frequency-table", "device-tr181-frequencytable"],
    ["talk-channel-rules", "device-tr098-channelrules"],
  ] as const) {
    const tree = readTree(join(reference, `genieacs-nbi-samples/${sample}.json`));
    const nodes = [...tree.nodes.values()].sort(inTreeOrder);
    const sorted = { ...tree, nodes: new Map(nodes.map((node) => [node.path, node])) };
    const model = tree.header.get("productClass")?.[0] ?? "";
    convert(
      out,
      name,
      sorted,
      `GenieACS NBI sample ${sample}, recorded from a synthetic device that has the parameter names of the talk`,
      { manufacturer: "", productClass: model, model },
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
