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

interface Row {
  path: string;
  isObject: boolean;
  writable: boolean;
  type: string;
  /** Null: nobody ever read it. */
  value: string | null;
}

/** What no tree says: where the subscriber's credential lives, rows that the file must have, triggers. */
interface Extra {
  credential?: string;
  trigger?: string;
  note?: string;
  rows?: Row[];
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

function csvCells(line: string): string[] {
  const cells: string[] = [];
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
  }
  return cells;
}

/** The rows of a collected tree. */
export function readCsv(text: string): Row[] {
  return text
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => {
      const [path = "", object, writable, value = "", type = ""] = csvCells(line);
      const unread = type === "" && value === "";
      return {
        path,
        isObject: object === "true",
        writable: writable === "true",
        type: type.replace(/^xsd:/, ""),
        value: unread ? null : value,
      };
    });
}

type Json = Record<string, unknown>;

function readSample(node: Json, prefix: string): Row[] {
  return Object.keys(node)
    .filter((key) => !key.startsWith("_"))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    .flatMap((key) => {
      const child = node[key] as Json;
      const path = prefix + key;
      const isObject = child["_object"] === true;
      const raw = child["_value"] as string | number | boolean | undefined;
      const row: Row = {
        path,
        isObject,
        writable: child["_writable"] === true,
        type: isObject ? "" : (child["_type"] as string).replace(/^xsd:/, ""),
        value: isObject ? null : String(raw),
      };
      return [row, ...readSample(child, `${path}.`)];
    });
}

/** Rows that every simulated CPE needs and this tree lacks; each is named in the header as added. */
function missingRows(rows: Row[], root: string, facts: Json): Row[] {
  const has = new Set(rows.map((row) => row.path));
  const wanted: [string, string, string][] = [
    ["Manufacturer", "string", String(facts["manufacturer"])],
    ["ManufacturerOUI", "string", String(facts["oui"])],
    ["ModelName", "string", String(facts["model"])],
    ["ProductClass", "string", String(facts["productClass"])],
    ["SerialNumber", "string", "SN00000000"],
    ["UpTime", "unsignedInt", "0"],
  ];
  return wanted
    .map(([name, type, value]) => ({
      path: `${root}.DeviceInfo.${name}`,
      isObject: false,
      writable: false,
      type,
      value,
    }))
    .filter((row) => !has.has(row.path));
}

interface Node {
  row: Row;
  children: Map<string, Node>;
}

const quoted = (value: string): string =>
  value === "" || /^["\s]|\s$|[\t\n\r]/.test(value) ? JSON.stringify(value) : value;

/** One line a node, one blank of indent for each level; an object's name ends in a dot. */
function printNode(name: string, node: Node, depth: number): string[] {
  const { row } = node;
  const access = row.writable ? "w" : "r";
  const head = " ".repeat(depth) + name;
  if (!row.isObject) {
    const cells = [head, access, row.type === "" ? "-" : row.type];
    return [[...cells, ...(row.value === null ? [] : [quoted(row.value)])].join("\t")];
  }
  const below = [...node.children].flatMap(([key, child]) => printNode(key, child, depth + 1));
  return [`${head}.\t${access}`, ...below];
}

function treeOf(rows: Row[]): Map<string, Node> {
  const top = new Map<string, Node>();
  for (const row of rows) {
    const parts = row.path.split(".");
    let level = top;
    parts.forEach((part, index) => {
      const last = index === parts.length - 1;
      let node = level.get(part);
      if (node === undefined) {
        const parent = { path: "", isObject: true, writable: false, type: "", value: null };
        node = { row: last ? row : parent, children: new Map() };
        level.set(part, node);
      }
      level = node.children;
    });
  }
  return top;
}

/** The text of a tree file. */
export function printTree(rows: Row[], header: [string, string][]): string {
  const lines = header.map(([key, value]) => `# ${key}\t${value}`);
  for (const [key, node] of treeOf(rows)) lines.push(...printNode(key, node, 0));
  return `${lines.join("\n")}\n`;
}

function convert(
  folder: string,
  name: string,
  all: Row[],
  source: string,
  title: { manufacturer: string; productClass: string; model: string },
): void {
  const extra = EXTRAS[name] ?? {};
  const rows = all.filter((row) => !row.path.startsWith("DeviceID"));
  const id = (key: string): string | undefined =>
    all.find((row) => row.path === `DeviceID.${key}`)?.value ?? undefined;
  const root = rows[0]?.path.split(".")[0] ?? "Device";
  const facts = {
    manufacturer: extra.manufacturer ?? id("Manufacturer") ?? title.manufacturer,
    oui: extra.oui ?? id("OUI") ?? "",
    productClass: extra.productClass ?? id("ProductClass") ?? title.productClass,
    model: title.model === "-" ? "" : title.model,
  };
  const added = missingRows(rows, root, facts);
  const header: [string, string][] = [
    ["model", name],
    ["source", source],
    ["root", root],
    ["manufacturer", facts.manufacturer],
    ["oui", facts.oui],
    ["productClass", facts.productClass],
    ["modelName", facts.model],
  ];
  if (extra.credential !== undefined) header.push(["credential", extra.credential]);
  if (extra.trigger !== undefined) header.push(["trigger", extra.trigger]);
  if (added.length > 0) header.push(["added", added.map((row) => row.path).join(" ")]);
  if (extra.note !== undefined) header.push(["note", extra.note]);
  writeFileSync(join(folder, `${name}.tsv`), printTree([...rows, ...added], header));
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
    const rows = readCsv(readFileSync(join(reference, "device-models/trees", file), "utf8"));
    convert(out, file.replace(/\.csv$/, ""), rows, source, { manufacturer, productClass, model });
  }
  for (const [name, sample] of [
    ["talk-frequency-table", "device-tr181-frequencytable"],
    ["talk-channel-rules", "device-tr098-channelrules"],
  ] as const) {
    const text = readFileSync(join(reference, `genieacs-nbi-samples/${sample}.json`), "utf8");
    const body = (JSON.parse(text) as { response: { body: Json[] } }).response.body[0] ?? {};
    const ids = body["_deviceId"] as Record<string, string>;
    const rows = ["Manufacturer", "OUI", "ProductClass"].map((key) => ({
      path: `DeviceID.${key}`,
      isObject: false,
      writable: false,
      type: "string",
      value: ids[`_${key}`] ?? "",
    }));
    const productClass = ids["_ProductClass"] ?? "";
    convert(
      out,
      name,
      [...readSample(body, ""), ...rows],
      `GenieACS NBI sample ${sample}, recorded from a synthetic device that has the parameter names of the talk`,
      { manufacturer: "", productClass, model: productClass },
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
