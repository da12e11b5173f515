/** A call as a command that can be pasted: `$PLUMB` is the server, `$TOKEN` the token. */
import type { Content, Operation, Parameter } from "./description.ts";

/** For a shell: the text as one word, whatever is in it. */
function word(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function bodyWords([type, { example }]: readonly [string, Content]): readonly string[] {
  const text = typeof example === "string" ? example : JSON.stringify(example);
  return [`-H ${word(`Content-Type: ${type}`)}`, `--data-binary ${word(text)}`];
}

/**
 * With the parts of the path filled in by their examples.
 *
 * @param form the body as it is sent, of the forms that the call takes
 */
export function curlOf(
  method: string,
  path: string,
  operation: Operation,
  parameters: readonly Parameter[],
  form?: readonly [string, Content],
): string {
  const filled = path.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => parameters.find((each) => each.name === name)?.example ?? name,
  );
  const words = [`curl -s${method === "GET" ? "" : ` -X ${method}`} "$PLUMB${filled}"`];
  if (operation.security.length > 0) words.push(`-H "Authorization: Bearer $TOKEN"`);
  if (form !== undefined) words.push(...bodyWords(form));
  return words.join(" \\\n  ");
}
