/** The table of shipped maps in `manifests/maps/README.md`: what each is of, on what evidence, what it writes. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { shippedMapsWith } from "../../src/app/shipped.ts";
import type { MapInfo, MapSet } from "../../src/mapping/mapper.ts";

interface Document {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}

/** `wan 3, wifi 8`: how many of each family, by the first word of the name. */
function byFamily(logicals: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const logical of logicals) {
    const [family = logical] = logical.split(".");
    counts.set(family, (counts.get(family) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, count]) => `${family} ${count}`)
    .join(", ");
}

function row(maps: MapSet, { name, file, layer, match }: MapInfo): string {
  const text = readFileSync(new URL(`../../manifests/${file}`, import.meta.url), "utf8");
  const {
    vendor = "",
    model = "",
    evidence = "",
  } = (parse(text) as Document).metadata.labels ?? {};
  const bound = [...(maps.mapper(name)?.bindings.values() ?? [])];
  const written = bound.filter(({ observeOnly }) => !observeOnly).map(({ logical }) => logical);
  const trees = maps.evidence.filter(({ map }) => map === name).map(({ tree }) => tree);
  const cells = [
    `[${name}](${file.replace("maps/", "")})`,
    layer,
    vendor,
    model,
    match.root === undefined ? "" : match.root === "Device" ? "TR-181" : "TR-098",
    evidence,
    byFamily(written),
    bound.length === 0 ? "" : String(bound.length - written.length),
    trees.join(", "),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** In the order of folders and names. */
export function mapTable(): string {
  const maps = shippedMapsWith()([]);
  const sorted = [...maps.maps].sort((a, b) => (a.file < b.file ? -1 : 1));
  return [
    "| map | layer | vendor | model | data model | evidence | written | only read | trees |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...sorted.map((map) => row(maps, map)),
  ].join("\n");
}
