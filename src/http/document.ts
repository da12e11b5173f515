/** The document of the API, for programs and as a page. Both are made once; nothing of the installation is in them. */
import { createHash } from "node:crypto";
import type { Router } from "./router.ts";
import type { ApiDescription } from "./docs/description.ts";
import { docsPage } from "./docs/page.ts";
import { STYLE } from "./docs/style.ts";

/** No script, no frame, nothing from anywhere, and of styles only this one. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** @param deps.openapi the text of `manifests/openapi.json` */
export function documentRoutes(router: Router, deps: { readonly openapi: string }): void {
  let page: string | undefined;

  router.get("/v1/openapi.json", (c) =>
    c.body(deps.openapi, 200, { "Content-Type": "application/json" }),
  );

  router.get("/docs", (c) => {
    page ??= docsPage(JSON.parse(deps.openapi) as ApiDescription, STYLE);
    return c.body(page, 200, {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": POLICY,
      "Referrer-Policy": "no-referrer",
    });
  });
}
