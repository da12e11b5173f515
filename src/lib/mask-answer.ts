/**
 * What an ACS answered, as evidence that may be shown to its maker: the shape of the answer without what it holds. Only what
 * names things stays (elements, members, parameter names, result codes); any other text is left out, as nobody can say
 * which of it is a password (I18). Pure; any text gives a text.
 */

/** Elements and members whose content names a thing or a fault, and never holds what a CPE holds. */
const KEPT = new Set(
  "Name name ErrorCode response_code error_code faultcode code _id device _type channel".split(" "),
);
const LONGEST = 2_000;
const HIDDEN = "…";
/** A name or a code: no blanks, nothing that a person would call a sentence or a password with signs. */
const PLAIN = /^[\w.:%-]{1,256}$/;

export function maskAnswer(text: string): string {
  const trimmed = text.trim();
  const masked = /^[[{]/.test(trimmed)
    ? maskJson(trimmed)
    : trimmed.startsWith("<")
      ? maskMarkup(trimmed)
      : `${HIDDEN} (${text.length} characters)`;
  return masked.length > LONGEST ? `${masked.slice(0, LONGEST)}${HIDDEN}` : masked;
}

function shown(name: string, content: string): string {
  if (content.trim() === "") return content;
  return KEPT.has(name) && PLAIN.test(content.trim()) ? content : HIDDEN;
}

/** Tags without their attributes, and the content of those that name things. Comments and CDATA count as content. */
function maskMarkup(text: string): string {
  let masked = "";
  let name = "";
  for (const [, tag, content] of text.matchAll(/<([^<>]*)>|([^<>]+)/g)) {
    if (content !== undefined) {
      masked += shown(name, content);
      continue;
    }
    const found = /^(\/?)(?:[\w-]+:)?([A-Za-z]\w{0,63})(?:\s[^]*?)?(\/?)$/.exec(tag ?? "");
    name = found?.[2] ?? "";
    masked += found === null ? `<${HIDDEN}>` : `<${found[1] ?? ""}${name}${found[3] ?? ""}>`;
  }
  return masked;
}

/** Member names, and the texts of those that name things. It need not be whole. */
function maskJson(text: string): string {
  let member = "";
  return text.replace(
    /"((?:[^"\\]|\\.)*)"(\s*:)?|[^[\]{}",:\s]+|"/g,
    (found: string, quoted: string | undefined, colon: string | undefined) => {
      if (quoted === undefined) return HIDDEN;
      if (colon !== undefined) {
        member = quoted;
        return PLAIN.test(quoted) ? found : `"${HIDDEN}":`;
      }
      return `"${shown(member, quoted)}"`;
    },
  );
}
