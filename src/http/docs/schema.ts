/** A schema as a person reads it: a word for its type, a table for its members. */
import { nameIn, type Schema } from "./description.ts";
import { html, inline, type Html } from "./html.ts";

/** How deep members of members are shown in place; more is behind the name of a schema. */
const DEPTH = 3;

/** `text`, `whole number, 1 to 500`, `list of Device`, `"put" or "end"`; names are links. */
export function typeOf(schema: Schema): Html {
  if (schema.$ref !== undefined) {
    const name = nameIn(schema.$ref);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum !== undefined) {
    const words = schema.enum.map((word) => html`<code>${String(word)}</code>`);
    return html`one of ${words.flatMap((word, at) => (at === 0 ? [word] : [", ", word]))}`;
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    return html`${choices.flatMap((one, at) => (at === 0 ? [typeOf(one)] : [" or ", typeOf(one)]))}`;
  }
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? ["anything"]);
  return html`${types.flatMap((type, at) => [at === 0 ? "" : " or ", wordOf(type, schema)])}`;
}

function wordOf(type: string, schema: Schema): Html {
  switch (type) {
    case "string":
      return html`${schema.format === "date-time" ? "moment (RFC 3339)" : "text"}`;
    case "integer":
      return html`whole number${range(schema)}`;
    case "array":
      return html`list of ${typeOf(schema.items ?? {})}`;
    case "boolean":
      return html`true or false`;
    default:
      return html`${type}`;
  }
}

function range({ minimum, maximum }: Schema): string {
  if (minimum === undefined) return "";
  return maximum === undefined ? `, ${minimum} or more` : `, ${minimum} to ${maximum}`;
}

/** The object behind lists, choices with null and the like; undefined where there is none with members. */
function objectIn(schema: Schema): Schema | undefined {
  if (schema.properties !== undefined) return schema;
  if (schema.items !== undefined) return objectIn(schema.items);
  const found = (schema.anyOf ?? schema.oneOf ?? []).map(objectIn).filter((each) => each);
  return found.length === 1 ? found[0] : undefined;
}

interface Row {
  readonly path: string;
  readonly schema: Schema;
  readonly required: boolean;
}

function rowsOf(schema: Schema, prefix: string, depth: number): readonly Row[] {
  const whole = objectIn(schema);
  return Object.entries(whole?.properties ?? {}).flatMap(([name, member]): Row[] => {
    const required = whole?.required?.includes(name) ?? false;
    const row = { path: `${prefix}${name}`, schema: member, required };
    return depth <= 1 ? [row] : [row, ...rowsOf(member, `${row.path}.`, depth - 1)];
  });
}

/** Nothing where it has no members. */
export function membersTable(schema: Schema): Html | undefined {
  const rows = rowsOf(schema, "", DEPTH);
  if (rows.length === 0) return undefined;
  return html`<table>
    <thead>
      <tr>
        <th>member</th>
        <th>type</th>
        <th>meaning</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ path, schema: member, required }) =>
          html`<tr>
            <td><code>${path}</code>${required ? html` <small>always</small>` : undefined}</td>
            <td>${typeOf(member)}</td>
            <td>
              ${inline(member.description ?? "")}${
                member.default === undefined
                  ? undefined
                  : html` Left out: <code>${JSON.stringify(member.default)}</code>.`
              }
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
