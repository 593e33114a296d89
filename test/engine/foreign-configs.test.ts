/** Configs are those that a factory made, as it made them. */
import { expect, it } from "vitest";
import {
  RAISE_NEED,
  TlsEngine,
  TlsUsageError,
} from "../../src/engine/index.ts";
import {
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";

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

it("a program cannot change the lists of a config", () => {
  const given = {
    versions: ["TLSv1.3"] as const,
    groups: [["x25519", "secp256r1"], "secp384r1"] as const,
    alpnProtocols: ["h2"],
    certificateCompression: [],
    certificateAuthorities: [Uint8Array.of(0x30, 0)],
    credentials: [testCredential()],
    pskModes: ["psk_dhe_ke"] as const,
    peerCertificateTypes: ["X509"] as const,
    certificateSignatureSchemes: ["ed25519"] as const,
  };
  const client = { certificateTypes: ["X509"] as const };
  const configs = [
    testClientConfig({ ...given, ...client, keyShares: ["x25519"] }),
    testServerConfig(given),
    // Frozen by the program itself.
    testServerConfig({ ...given, alpnProtocols: Object.freeze(["h2"]) }),
    testServerConfig({ ...given, credentials: RAISE_NEED }),
  ];
  for (const [name, list] of Object.entries(given))
    expect([name, Object.isFrozen(list)]).toEqual([name, false]);
  given.alpnProtocols.push("");
  given.credentials.length = 0;
  for (const config of configs) {
    expect(config.alpnProtocols).toEqual(["h2"]);
    expect(config.credentials).not.toEqual([]);
    const lists = Object.entries(config).filter(([, one]) =>
      Array.isArray(one),
    );
    expect(lists.length).toBeGreaterThan(10);
    for (const [name, list] of lists)
      expect([name, Object.isFrozen(list)]).toEqual([name, true]);
  }
});
