/** One call on the page: what it takes, what it answers, and how it is made. */
import { curlOf } from "./curl.ts";
import {
  followed,
  nameIn,
  type Answer,
  type ApiDescription,
  type Operation,
  type Parameter,
} from "./description.ts";
import { html, inline, prose, type Html } from "./html.ts";
import { membersTable, typeOf } from "./schema.ts";

type Components = ApiDescription["components"];

export function callSection(
  method: string,
  path: string,
  operation: Operation,
  components: Components,
): Html {
  const { operationId, summary, description, security, requestBody } = operation;
  const parameters = operation.parameters.map((each) => followed(each, components.parameters));
  const forms = Object.entries(requestBody?.content ?? {});
  const scopes = security.flatMap(({ bearer }) => bearer);
  return html`<section class="call" id="${operationId}">
    <h3><a href="#${operationId}">${summary}</a><br /><code>${method} ${path}</code></h3>
    ${description === undefined ? undefined : prose(description)}
    <p>
      <small>
        ${
          scopes.length === 0
            ? "No token is asked for."
            : html`Scope:
              ${scopes.flatMap((scope, at) => [
                at === 0 ? "" : " or ",
                html`<code>${scope}</code>`,
              ])}.`
        }
      </small>
    </p>
    ${parametersTable(parameters)}
    ${forms.map(
      ([type, { schema = {} }]) =>
        html`<h4>
            Body as <code>${type}</code>${
              requestBody?.required === true ? "" : ", which may be left out"
            }
          </h4>
          ${membersTable(schema) ?? html`<p>${typeOf(schema)}</p>`}`,
    )}
    ${(forms.length === 0 ? [undefined] : forms).map(
      (form) => html`<pre><code>${curlOf(method, path, operation, parameters, form)}</code></pre>`,
    )}
    ${answersTable(operation, components)}${exampleOf(operation, components)}
  </section>`;
}

function parametersTable(parameters: readonly Parameter[]): Html | undefined {
  if (parameters.length === 0) return undefined;
  return html`<table>
    <thead>
      <tr>
        <th>parameter</th>
        <th>type</th>
        <th>meaning</th>
      </tr>
    </thead>
    <tbody>
      ${parameters.map(
        ({ name, in: place, required, description = "", schema = {}, example }) =>
          html`<tr>
            <td>
              <code>${name}</code> <small>${place}${required === true ? ", always" : ""}</small>
            </td>
            <td>${typeOf(schema)}</td>
            <td>
              ${inline(description)}${
                example === undefined
                  ? undefined
                  : html` <small>Such as <code>${example}</code></small>`
              }
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function answersTable({ responses }: Operation, components: Components): Html {
  return html`<table>
    <thead>
      <tr>
        <th>answer</th>
        <th>body</th>
        <th>when</th>
      </tr>
    </thead>
    <tbody>
      ${Object.entries(responses).map(([status, given]) => {
        const answer = followed(given, components.responses);
        return html`<tr>
          <td><code>${status}</code></td>
          <td>${bodyOf(answer)}</td>
          <td>${inline(answer.description)}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

function bodyOf({ content = {} }: Answer): Html | undefined {
  const [first] = Object.entries(content);
  if (first === undefined) return undefined;
  const [type, { schema = {} }] = first;
  if (type === "application/problem+json") return html`<a href="#schema-Problem">Problem</a>`;
  return schema.$ref === undefined ? html`<code>${type}</code>` : typeOf(schema);
}

/** Of the first success whose body has one. */
function exampleOf({ responses }: Operation, components: Components): Html | undefined {
  for (const [status, { content = {} }] of Object.entries(responses)) {
    const ref = content["application/json"]?.schema?.$ref;
    if (!status.startsWith("2") || ref === undefined) continue;
    const [example] = components.schemas[nameIn(ref)]?.examples ?? [];
    if (example === undefined) continue;
    return html`<details>
      <summary>Example of an answer with ${status}</summary>
      <pre><code>${JSON.stringify(example, null, 2)}</code></pre>
    </details>`;
  }
  return undefined;
}
