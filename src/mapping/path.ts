/**
 * Parameter paths as maps write them: parse, print, match. A path is a value, never a pattern language.
 *
 *   InternetGatewayDevice.DeviceInfo.UpTime            valid: a full path
 *   Device.PPP.Interface.{p}                           valid: `{p}` stands for an instance number
 *   Device.X_SW_WiMAX.ChannelTable.Rule{r}             valid: an instance inside a segment, digits as found (`Rule01`)
 *   Device.Services.X_CT-COM_Voice.1.Mode              valid: names may hold a hyphen (seen: X_CT-COM_, X_ZTE-COM_)
 *   $wan.Username                                      valid: below the row that the anchor `wan` chose
 *   $row                                               valid: the row itself (a rule that is one parameter)
 *   Device.PPP.Interface.                              not valid here: a partial path says which subtree to read, and
 *                                                      only reads have them (`prefixOf` makes them)
 *   Device..Enable, .Device, Device.PPP.*              not valid: empty segment, leading dot, wildcard
 *   Device.A{x}B{y}                                    not valid: two instances in one segment cannot be told apart
 *   Device.{x}.{x}                                     not valid: one name, two instances
 *   {x}.Enable                                         not valid: every subtree of every device would have to be read
 *   $wan Username, Device.Ünïcode                      not valid: segments are letters, digits, "_" and "-"
 */

/** One segment: plain, or with one instance between `before` and `after` (both empty for a whole segment). */
type Segment =
  | { readonly kind: "name"; readonly text: string }
  | {
      readonly kind: "instance";
      readonly before: string;
      readonly name: string;
      readonly after: string;
    };

export interface Template {
  /** Name of the anchor that it starts at, without the `$`; null for a path from the root. */
  readonly anchor: string | null;
  readonly segments: readonly Segment[];
}

export interface PathFault {
  readonly fault: string;
}

/** A concrete row of a template: its path without a trailing dot, and its instance numbers as found, left to right. */
export interface Row {
  readonly path: string;
  readonly instances: readonly string[];
}

const NAME = /^[A-Za-z0-9_-]+$/;
const WORD = /^[A-Za-z][A-Za-z0-9_]*$/;
const WITH_INSTANCE = /^([A-Za-z0-9_-]*)\{([A-Za-z][A-Za-z0-9_]*)\}([A-Za-z0-9_-]*)$/;
/** TR-069 limits a path to 256 characters; a template has room for its braces. */
const MAX_LENGTH = 512;

function parseSegment(text: string): Segment | PathFault {
  if (NAME.test(text)) return { kind: "name", text };
  const [, before, name, after] = WITH_INSTANCE.exec(text) ?? [];
  if (before !== undefined && name !== undefined && after !== undefined) {
    return { kind: "instance", before, name, after };
  }
  return text === ""
    ? { fault: "has an empty segment" }
    : { fault: "has a segment that is neither a name nor one {instance}" };
}

/** Never throws: any text gives a template or the reason why it is none. */
export function parseTemplate(text: string): Template | PathFault {
  if (text.length > MAX_LENGTH) return { fault: `is longer than ${MAX_LENGTH} characters` };
  const parts = text.split(".");
  const first = parts[0] ?? "";
  const anchor = first.startsWith("$") ? first.slice(1) : null;
  if (anchor !== null && !WORD.test(anchor)) return { fault: "has an anchor that is not a word" };
  const segments: Segment[] = [];
  for (const part of anchor === null ? parts : parts.slice(1)) {
    const segment = parseSegment(part);
    if ("fault" in segment) return segment;
    segments.push(segment);
  }
  if (anchor === null && segments[0]?.kind !== "name") return { fault: "has to start with a name" };
  const names = instanceNames({ anchor, segments });
  if (new Set(names).size < names.length) return { fault: "names one instance twice" };
  return { anchor, segments };
}

export function printTemplate(template: Template): string {
  const parts = template.segments.map((segment) =>
    segment.kind === "name" ? segment.text : `${segment.before}{${segment.name}}${segment.after}`,
  );
  return (template.anchor === null ? parts : [`$${template.anchor}`, ...parts]).join(".");
}

export function instanceNames(template: Template): string[] {
  return template.segments.flatMap((segment) =>
    segment.kind === "instance" ? [segment.name] : [],
  );
}

/** The narrowest subtree that holds every row: all before the first instance, with its dot; the parent of a full path. */
export function prefixOf(template: Template): string {
  const first = template.segments.findIndex((segment) => segment.kind === "instance");
  const until = first < 0 ? template.segments.length - 1 : first;
  const head = printTemplate({ ...template, segments: template.segments.slice(0, until) });
  return head === "" ? "" : `${head}.`;
}

/**
 * The object that a table stands in, as a subtree: there is something below it also when the table has no rows. The table
 * itself where that object is the root, since nobody reads a whole device to see that a table is empty.
 */
export function holderOf(row: Template): string {
  const prefix = prefixOf(row);
  const holder = prefix.slice(0, prefix.slice(0, -1).lastIndexOf(".") + 1);
  const isRoot = row.anchor === null && holder.indexOf(".") === holder.length - 1;
  return holder === "" || isRoot ? prefix : holder;
}

/** A template that starts at an anchor, from the root: below the row that the anchor chose. */
export function below(row: string, template: Template): Template {
  const head = row.split(".").map((text): Segment => ({ kind: "name", text }));
  return { anchor: null, segments: [...head, ...template.segments] };
}

/** A row that has no number yet: `{name}` stands for the last instance. */
export function unnumbered(template: Template, name: string): string {
  const last = template.segments.findLastIndex(({ kind }) => kind === "instance");
  const segments = template.segments.map((segment, index) =>
    segment.kind === "instance" && index === last ? { ...segment, name } : segment,
  );
  return printTemplate({ ...template, segments });
}

/** What a row is called in its table: `Rule02`, `5`. */
export function nameOfRow(template: Template, path: string): string {
  const last = template.segments.findLastIndex(({ kind }) => kind === "instance");
  return path.split(".")[last] ?? path;
}

/** The row that a path lies in (or is), or undefined when it lies in none. */
export function rowOf(template: Template, path: string): Row | undefined {
  const parts = path.split(".");
  if (parts.length < template.segments.length) return undefined;
  const instances: string[] = [];
  for (const [index, segment] of template.segments.entries()) {
    const part = parts[index] ?? "";
    if (segment.kind === "name") {
      if (part !== segment.text) return undefined;
      continue;
    }
    const digits = part.slice(segment.before.length, part.length - segment.after.length);
    if (`${segment.before}${digits}${segment.after}` !== part || !/^\d+$/.test(digits)) {
      return undefined;
    }
    instances.push(digits);
  }
  return { path: parts.slice(0, template.segments.length).join("."), instances };
}

/** By instance numbers as numbers: 2 before 11. */
export function compareRows(a: Row, b: Row): number {
  for (const [index, digits] of a.instances.entries()) {
    const difference = Number(digits) - Number(b.instances[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}
