// Lint rules: strict types everywhere, purity where the house says that code only decides.
import tseslint from "typescript-eslint";

const pure = [
  "src/{lib,model,mapping,fleet,fraud,manifest,reconcile}/**",
  "src/acs/*/translate.ts",
  "src/acs/simulator/cpe.ts",
];

export default tseslint.config(
  { ignores: ["dist/**", "coverage/**", "**/*.cjs", "**/*.mjs", "**/*.js", "**/*.config.ts"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "no-console": "error",
    },
  },
  {
    files: pure,
    rules: {
      "no-restricted-globals": [
        "error",
        "process",
        "setTimeout",
        "setInterval",
        "fetch",
        "performance",
        "crypto",
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now" },
        { object: "Math", property: "random" },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "take the time as an argument",
        },
        { selector: "AwaitExpression", message: "pure code does not wait" },
      ],
    },
  },
  { files: ["src/cli/**", "src/main.ts"], rules: { "no-console": "off" } },
);
