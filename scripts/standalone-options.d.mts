import type { BuildOptions } from "esbuild";

export type StandaloneName = "puretls" | "lite" | "lite-tls13" | "roots";

export const STANDALONE: Readonly<
  Record<
    StandaloneName,
    {
      readonly global: string;
      readonly exports: Readonly<Record<string, string>>;
    }
  >
>;

export function exportsOf(
  name: StandaloneName,
  folder: string,
  extension: string,
): string;

export function standaloneOptions(
  folder: string,
  extension: string,
  name: StandaloneName,
  format: "esm" | "iife",
): BuildOptions;
