/**
 * Which row, where a home of another device does not say it for this one: its fixed number becomes an anchor, conditions
 * on parameters that this device lacks are dropped, and where several rows are left, what is usual decides: enabled,
 * connected, carrying the Internet. Wi-Fi rows are told apart by their band.
 */
import type { DeviceTree } from "../../model/tree/tree.ts";
import type { AnchorText } from "../anchors.ts";
import { parseTemplate, rowOf } from "../path.ts";

type ConditionText = NonNullable<AnchorText["where"]>[number];

/** Rows of a template with the texts of their own parameters. */
export function rowsOf(
  row: string,
  tree: DeviceTree,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const template = parseTemplate(row);
  const rows = new Map<string, Map<string, string>>();
  if ("fault" in template) return rows;
  for (const { path, value } of tree.nodes.values()) {
    const found = rowOf(template, path.replace(/\.$/, ""));
    if (found === undefined) continue;
    const texts = rows.get(found.path) ?? new Map<string, string>();
    const param = path.slice(found.path.length + 1);
    if (param !== "" && !param.endsWith(".") && value !== null) texts.set(param, value);
    rows.set(found.path, texts);
  }
  return rows;
}

/** `A.1.B.5.C` as the row `A.{a}.B.{b}` and `C` below it; null without a number. */
export function rowAndRest(path: string): { readonly row: string; readonly rest: string } | null {
  const segments = path.split(".");
  const last = segments.findLastIndex((segment) => /^\d+$/.test(segment));
  if (last < 0) return null;
  let letter = 0;
  const row = segments
    .slice(0, last + 1)
    .map((segment) => (/^\d+$/.test(segment) ? `{${"abcdefgh"[letter++] ?? "x"}}` : segment))
    .join(".");
  return { row, rest: segments.slice(last + 1).join(".") };
}

/** Conditions on parameters that some row of this device has. */
export function knownConditions(anchor: AnchorText, tree: DeviceTree): AnchorText {
  if (anchor.row === undefined) return anchor;
  const rows = [...rowsOf(anchor.row, tree).values()];
  const met = (given: readonly ConditionText[] | undefined): ConditionText[] =>
    (given ?? []).filter(({ param }) => rows.some((texts) => texts.has(param)));
  return { ...anchor, where: met(anchor.where), prefer: met(anchor.prefer) };
}

/** What tells the Internet connection from others, in the order in which it is asked. */
export function usualPreferences(row: string, tree: DeviceTree): readonly ConditionText[] {
  const params = new Set([...rowsOf(row, tree).values()].flatMap((texts) => [...texts.keys()]));
  const services = [...params].find((param) => /service_?list$/i.test(param));
  const usual: readonly ConditionText[] = [
    { param: "Enable", equals: true },
    { param: "ConnectionStatus", equals: "Connected" },
    { param: "Status", equals: "Up" },
    ...(services === undefined ? [] : [{ param: services, token: "INTERNET", sep: "_,/" }]),
    { param: "Name", matches: "INTERNET|Internet|internet" },
  ];
  return usual.filter(({ param }) => params.has(param));
}

type Band = "2g" | "5g";

/** Texts that say a band, by parameter; the first parameter that tells the rows of this device apart is taken. */
const BAND_SIGNS: readonly {
  readonly param: RegExp;
  readonly says: (text: string) => Band | undefined;
  readonly condition: (param: string, band: Band, text: string) => ConditionText;
}[] = [
  {
    param: /band/i,
    says: (text) => (/^2\.?4? ?G/i.test(text) ? "2g" : /^5 ?G/i.test(text) ? "5g" : undefined),
    condition: (param, _band, text) => ({ param, equals: text }),
  },
  {
    param: /^Channel$/,
    says: (text) =>
      /^([1-9]|1[0-4])$/.test(text)
        ? "2g"
        : /^(3[6-9]|[4-9]\d|1\d\d)$/.test(text)
          ? "5g"
          : undefined,
    condition: (param, band) => ({
      param,
      matches: band === "2g" ? "^([1-9]|1[0-4])$" : "^(3[6-9]|[4-9][0-9]|1[0-9][0-9])$",
    }),
  },
  {
    param: /standard$/i,
    says: (text) => (/[bg]/.test(text) ? "2g" : /^[^bg]*a/.test(text) ? "5g" : undefined),
    condition: (param, band) => ({ param, matches: band === "2g" ? "[bg]" : "^[^bg]*a[^bg]*$" }),
  },
];

/** An anchor that finds the first row of a band, or null where nothing tells bands apart on this device. */
export function bandAnchor(row: string, band: Band, tree: DeviceTree): AnchorText | null {
  const rows = [...rowsOf(row, tree).values()];
  for (const sign of BAND_SIGNS) {
    const params = new Set(
      rows.flatMap((texts) => [...texts.keys()].filter((p) => sign.param.test(p))),
    );
    for (const param of params) {
      const said = rows.map((texts) => texts.get(param)).filter((text) => text !== undefined);
      const bands = new Set(said.map((text) => sign.says(text)));
      const text = said.find((one) => sign.says(one) === band);
      if (bands.has("2g") && bands.has("5g") && text !== undefined)
        return { row, where: [sign.condition(param, band, text)], pick: "lowest" };
    }
  }
  return null;
}
