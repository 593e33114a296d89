import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/**", "vectors/**", "node_modules/**"] },
  ...tseslint.configs.strict,
  {
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
      eqeqeq: "error",
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "ExportDefaultDeclaration",
          message: "Named exports only.",
        },
        { selector: "TSEnumDeclaration", message: "Use an `as const` object." },
      ],
    },
  },
  {
    // Casts have three homes: the typed table's dispatcher, the wire readers
    // and the makers of branded types. `as const` is not a cast.
    files: ["src/**/*.ts"],
    ignores: ["src/handshake/machine.ts", "src/wire/*.ts"],
    rules: {
      "@typescript-eslint/consistent-type-assertions": [
        "error",
        { assertionStyle: "never" },
      ],
    },
  },
  {
    files: ["*.config.{js,ts}"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["bench/**", "examples/**", "test/**", "src/cli/**"],
    rules: { "no-console": "off" },
  },
);
