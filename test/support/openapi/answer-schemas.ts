/**
 * JSON Schemas of what the API answers, read from the types that the handlers answer with (`model/api-answers.ts`) by the
 * compiler itself: one source for server, client and document, with its comments as descriptions.
 *
 * Members are only added within `/v1`, so no schema forbids unknown ones. What the types cannot say is not said, except
 * that a text whose name ends in `At` (or is `at` or `since`) is a moment, by the naming rule of the house.
 */
import { join } from "node:path";
import ts from "typescript";

export type Schema = Readonly<Record<string, unknown>>;

const MOMENT = /^(at|since)$|At$/;
/** A name of the code that is another one's outside. */
const RENAMED: Readonly<Record<string, string>> = { Problem: "ProblemPlace" };
/** Aliases that say less than what they stand for. */
const SEE_THROUGH = new Set(["Members", "DeviceId", "Readonly", "Omit", "Record"]);

/** By the name of the component, in the order of the names. @throws on a type that has no JSON Schema here */
export function answerSchemas(root: string): ReadonlyMap<string, Schema> {
  const file = join(root, "src/model/api-answers.ts");
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram([file], { ...options, types: [], noEmit: true });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const answers = source?.statements.find(
    (each) => ts.isInterfaceDeclaration(each) && each.name.text === "Answers",
  );
  if (answers === undefined) throw new Error(`${file} has no interface Answers`);
  const walk = new Walk(checker, answers);
  for (const property of checker.getTypeAtLocation(answers).getProperties()) {
    walk.component(property.name, checker.getTypeOfSymbolAtLocation(property, answers));
  }
  return new Map([...walk.found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

class Walk {
  readonly found = new Map<string, Schema>();
  readonly #names = new Map<ts.Type, string>();
  readonly #checker: ts.TypeChecker;
  readonly #at: ts.Node;

  constructor(checker: ts.TypeChecker, at: ts.Node) {
    this.#checker = checker;
    this.#at = at;
    for (const property of checker.getTypeAtLocation(at).getProperties()) {
      this.#names.set(checker.getTypeOfSymbolAtLocation(property, at), property.name);
    }
  }

  component(name: string, type: ts.Type): void {
    const same = this.#names.get(type) === name;
    if (this.found.has(name)) {
      if (!same) throw new Error(`two types are named ${name}`);
      return;
    }
    this.#names.set(type, name);
    // Its place is taken before its members are looked at: they may lead back to it.
    this.found.set(name, {});
    const symbol = type.aliasSymbol ?? type.getSymbol();
    this.found.set(name, { ...said(symbol, this.#checker), ...this.#shape(type, name) });
  }

  /** A reference where the type has a name, its shape where it has none. */
  #schema(type: ts.Type, member: string): Schema {
    const name = this.#names.get(type) ?? nameOf(type);
    if (name === undefined) return this.#shape(type, member);
    this.component(name, type);
    return { $ref: `#/components/schemas/${name}` };
  }

  #shape(type: ts.Type, member: string): Schema {
    const { flags } = type;
    if (flags & ts.TypeFlags.Unknown) return {};
    if (type.isUnion()) return this.#union(type.types, member);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (flags & ts.TypeFlags.BooleanLiteral)
      return { const: this.#checker.typeToString(type) === "true" };
    if (flags & ts.TypeFlags.Null) return { type: "null" };
    if (flags & ts.TypeFlags.String)
      return { type: "string", ...(MOMENT.test(member) ? { format: "date-time" } : {}) };
    if (flags & ts.TypeFlags.Number) return { type: "number" };
    if (flags & ts.TypeFlags.Boolean) return { type: "boolean" };
    if (this.#checker.isArrayType(type)) {
      const [item] = this.#checker.getTypeArguments(type as ts.TypeReference);
      if (item !== undefined) return { type: "array", items: this.#schema(item, "") };
    }
    if (flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return this.#object(type);
    throw new Error(`${member}: no schema for ${this.#checker.typeToString(type)}`);
  }

  #union(all: readonly ts.Type[], member: string): Schema {
    const isNull = ({ flags }: ts.Type): number => flags & ts.TypeFlags.Null;
    const types = all
      .filter(({ flags }) => !(flags & ts.TypeFlags.Undefined))
      .sort((a, b) => isNull(a) - isNull(b));
    const booleans = types.filter(({ flags }) => flags & ts.TypeFlags.BooleanLiteral);
    const texts = types.filter((each) => each.isStringLiteral());
    const rest = types.filter(
      (each) => !each.isStringLiteral() && !(booleans.length === 2 && booleans.includes(each)),
    );
    const parts = rest.map((each) => this.#schema(each, member));
    if (booleans.length === 2) parts.unshift({ type: "boolean" });
    if (texts.length > 0)
      parts.unshift({ type: "string", enum: texts.map(({ value }) => value).sort() });
    const [first, second] = parts;
    if (first !== undefined && parts.length === 1) return first;
    // `string or null` in one word, as everybody writes it.
    if (parts.length === 2 && second?.["type"] === "null" && typeof first?.["type"] === "string") {
      const words = first["enum"] as unknown[] | undefined;
      const nullable = { ...first, type: [first["type"], "null"] };
      return words === undefined ? nullable : { ...nullable, enum: [...words, null] };
    }
    return { anyOf: parts };
  }

  #object(type: ts.Type): Schema {
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    for (const symbol of type.getProperties()) {
      const of = this.#checker.getTypeOfSymbolAtLocation(symbol, this.#at);
      const text = said(symbol, this.#checker);
      properties[symbol.name] = { ...text, ...this.#schema(of, symbol.name) };
      if (!(symbol.flags & ts.SymbolFlags.Optional)) required.push(symbol.name);
    }
    const others = this.#checker.getIndexInfoOfType(type, ts.IndexKind.String)?.type;
    return {
      type: "object",
      ...(Object.keys(properties).length === 0 ? {} : { properties }),
      ...(required.length === 0 ? {} : { required }),
      ...(others === undefined ? {} : { additionalProperties: this.#schema(others, "") }),
    };
  }
}

/** `ApiDevice` is `Device` outside; types without a name of their own are shown where they stand. */
function nameOf(type: ts.Type): string | undefined {
  if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.Union)))
    return undefined;
  const name = type.aliasSymbol?.name ?? type.getSymbol()?.name;
  if (name === undefined || !/^[A-Z]/.test(name) || SEE_THROUGH.has(name)) return undefined;
  if (name === "ReadonlyArray" || name === "Array") return undefined;
  return RENAMED[name] ?? name.replace(/^Api/, "");
}

function said(symbol: ts.Symbol | undefined, checker: ts.TypeChecker): Schema {
  const text = ts.displayPartsToString(symbol?.getDocumentationComment(checker) ?? []);
  return text === "" ? {} : { description: text.replaceAll(/\s*\n\s*/g, " ") };
}
