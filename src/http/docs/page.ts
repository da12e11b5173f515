/**
 * The document of the API as a page: it needs no script and nothing from elsewhere, and works in a terminal's browser and
 * on paper. Everything in it comes from the document, so it can say nothing that the document does not.
 */
import { ERROR_CODES } from "../../lib/errors.ts";
import { callSection } from "./call.ts";
import type { ApiDescription, Operation } from "./description.ts";
import { html, Html, inline, prose } from "./html.ts";
import { membersTable, typeOf } from "./schema.ts";

interface Call {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function callsOf({ paths }: ApiDescription): readonly Call[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...{ method: method.toUpperCase(), path, operation },
    })),
  );
}

/** @param style goes into the page as it is; its hash has to be in the policy */
export function docsPage(description: ApiDescription, style: string): string {
  const { info, tags, components } = description;
  const calls = callsOf(description);
  const groups = tags.map(({ name, description: title }) => ({
    ...{ name, title },
    calls: calls.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title} ${info.version}: the API</title>
        ${new Html(`<style>${style}</style>`)}
      </head>
      <body>
        <div class="page">
          <nav aria-label="Calls">
            <ul>
              <li><a href="#start">Start</a></li>
              <li><a href="#codes">Error codes</a></li>
              <li><a href="#schemas">Schemas</a></li>
              <li><a href="/v1/openapi.json">openapi.json</a></li>
            </ul>
            ${groups.map(
              ({ title, calls: some }) =>
                html`<strong>${title}</strong>
                  <ul>
                    ${some.map(
                      ({ operation: { operationId, summary } }) =>
                        html`<li><a href="#${operationId}">${summary}</a></li>`,
                    )}
                  </ul>`,
            )}
          </nav>
          <main>
            <h1 id="start">${info.title} ${info.version}</h1>
            ${prose(info.description)}
            <h2>A token</h2>
            ${prose(components.securitySchemes.bearer.description)}
            <pre><code>${`PLUMB=http://127.0.0.1:8080\nTOKEN=plumb_...\ncurl -s "$PLUMB/v1/fleet" -H "Authorization: Bearer $TOKEN"`}</code></pre>
            ${groups.map(
              ({ name, title, calls: some }) =>
                html`<h2 id="tag-${name}">${title}</h2>
                  ${some.map(({ method, path, operation }) =>
                    callSection(method, path, operation, components),
                  )}`,
            )}
            ${codesTable(components)}${schemaSections(description)}
          </main>
        </div>
      </body>
    </html>`;
  return page.text;
}

/** By status, as the checks go: a client may be written from this table alone. */
function codesTable({ responses }: ApiDescription["components"]): Html {
  // The answers of the document are named by their codes; the one of a wrong method stands at no call.
  const known = new Set(Object.keys(responses).flatMap((name) => name.split(".")));
  const codes = Object.entries(ERROR_CODES)
    .filter(([code]) => known.has(code) || code === "method_not_allowed")
    .sort(([, a], [, b]) => a.status - b.status);
  return html`<h2 id="codes">Error codes</h2>
    <p>
      Every failure is a <a href="#schema-Problem">Problem</a> with one of these codes. Retry says
      what a program does: <code>now</code>, <code>after</code> (as <code>Retry-After</code> says),
      <code>after_change</code> of the request or the state, or <code>never</code>.
    </p>
    <table>
      <thead>
        <tr>
          <th>code</th>
          <th>status</th>
          <th>retry</th>
          <th>meaning</th>
        </tr>
      </thead>
      <tbody>
        ${codes.map(
          ([code, { status, retry, title }]) =>
            html`<tr id="code-${code}">
              <td><code>${code}</code></td>
              <td>${status}</td>
              <td><code>${retry}</code></td>
              <td>${title}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function schemaSections({ components }: ApiDescription): Html {
  return html`<h2 id="schemas">Schemas</h2>
    ${Object.entries(components.schemas).map(
      ([name, schema]) =>
        html`<h3 id="schema-${name}">${name}</h3>
          <p>${inline(schema.description ?? "")}</p>
          ${membersTable(schema) ?? html`<p>${typeOf(schema)}</p>`}`,
    )}`;
}
