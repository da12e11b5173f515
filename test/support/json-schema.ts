/**
 * Checks a value against a JSON Schema of draft 7, as the YAML server of an editor does: the keywords that our generated
 * schemas use, and no others. A keyword that it does not know is an error, so that nothing is passed over in silence.
 */
type Node = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const asNode = (value: unknown): Node => {
  if (!isRecord(value)) throw new Error("a schema is no object");
  return value;
};
const length = (text: string): number => Array.from(text).length;

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
  array: Array.isArray,
  object: isRecord,
};

/** What a keyword says of a value: pointers and reasons. `say` checks a part against a schema. */
type Check = (
  want: unknown,
  value: unknown,
  node: Node,
  say: (part: unknown, schema: unknown, key?: string | number) => string[],
) => string[];

const holds = (right: boolean, reason: string): string[] => (right ? [] : [reason]);
const onText = (test: (text: string, want: unknown) => boolean, reason: string): Check => {
  return (want, value) => holds(typeof value !== "string" || test(value, want), reason);
};
const onNumber = (test: (value: number, want: number) => boolean, reason: string): Check => {
  return (want, value) => holds(typeof value !== "number" || test(value, Number(want)), reason);
};
const onList = (test: (size: number, want: number) => boolean, reason: string): Check => {
  return (want, value) => holds(!Array.isArray(value) || test(value.length, Number(want)), reason);
};
const onMembers = (test: (size: number, want: number) => boolean, reason: string): Check => {
  return (want, value) =>
    holds(!isRecord(value) || test(Object.keys(value).length, Number(want)), reason);
};
const ignored: Check = () => [];

const KEYWORDS: Readonly<Record<string, Check>> = {
  $schema: ignored,
  definitions: ignored,
  components: ignored, // of an OpenAPI document: where references lead
  title: ignored,
  description: ignored,
  default: ignored,
  examples: ignored,
  writeOnly: ignored,
  format: ignored, // a hint in draft 7
  additionalProperties: ignored, // with `properties`, or alone below
  additionalItems: ignored,
  type(want, value) {
    const names = (Array.isArray(want) ? want : [want]) as string[];
    return holds(
      names.some((name) => TYPES[name]?.(value) === true),
      `is no ${names.join(" or ")}`,
    );
  },
  const: (want, value) => holds(value === want, `is not ${String(want)}`),
  enum: (want, value) => holds((want as unknown[]).includes(value), "is none of the words"),
  minLength: onText((text, want) => length(text) >= Number(want), "is too short"),
  maxLength: onText((text, want) => length(text) <= Number(want), "is too long"),
  pattern: onText((text, want) => new RegExp(String(want), "u").test(text), "has another form"),
  minimum: onNumber((value, want) => value >= want, "is too small"),
  maximum: onNumber((value, want) => value <= want, "is too large"),
  exclusiveMinimum: onNumber((value, want) => value > want, "is too small"),
  minItems: onList((size, want) => size >= want, "has too few entries"),
  maxItems: onList((size, want) => size <= want, "has too many entries"),
  anyOf(want, value, _node, say) {
    const results = (want as unknown[]).map((one) => say(value, one));
    return results.some((found) => found.length === 0) ? [] : ["fits none of the forms"];
  },
  oneOf(want, value, _node, say) {
    const fitting = (want as unknown[]).filter((one) => say(value, one).length === 0);
    return holds(fitting.length === 1, "fits none or several of the forms");
  },
  not: (want, value, _node, say) => holds(say(value, want).length > 0, "is what it must not be"),
  allOf: (want, value, _node, say) => (want as unknown[]).flatMap((one) => say(value, one)),
  items(want, value, _node, say) {
    if (!Array.isArray(value)) return [];
    return value.flatMap((item, at) => {
      const schema: unknown = Array.isArray(want) ? want[at] : want;
      return schema === undefined ? [] : say(item, schema, at);
    });
  },
  minProperties: onMembers((size, want) => size >= want, "has too few members"),
  maxProperties: onMembers((size, want) => size <= want, "has too many members"),
  required: (want, value) =>
    (want as string[]).flatMap((key) =>
      holds(!isRecord(value) || Object.hasOwn(value, key), `has no ${key}`),
    ),
  propertyNames: (want, value, _node, say) =>
    isRecord(value) ? Object.keys(value).flatMap((key) => say(key, want, key)) : [],
  properties: (want, value, _node, say) =>
    isRecord(value)
      ? Object.entries(asNode(want)).flatMap(([key, schema]) =>
          Object.hasOwn(value, key) ? say(value[key], schema, key) : [],
        )
      : [],
};

/** Why the value does not fit: `pointer: reason`, none where it does. */
export function misfits(root: unknown, value: unknown): string[] {
  const check = (part: unknown, schema: unknown, at: string): string[] => {
    const node = asNode(schema);
    const { $ref } = node;
    // Draft 7: whatever stands beside a reference is not looked at.
    if (typeof $ref === "string") return check(part, resolve(root, $ref), at);
    const say = (inner: unknown, of: unknown, key?: string | number) =>
      check(inner, of, key === undefined ? at : `${at}/${key}`);
    const found = Object.entries(node).flatMap(([keyword, want]) => {
      const test = KEYWORDS[keyword];
      if (test === undefined) throw new Error(`the keyword ${keyword} is not known here`);
      return test(want, part, node, (inner, of, key) => say(inner, of, key)).map((reason) =>
        reason.startsWith("/") ? reason : `${at}: ${reason}`.replace(/^: /, "/: "),
      );
    });
    return [...found, ...extra(node, part, say, at)];
  };
  return check(value, root, "");
}

/** Members that `properties` does not name. */
function extra(
  { properties, additionalProperties: others }: Node,
  value: unknown,
  say: (part: unknown, schema: unknown, key: string) => string[],
  at: string,
): string[] {
  if (others === undefined || !isRecord(value)) return [];
  const known = properties === undefined ? {} : asNode(properties);
  return Object.entries(value).flatMap(([key, inner]) => {
    if (Object.hasOwn(known, key) || others === true) return [];
    return others === false ? [`${at}/${key}: is not known`] : say(inner, others, key);
  });
}

function resolve(root: unknown, ref: string): unknown {
  if (!ref.startsWith("#")) throw new Error(`${ref} leads out of the schema`);
  return ref
    .slice(1)
    .split("/")
    .filter((part) => part !== "")
    .reduce<unknown>((node, part) => asNode(node)[part], root);
}
