import tseslint from "typescript-eslint";
import { docComments } from "./scripts/eslint/doc-comments.mjs";

/** Names that Python calls deprecated: they are made and tested here. */
const DEPRECATED_IN_PYTHON = [
  ...["matchHostname", "randPseudoBytes", "wrapSocket", "read", "write"],
  ...["setServernameCallback", "setNpnProtocols", "selectedNpnProtocol"],
  ...["PROTOCOL_TLS", "PROTOCOL_TLSv1_2", "OP_NO_TLSv1_2", "OP_NO_TLSv1_3"],
];

export default tseslint.config(
  { ignores: ["dist/**", "vectors/**", "node_modules/**"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
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

      "@typescript-eslint/no-deprecated": [
        "error",
        { allow: [{ from: "file", name: DEPRECATED_IN_PYTHON }] },
      ],
      // A number reads the same in a template with String() or without.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true },
      ],
      // A function that returns nothing may return by a call that returns nothing.
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // The reason of an AbortSignal and what a callback threw, which are of any
      // type, are thrown as they are.
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/prefer-promise-reject-errors": [
        "error",
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      // Strings are spread where code points are wanted.
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],

      // Options of JavaScript programs are checked though their types forbid what
      // is looked for, and a field changes while a call waits, which the rule
      // does not see.
      "@typescript-eslint/no-unnecessary-condition": "off",
      // `=== true` fails closed where a program's hook returns no boolean at all.
      "@typescript-eslint/no-unnecessary-boolean-literal-compare": "off",
      // Rows, hooks and what tests return are object literals with methods that
      // have no `this`; taken from a class, a method would fail its first test.
      "@typescript-eslint/unbound-method": "off",
      // `void` stands where a getter is read to see whether it throws, and where
      // a private field makes a type nominal.
      "@typescript-eslint/no-meaningless-void-operator": "off",
      // Values that a JavaScript program passed are named in errors as they print.
      "@typescript-eslint/no-base-to-string": "off",
      // `session` is null when it is read early, and is never set to null.
      "@typescript-eslint/related-getter-setter-pairs": "off",
    },
  },
  {
    // No tsconfig has these: examples import the package by its name, and are
    // type-checked by test/docs; the others are JavaScript.
    files: ["**/*.{js,mjs}", "examples/**"],
    ...tseslint.configs.disableTypeChecked,
  },
  {
    files: ["**/*.{ts,mts,js,mjs}"],
    plugins: { docs: docComments },
    rules: { "docs/no-headless": "error" },
  },
  {
    // Casts have three homes: the typed table's dispatcher, the wire readers
    // and the makers of branded types. `as const` is not a cast.
    files: ["src/**/*.ts"],
    ignores: ["src/handshake/machine/transitions.ts", "src/wire/*.ts"],
    rules: {
      "@typescript-eslint/consistent-type-assertions": [
        "error",
        { assertionStyle: "never" },
      ],
    },
  },
  {
    // The maker of configs, which alone may make one of another's members.
    files: ["src/handshake/config/config.ts"],
    rules: { "@typescript-eslint/no-misused-spread": "off" },
  },
  {
    // These words are deprecated as Python's options are, which they stand for.
    files: ["src/ssl/names/words.ts", "test/ssl/**"],
    rules: { "@typescript-eslint/no-deprecated": "off" },
  },
  {
    // The type parameter says that both sides are of one key's type.
    files: ["src/ssl/context/settings-change.ts"],
    rules: { "@typescript-eslint/no-unnecessary-type-parameters": "off" },
  },
  {
    // Functions of WebCrypto's interface are async so that what they throw
    // becomes a rejection.
    files: ["src/pkijs/**"],
    rules: { "@typescript-eslint/require-await": "off" },
  },
  {
    files: ["test/**"],
    rules: {
      // vitest's matchers (expect.any and the like) are of type any.
      "@typescript-eslint/no-unsafe-assignment": "off",
      // Copies of what no copy may stand for are what some tests show.
      "@typescript-eslint/no-misused-spread": "off",
    },
  },
  {
    // Forged values and calls that must not compile are what these show.
    files: ["test/**/*.test-d.ts"],
    rules: {
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
    },
  },
  {
    // Vitest takes its config and its runner as defaults.
    files: ["*.config.{js,ts}", "test/mutants/{vitest.config,try-mutants}.mjs"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["bench/**", "examples/**", "test/**", "src/cli/**"],
    rules: { "no-console": "off" },
  },
);
