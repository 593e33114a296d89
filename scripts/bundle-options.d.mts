/** Options of esbuild for `dist/bundled`. */
import type { BuildOptions } from "esbuild";

export declare const BUNDLE: BuildOptions;
