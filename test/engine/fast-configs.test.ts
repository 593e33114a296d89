/** Configs are read at each step: V8 must not keep one as a dictionary. */
import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import { expect, it } from "vitest";
import { TlsEngine } from "../../src/engine/index.ts";
import { testClientConfig, testServerConfig } from "../support/engines.ts";

setFlagsFromString("--allow-natives-syntax");
const hasFastProperties: unknown = runInThisContext(
  "(value) => %HasFastProperties(value)",
);
// A function is compiled when it is called first.
isFast({});
setFlagsFromString("--no-allow-natives-syntax");

function isFast(value: object): unknown {
  if (typeof hasFastProperties !== "function") throw new Error("no function");
  return Reflect.apply(hasFastProperties, undefined, [value]);
}

it("a dictionary is told from an object that is read fast", () => {
  const dictionary: Record<string, number> = { a: 1, b: 2 };
  expect(isFast(dictionary)).toBe(true);
  delete dictionary["a"];
  expect(isFast(dictionary)).toBe(false);
});

it("a client's config", () => {
  const config = testClientConfig({ alpnProtocols: ["h2"], earlyData: true });
  expect(isFast(config)).toBe(true);
  expect(TlsEngine.client(config, "localhost").error).toBeUndefined();
});

it("a server's config", () => {
  const config = testServerConfig({
    alpnProtocols: ["h2"],
    sessionContext: Uint8Array.of(1),
    recordSizeLimit: 1000,
    psk: () => undefined,
  });
  expect(isFast(config)).toBe(true);
  expect(TlsEngine.server(config).error).toBeUndefined();
});
