/** The reference of logical parameters in `manifests/README.md`, from the dictionary itself. */
import type { Family, LogicalDef } from "../../src/mapping/dictionary/def.ts";
import { describeDomain } from "../../src/mapping/dictionary/describe.ts";
import { FAMILIES } from "../../src/mapping/dictionary/index.ts";

function row(logical: string, def: LogicalDef): string {
  const owns = def.strangers === "keep" ? "; a table of it has to say `owns`" : "";
  const cells = [
    `\`${logical}\``,
    describeDomain(def.type.domain),
    def.risk,
    def.owner,
    def.meaning + owns,
  ];
  return `| ${cells.join(" | ")} |`;
}

const table = (name: string, family: Family): string =>
  [
    `### \`${name}\``,
    "",
    "| name | type and unit | risk | owned by | meaning |",
    "| --- | --- | --- | --- | --- |",
    ...Object.entries(family).map(([logical, def]) => row(logical, def)),
  ].join("\n");

/** One table for each family, in the order of the dictionary. */
export const logicalTables = (): string =>
  Object.entries(FAMILIES)
    .map(([name, family]) => table(name, family))
    .join("\n\n");
