/** A connection with noble on one side and Node's OpenSSL on the other. */
import { describe, expect, it } from "vitest";
import { utf8Bytes } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import { node } from "../../src/crypto/node.ts";
import type { CryptoProvider, GroupName } from "../../src/crypto/provider.ts";
import {
  CIPHER_SUITES,
  type CipherSuiteName,
  GROUPS,
} from "../../src/engine/index.ts";
import { createVerifier, TrustStore } from "../../src/x509/index.ts";
import {
  events,
  newPair,
  received,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";
import { KEY_KINDS, type KeyKind, testAuthority } from "../support/pki.ts";

const suites = (Object.keys(CIPHER_SUITES) as CipherSuiteName[]).filter(
  (name) => CIPHER_SUITES[name].version === "TLSv1.3",
);
const groups = Object.keys(GROUPS) as GroupName[];

interface Choice {
  readonly suite?: CipherSuiteName;
  readonly group?: GroupName;
  readonly kind?: KeyKind;
}

function verifierOf(provider: CryptoProvider) {
  const trustStore = TrustStore.of(testAuthority().der);
  return createVerifier({ provider, trustStore });
}

/** Handshake with client authentication, data both ways, a key update. */
function connect(
  clientSide: CryptoProvider,
  serverSide: CryptoProvider,
  { suite, group, kind = "ec-p256" }: Choice,
): void {
  const chosen = {
    ...(suite === undefined ? {} : { cipherSuites: [suite] }),
    ...(group === undefined ? {} : { groups: [group], keyShares: [group] }),
  };
  const pair = newPair(
    testClientConfig({
      ...chosen,
      provider: clientSide,
      verifier: verifierOf(clientSide),
      credentials: [testCredential(kind, "client")],
    }),
    testServerConfig({
      ...(suite === undefined ? {} : { cipherSuites: [suite] }),
      ...(group === undefined ? {} : { groups: [group] }),
      provider: serverSide,
      verifier: verifierOf(serverSide),
      credentials: [testCredential(kind)],
      clientAuthentication: "required",
    }),
  );
  const { client, server } = shuttle(pair);
  expect(client.error ?? server.error).toBeUndefined();
  for (const { info } of [client, server]) {
    if (suite !== undefined) expect(info?.cipherSuite.name).toBe(suite);
    if (group !== undefined) expect(info?.group).toBe(group);
  }
  events(client);
  events(server);
  const long = new Uint8Array(40_000).map((_, i) => i * 3);
  for (const askPeer of [false, true]) {
    client.write(utf8Bytes("from the client"));
    server.write(long);
    shuttle(pair);
    expect(received(server)).toEqual(utf8Bytes("from the client"));
    expect(received(client)).toEqual(long);
    client.updateKeys(askPeer);
  }
  expect(client.exportKeyingMaterial("EXPERIMENTAL", 40)).toEqual(
    server.exportKeyingMaterial("EXPERIMENTAL", 40),
  );
}

describe.each([
  [noble, node],
  [node, noble],
  [node, node],
])("$0.name client, $1.name server", (client, server) => {
  it.each(suites)("%s", (suite) => connect(client, server, { suite }));
  it.each(groups)("%s", (group) => connect(client, server, { group }));
  it.each(KEY_KINDS)("a key of kind %s", (kind) =>
    connect(client, server, { kind }),
  );
});
