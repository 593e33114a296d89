import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { layerFaults } from "./floors.ts";
import { loadSources, PROJECT_ROOT } from "./imports.ts";
import { drawPicture, replacePicture } from "./picture.ts";

const sources = loadSources("src");

describe("the layers inside x509, handshake and ssl", () => {
  it("are kept by every import", () => {
    expect(layerFaults(sources)).toEqual([]);
  });

  it("reject an import that runs up", () => {
    const planted = new Map([
      [
        "src/x509/der/der.ts",
        'import { v } from "../verifier.ts"; export { v };',
      ],
      ["src/x509/verifier.ts", "export const v = 1;"],
    ]);
    expect(layerFaults(planted)).toEqual([
      "src/x509/der/der.ts:1 imports src/x509/verifier.ts, but verifier.ts stands above der/",
    ]);
  });

  it("reject an import from one entry of a layer to another", () => {
    const planted = new Map([
      [
        "src/handshake/client/tls12/flight.ts",
        'import type { S } from "../../server/tls12/flight.ts"; export type T = S;',
      ],
      ["src/handshake/server/tls12/flight.ts", "export type S = 1;"],
    ]);
    expect(layerFaults(planted)).toEqual([
      "src/handshake/client/tls12/flight.ts:1 imports src/handshake/server/tls12/flight.ts, but server/tls12/ stands beside client/tls12/",
    ]);
  });

  it("reject a file that is on none of them", () => {
    expect(
      layerFaults(new Map([["src/ssl/misc.ts", "export const m = 1;"]])),
    ).toEqual([
      "src/ssl/misc.ts is on no layer: name it in test/architecture/floors.ts",
    ]);
  });
});

it("ARCHITECTURE.md has the picture of today's src (npm run docs:picture)", async () => {
  const page = readFileSync(join(PROJECT_ROOT, "ARCHITECTURE.md"), "utf8");
  await expect(replacePicture(page, drawPicture(sources))).toMatchFileSnapshot(
    "../../ARCHITECTURE.md",
  );
});
