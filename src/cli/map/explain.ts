/** `plumb map explain`: a logical parameter, or what a map or a model makes of all of them. */
import type { Command } from "commander";
import { AppError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { describeDomain } from "../../mapping/dictionary/describe.ts";
import { DICTIONARY } from "../../mapping/dictionary/index.ts";
import { isRecord } from "../../model/logical.ts";
import { printJson, type Session } from "../io.ts";
import { clean, table } from "../text.ts";
import { loadWith, metadataName, type Maps } from "./files.ts";
import { fileOption } from "./options.ts";

interface Options {
  readonly file: readonly string[];
}

export function registerExplain(map: Command, session: () => Session): void {
  const command = map
    .command("explain")
    .summary("explain a logical parameter, a map or a model")
    .description(
      "Explain a logical parameter (what it is, where maps find it), or a map or a model by name (what it\n" +
        "matches, what it binds, by which steps). Without a name: all logical parameters.",
    )
    .argument("[name]", "wan.ppp.credential, huawei-bm632w, or EG8145V5")
    .addHelpText(
      "before",
      "Examples:\n  plumb map explain wan.ppp.credential\n  plumb map explain EG8145V5\n",
    );
  fileOption(command, "a map or a folder of maps over those that ship").action(
    (name: string | undefined, options: Options) => {
      explain(session(), name, options);
    },
  );
}

/** A binding as it stands in the text of one map. */
interface Home {
  readonly map: string;
  readonly steps: string;
}

function explain(session: Session, name: string | undefined, options: Options): void {
  const maps = loadWith(options.file, session.io);
  if (name === undefined) {
    listAll(session, maps);
    return;
  }
  if (DICTIONARY.has(name)) {
    explainParameter(session, name, maps);
    return;
  }
  const found = maps.set.maps.filter(
    ({ name: map, match }) => map === name || speaksOf(match, name),
  );
  if (found.length === 0) {
    const known = [...DICTIONARY.keys(), ...maps.set.names];
    throw new AppError(
      "not_found",
      `no parameter, map or model "${name}".${didYouMean(name, known)}`,
      {
        details: { next: "plumb map explain" },
      },
    );
  }
  for (const { name: map } of found) explainMap(session, map, maps);
}

/** Does a match name this model in any of its terms? */
const speaksOf = (match: unknown, name: string): boolean =>
  JSON.stringify(match).includes(JSON.stringify(name));

function listAll(session: Session, maps: Maps): void {
  if (session.format === "json") {
    printJson(session, {
      items: [...DICTIONARY].map(([name, { type, ...def }]) => ({
        name,
        domain: type.domain,
        ...def,
      })),
    });
    return;
  }
  const rows = [...DICTIONARY].map(([name, { meaning, risk }]) => [
    name,
    String(homesOf(name, maps).length),
    risk,
    meaning,
  ]);
  session.print(table(["PARAMETER", "MAPS", "RISK", "MEANING"], rows));
}

function explainParameter(session: Session, name: string, maps: Maps): void {
  const def = DICTIONARY.get(name);
  const homes = homesOf(name, maps);
  if (def === undefined) return;
  if (session.format === "json") {
    const { type, ...rest } = def;
    printJson(session, { name, domain: type.domain, ...rest, homes });
    return;
  }
  const { interrupts, settleMs } = def.effects;
  const cuts = interrupts.length === 0 ? "nothing" : interrupts.join(", ");
  session.print(`${name}: ${def.meaning}`);
  session.print(`  value    ${describeDomain(def.type.domain)}`);
  session.print(`  owner    ${def.owner}; risk of a wrong value: ${def.risk}`);
  session.print(
    def.observeOnly
      ? "  write    never"
      : `  write    cuts ${cuts}; settles in ${settleMs / 1_000} s (a map may say otherwise)`,
  );
  if (def.secret) session.print("  secret   written, never shown");
  session.print(
    homes.length === 0
      ? "  no map binds it"
      : `\n${table(
          ["MAP", "STEPS"],
          homes.map(({ map, steps }) => [map, clean(steps)]),
        )}`,
  );
}

function explainMap(session: Session, name: string, maps: Maps): void {
  const info = maps.set.maps.find((one) => one.name === name);
  const bind = bindingsOf(name, maps);
  if (session.format === "json") {
    printJson(session, { ...info, bind });
    return;
  }
  session.print(`${name} (layer ${info?.layer ?? ""}, ${info?.origin ?? ""}: ${info?.file ?? ""})`);
  session.print(`  match  ${JSON.stringify(info?.match ?? {})}`);
  const rows = Object.entries(bind).map(([logical, text]) => [logical, clean(stepsText(text))]);
  session.print(
    `${table(
      ["  PARAMETER", "STEPS"],
      rows.map(([a = "", b = ""]) => [`  ${a}`, b]),
    )}\n`,
  );
}

function bindingsOf(name: string, maps: Maps): Readonly<Record<string, unknown>> {
  const document = maps.sources.find((one) => metadataName(one.document) === name)?.document;
  const spec = isRecord(document) ? document["spec"] : undefined;
  const bind = isRecord(spec) ? spec["bind"] : undefined;
  return isRecord(bind) ? bind : {};
}

function homesOf(logical: string, maps: Maps): readonly Home[] {
  return maps.sources.flatMap(({ document }): Home[] => {
    const map = metadataName(document);
    const binding = bindingsOf(map, maps)[logical];
    return binding === undefined ? [] : [{ map, steps: stepsText(binding) }];
  });
}

/** `join user, realm with @ | text | at $wan.Username`, from the text of a binding. */
function stepsText(binding: unknown): string {
  if (binding === null) return "taken away";
  const lens = isRecord(binding) ? binding["lens"] : undefined;
  if (!Array.isArray(lens)) return "";
  const once = isRecord(binding) && binding["observeOnly"] === true ? "read only: " : "";
  return once + lens.map(stepText).join(" | ");
}

function stepText(step: unknown): string {
  if (!isRecord(step)) return "";
  return Object.entries(step)
    .map(([name, options]) => {
      const plain = typeof options === "string" ? options : JSON.stringify(options);
      return plain === "{}" ? name : `${name} ${plain}`;
    })
    .join(" ");
}
