/** `/docs` as a browser gets it: everything of the document is on it, and nothing of anybody else. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shippedOpenApi } from "../../../src/package/files.ts";
import { html, prose } from "../../../src/http/docs/html.ts";
import type { ApiDescription } from "../../../src/http/docs/description.ts";
import { openApi, type Answer, type Api } from "./api-fixture.ts";

let api: Api;
let page: Answer;
beforeAll(async () => {
  api = await openApi();
  page = await api.call("GET", "/docs", { token: null });
});
afterAll(async () => {
  await api.close();
});

const description = JSON.parse(shippedOpenApi()) as ApiDescription;
const operations = Object.values(description.paths).flatMap((methods) => Object.values(methods));

describe("the page of the API", () => {
  it("needs no token, no script, and nobody else", () => {
    expect([page.status, page.headers.get("Content-Type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    expect(page.text).not.toMatch(
      /<(script|img|iframe|link|object|form|base)\b|\son\w+=|\sstyle=/i,
    );
    expect(page.text).not.toMatch(/@import|url\(/);
    const targets = [...page.text.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, to = ""]) => to);
    expect(targets.filter((to) => !to.startsWith("#"))).toEqual(["/v1/openapi.json"]);
  });

  it("has a policy under which its own style is all that a browser takes", () => {
    const policy = page.headers.get("Content-Security-Policy") ?? "";
    const styles = [...page.text.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(
      ([, css = ""]) => css,
    );
    expect(styles).toHaveLength(1);
    const hash = createHash("sha256")
      .update(styles[0] ?? "")
      .digest("base64");
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
  });

  it("is well formed: each element that is opened is closed, in order", () => {
    const open: string[] = [];
    for (const [tag, slash, name = "", self] of page.text.matchAll(
      /<(\/?)([a-z][a-z0-9]*)[^<>]*?(\/?)>/g,
    )) {
      if (self === "/") continue;
      if (slash === "") open.push(name);
      else expect(open.pop(), tag).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it("has each call once, and a link to each", () => {
    expect(operations.length).toBeGreaterThan(60);
    for (const { operationId, summary } of operations) {
      expect(page.text.split(`id="${operationId}"`)).toHaveLength(2);
      expect(page.text).toContain(`<a href="#${operationId}">${html`${summary}`.text}</a>`);
    }
  });

  it("leads nowhere with no link", () => {
    const ids = new Set([...page.text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
    const links = [...page.text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(200);
    expect(links.filter((id) => !ids.has(id))).toEqual([]);
  });

  it("shows a call as curl, and every code with what to do", () => {
    expect(page.text).toContain("curl -s -X PUT &quot;$PLUMB/v1/devices/CPE-0417/desired&quot;");
    expect(page.text).toContain("--data-binary &#39;{&quot;credentials&quot;:");
    for (const code of ["generation_changed", "field_conflict", "rate_limited"])
      expect(page.text).toContain(`<tr id="code-${code}">`);
  });

  it("is named by the index", async () => {
    const { text } = await api.call("GET", "/", { token: null });
    expect(text).toMatch(/^GET {4}\/docs$/m);
    expect(text).toMatch(/^GET {4}\/v1\/openapi\.json$/m);
  });
});

describe("what goes into the page", () => {
  it("is escaped, wherever it comes from", () => {
    const evil = `"><script>alert('x')</script>&`;
    expect(html`<p title="${evil}">${evil}</p>`.text).not.toContain("<script>");
    expect(prose(`a \`${evil}\` b`).text).toBe(
      "<p>a <code>&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;</code> b</p>",
    );
  });
});
