import { classNamesAlone } from "./class-names.mjs";

/** Options of esbuild for `dist/bundled`, which its tests build with, too. */
export const BUNDLE = {
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "es2022",
  // As written, also where a class refers to itself or an import has its name.
  keepNames: true,
  plugins: [classNamesAlone],
  packages: "external",
  logLevel: "warning",
};
