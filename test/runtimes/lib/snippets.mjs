/** The programs of docs/runtimes.md, run as they stand where they belong. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./package.mjs";

export const PAGE = join(root, "docs", "runtimes.md");

/** The programs of the page, by the word on their fence. */
export function snippetsOf(page = readFileSync(PAGE, "utf8")) {
  const fences = page.matchAll(/^```js (\S+)\n([^]*?)^```$/gm);
  return new Map([...fences].map(([, word, code]) => [word, code]));
}

/**
 * Writes a program to a folder of its own, beside `ca.pem`, with the address of
 * a server of this run in place of the one in it.
 *
 * @returns the folder and the file
 */
export function writeSnippet(word, { folder, input }) {
  const code = snippetsOf().get(word);
  if (code === undefined) throw new Error(`${PAGE} has no program for ${word}`);
  // Each row has servers of its own.
  const place = join(folder, "snippets", `${word}-${input.ports.openssl}`);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "ca.pem"), input.material.ca);
  const file = join(place, "program.mjs");
  writeFileSync(
    file,
    code
      .replaceAll("wss://gateway.example", input.gateway ?? "")
      .replaceAll("example.org:443", `127.0.0.1:${input.ports.openssl}`)
      .replaceAll("example.org", "127.0.0.1")
      .replaceAll("port: 443", `port: ${input.ports.openssl}`),
  );
  if (word === "react-native") return { place, file: callGreet(place) };
  return { place, file };
}

/** Puts Node's modules in the place of those of React Native. */
function callGreet(place) {
  const modules = {
    "react-native-get-random-values": "",
    "react-native-tcp-socket": `export { default } from "node:net";`,
  };
  for (const [name, text] of Object.entries(modules)) {
    const folder = join(place, "node_modules", name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "index.mjs"), text);
    writeFileSync(join(folder, "package.json"), `{"exports":"./index.mjs"}`);
  }
  const file = join(place, "main.mjs");
  writeFileSync(
    file,
    `import { readFileSync } from "node:fs";
import { greet } from "./program.mjs";
await greet(readFileSync("ca.pem", "utf8"));
`,
  );
  return file;
}

/** The check that a program printed the line that came back. */
export function snippetCheck(printed) {
  return {
    check: "the program of docs/runtimes.md",
    ok: printed.includes("olleh"),
    error: printed,
  };
}
