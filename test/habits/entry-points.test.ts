/** Entry points in package.json: what each has to say to compilers and runtimes. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../architecture/imports.ts";

interface Entry {
  readonly browser?: string;
  readonly types: { readonly require: string; readonly default: string };
  readonly default: string;
}

const { exports } = JSON.parse(
  readFileSync(join(PROJECT_ROOT, "package.json"), "utf8"),
) as { readonly exports: Readonly<Record<string, Entry | string>> };

describe.each(
  Object.entries(exports).flatMap(([name, entry]) =>
    typeof entry === "string" ? [] : [[name, entry] as const],
  ),
)("%s", (_, entry) => {
  const file = entry.default.replace(/\.js$/, "");

  it("is a module of the sources", () => {
    const source = file.replace("./dist/", "src/");
    expect(existsSync(join(PROJECT_ROOT, `${source}.ts`))).toBe(true);
  });

  it("has its declarations, and those that CommonJS in TypeScript reads", () => {
    expect(entry.types).toEqual({
      require: `${file}.d.cts`,
      default: `${file}.d.ts`,
    });
    expect(Object.keys(entry)[0]).toBe("types");
  });
});

it("what stands on Node says so in a build for browsers", () => {
  const ofNode = Object.entries(exports).filter(([name]) =>
    /\/(?:node|node-tls|register)$/.test(name),
  );
  expect(ofNode.length).toBeGreaterThan(5);
  for (const [name, entry] of ofNode) {
    const stub = `./dist/browser/${name.slice(2).replaceAll("/", "-")}.js`;
    expect(entry).toMatchObject({ browser: stub, "react-native": stub });
    const order = Object.keys(entry);
    expect(order.indexOf("browser")).toBeLessThan(order.indexOf("module"));
  }
});
