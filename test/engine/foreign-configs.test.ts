/** Configs that no factory made are refused by the names of the factories. */
import { expect, it } from "vitest";
import { TlsEngine, TlsUsageError } from "../../src/engine/index.ts";
import { testClientConfig, testServerConfig } from "../support/engines.ts";

it.each([
  ["a client's", TlsEngine.server, testClientConfig, "createServerConfig()"],
  ["a server's", TlsEngine.client, testServerConfig, "createClientConfig()"],
])("%s config for the other role", (_, begin, config, factory) => {
  const start = (): unknown =>
    Reflect.apply(begin, TlsEngine, [config(), "a.test"]);
  expect(start).toThrow(TlsUsageError);
  expect(start).toThrow(factory);
});

it.each([
  ["client", TlsEngine.client, testClientConfig],
  ["server", TlsEngine.server, testServerConfig],
])("a %s's config with another protocol", (_, begin, config) => {
  const whole = config();
  const forged = { ...whole, protocol: { ...whole.protocol } };
  const start = (): unknown =>
    Reflect.apply(begin, TlsEngine, [forged, "a.test"]);
  expect(start).toThrow(TlsUsageError);
});
