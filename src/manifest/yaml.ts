/**
 * YAML text to plain values with places, for manifests and for parameter maps. The only file that knows `yaml`.
 *
 * What we take is the part of YAML 1.2 that says the same to every reader: the core schema (`no` and `on` are texts),
 * text keys, each once, no tags, aliases within a limit, numbers that a double holds exactly, a limited size and depth.
 * All else is a problem with line and column, from 1. Messages are ours: the library's may quote the text.
 */
import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  Parser,
  type Document,
  type Node,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import type { Problem } from "../lib/errors.ts";
import { tooDeepAt } from "./yaml-depth.ts";

/** Where a document begins. Line and column from 1. */
export interface Source {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface YamlDocument {
  /** Null, booleans, numbers, texts, arrays, objects; nothing else. */
  readonly value: unknown;
  readonly source: Source;
  /**
   * The place of a JSON Pointer: of the value, or of its key where `of` is "key". For something that is not there, the
   * place of the nearest thing around it.
   */
  readonly place: (pointer: string, of?: "key" | "value") => Source;
}

interface YamlFile {
  /** In order. A document that is empty is left out; one that has problems too. */
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly Problem[];
}

/** UTF-16 units; 2,000 devices need a fifth of it. A text of this size takes about 3 s on one core. */
const MAX_TEXT = 2 * 1024 * 1024;
const MAX_DEPTH = 64;
const MAX_ALIASES = 100;
/** A file that is not YAML at all has one problem for each word; nobody reads more than these. */
const MAX_PROBLEMS = 100;

const MESSAGES: Partial<Record<YAMLError["code"], string>> = {
  BAD_ALIAS: "the alias names no anchor before it",
  BAD_DQ_ESCAPE: "a text in double quotes has an unknown escape",
  BAD_INDENT: "the indentation does not fit the lines around it",
  BAD_SCALAR_START: "a plain text cannot begin with this character; put it in quotes",
  BLOCK_AS_IMPLICIT_KEY: "a nested block cannot stand on this line; is a line break missing?",
  DUPLICATE_KEY: "the key stands here a second time",
  MISSING_CHAR: "something is missing here: a quotation mark, a bracket, a comma or a colon",
  MULTILINE_IMPLICIT_KEY: "a key must fit on one line; is a colon missing?",
  NON_STRING_KEY: "a key must be a text",
  RESOURCE_EXHAUSTION: "is nested too deeply",
  TAB_AS_INDENT: "a tab cannot indent; use blanks",
  TAG_RESOLVE_FAILED: "tags (!name) are not understood here",
  UNEXPECTED_TOKEN: "did not expect this here",
};

/** Never throws: any text gives documents, problems, or both. */
export function parseYamlDocuments(text: string, file: string): YamlFile {
  if (text.length > MAX_TEXT) {
    const message = `is larger than ${MAX_TEXT} characters; split it into several files`;
    return { documents: [], problems: [{ file, code: "payload_too_large", message }] };
  }
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const reader = new DocumentReader(file, lines);
  const deep = tooDeepAt(tokens, MAX_DEPTH);
  if (deep !== undefined) {
    reader.problem(deep, MESSAGES.RESOURCE_EXHAUSTION);
    return { documents: [], problems: reader.problems };
  }
  const composed = new Composer({
    schema: "core",
    resolveKnownTags: false,
    stringKeys: true,
    // Ours, in `walk`: the library compares each key with each, which 100,000 keys turn into minutes.
    uniqueKeys: false,
  }).compose(tokens);
  const documents = [...composed].flatMap((document) => reader.read(document) ?? []);
  return { documents, problems: reader.problems };
}

class DocumentReader {
  readonly problems: Problem[] = [];
  #found = 0;
  /** Anchors whose node is complete; an alias inside its own anchor would be a circle. */
  readonly #anchors = new Set<string>();
  readonly #file: string;
  readonly #lines: LineCounter;

  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  read(document: Document.Parsed): YamlDocument | undefined {
    const before = this.#found;
    for (const error of [...document.errors, ...document.warnings]) {
      this.problem(error.pos[0], MESSAGES[error.code]);
    }
    const root = document.contents as Node | null;
    this.#anchors.clear();
    if (root !== null && this.#found === before) this.#walk(root);
    if (this.#found > before) return undefined;
    try {
      const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
      if (root === null || value === null) return undefined;
      const place = (pointer: string, of: "key" | "value" = "value"): Source =>
        this.#at(offsetOf(document, root, pointer, of));
      return { value, source: this.#at(offset(root)), place };
    } catch {
      this.problem(offset(root), "its aliases multiply; write the values out");
      return undefined;
    }
  }

  /** What the library lets through and we do not. */
  #walk(node: Node): void {
    if (isAlias(node)) {
      if (!this.#anchors.has(node.source)) this.problem(offset(node), MESSAGES.BAD_ALIAS);
      return;
    }
    if (isMap(node)) {
      const seen = new Set<unknown>();
      for (const { key, value } of pairsOf(node)) {
        const name = isScalar(key) ? key.value : undefined;
        if (typeof name !== "string") this.problem(offset(key), MESSAGES.NON_STRING_KEY);
        if (seen.has(name)) this.problem(offset(key), MESSAGES.DUPLICATE_KEY);
        seen.add(name);
        if (value !== null) this.#walk(value);
      }
    } else if (isSeq(node)) {
      for (const item of node.items as Node[]) this.#walk(item);
    } else if (isScalar(node) && typeof node.value === "number") {
      if (Number.isInteger(node.value) && !Number.isSafeInteger(node.value)) {
        this.problem(offset(node), "the number is too large to be kept exactly; put it in quotes");
      } else if (!Number.isFinite(node.value)) {
        this.problem(offset(node), "is not a finite number");
      }
    }
    const anchor = (node as { anchor?: string }).anchor;
    if (anchor !== undefined) this.#anchors.add(anchor);
  }

  problem(at: number, message = "is not YAML"): void {
    this.#found += 1;
    if (this.#found > MAX_PROBLEMS) return;
    this.problems.push({ ...this.#at(at), code: "malformed_yaml", message });
  }

  #at(at: number): Source {
    const { line, col } = this.#lines.linePos(at);
    return { file: this.#file, line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function offset(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}

interface Pair {
  readonly key: Node;
  readonly value: Node | null;
}

function pairsOf(map: YAMLMap): readonly Pair[] {
  return map.items as Pair[];
}

/** Walks a JSON Pointer; stops where there is nothing more to walk. */
function offsetOf(
  document: Document.Parsed,
  root: Node,
  pointer: string,
  of: "key" | "value",
): number {
  let node: Node | null = root;
  let at = offset(root);
  for (const part of pointer.split("/").slice(1)) {
    const whole: Node | null = isAlias(node) ? (node.resolve(document) ?? null) : node;
    const step = member(whole, part.replaceAll("~1", "/").replaceAll("~0", "~"));
    if (step === undefined) return at;
    node = step.value;
    at = offset(of === "key" || node === null ? step.key : node);
  }
  return at;
}

function member(node: Node | null, name: string): Pair | undefined {
  if (isMap(node)) {
    return pairsOf(node).find(({ key }) => isScalar(key) && key.value === name);
  }
  const item = isSeq(node) ? (node.items as Node[])[Number(name)] : undefined;
  return item === undefined ? undefined : { key: item, value: item };
}
