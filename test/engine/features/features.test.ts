/** Configs of few features beside whole ones, in memory. */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { zlib } from "../../../src/compression/index.ts";
import {
  createEchKey,
  createEchClient,
  createEchGrease,
  createEchServer,
} from "../../../src/ech/index.ts";
import {
  acceptDelegatedCredentials,
  certificateAuthorities,
  certificateCompression,
  certificateSignatureSchemes,
  signedCertificateTimestamps,
  clientCertificates,
  createClientConfigOf,
  type ClientOptions,
  type Delegation,
  delegatedCredentials,
  encryptedClientHello,
  type Feature,
  createServerConfigOf,
  rawPublicKeys,
  recordSizes,
  type ServerOptions,
  ocspStapling,
  type TlsProtocolVersion,
} from "../../../src/engine/index.ts";
import * as tls13 from "../../../src/engine/tls13.ts";
import {
  events,
  newPair,
  type Pair,
  seededProvider,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
  testVerifier,
} from "../../support/engines.ts";

type Common = Partial<ClientOptions & ServerOptions>;

/** By feature: the option that wants it. */
const FEATURES: readonly {
  readonly feature: Feature;
  readonly option: Common;
}[] = [
  {
    feature: certificateCompression,
    option: { certificateCompression: [zlib] },
  },
  { feature: ocspStapling, option: { ocspStapling: true } },
  {
    feature: signedCertificateTimestamps,
    option: { signedCertificateTimestamps: true },
  },
  {
    feature: delegatedCredentials,
    option: { delegatedCredentials: acceptDelegatedCredentials() },
  },
  {
    feature: certificateAuthorities,
    option: { certificateAuthorities: [Uint8Array.of(0x30, 0)] },
  },
  {
    feature: certificateSignatureSchemes,
    option: { certificateSignatureSchemes: ["ecdsa_secp256r1_sha256"] },
  },
  { feature: rawPublicKeys, option: { rawPublicKeys: RAISE_NEED } },
  { feature: recordSizes, option: { recordSizeLimit: 512 } },
];

const VERSIONS: readonly TlsProtocolVersion[] = ["TLSv1.3", "TLSv1.2"];

function slimClient(
  features: readonly Feature[] = [],
  options: Partial<ClientOptions> = {},
  make = createClientConfigOf,
) {
  return make(features, {
    provider: seededProvider("client"),
    verifier: testVerifier(),
    ...options,
  });
}

function slimServer(
  features: readonly Feature[] = [],
  options: Partial<ServerOptions> = {},
  make = createServerConfigOf,
) {
  return make(features, {
    provider: seededProvider("server"),
    credentials: [testCredential()],
    verifier: testVerifier(),
    ...options,
  });
}

function expectDone({ client, server }: Pair): void {
  for (const engine of [client, server]) {
    expect(engine.error).toBeUndefined();
    expect(events(engine).map(({ type }) => type)).toContain("handshake_done");
  }
}

describe.each(FEATURES.map((row) => [row.feature.name, row] as const))(
  "without %s",
  (name, { feature, option }) => {
    it.each(VERSIONS)("%s goes with a server that has it", (version) => {
      const server = testServerConfig({ ...option, versions: [version] });
      expectDone(shuttle(newPair(slimClient(), server)));
    });

    it.each(VERSIONS)("%s connects with a client that offers it", (version) => {
      const client = testClientConfig({ ...option, versions: [version] });
      expectDone(shuttle(newPair(client, slimServer())));
    });

    it("TLS 1.3 alone goes with both", () => {
      const client = slimClient([], {}, tls13.createClientConfigOf);
      const server = slimServer([], {}, tls13.createServerConfigOf);
      expectDone(shuttle(newPair(client, testServerConfig(option))));
      expectDone(shuttle(newPair(testClientConfig(option), server)));
    });

    it("a client's certificate that is asked for with it comes plain", () => {
      const client = slimClient([clientCertificates], {
        credentials: [testCredential("ec-p256", "client")],
      });
      const server = testServerConfig({
        ...option,
        clientAuthentication: "required",
      });
      expectDone(shuttle(newPair(client, server)));
    });

    it("an option that needs it is refused by its name", () => {
      const says = `needs the feature ${name}`;
      expect(() => slimClient([], option)).toThrow(says);
      expect(() => slimServer([], option)).toThrow(says);
    });

    it("and with it alone nothing is missing", () => {
      const client = slimClient([feature], option);
      const server = slimServer([feature], option);
      expectDone(shuttle(newPair(client, server)));
    });
  },
);

describe("without encryptedClientHello", () => {
  const provider = seededProvider("server");
  const keys = [createEchKey({ provider, publicName: "server.test" })];
  const opens = createEchServer({ provider, keys });
  const hides = createEchClient(opens.retryConfigs ?? new Uint8Array());
  const says = "needs the feature encryptedClientHello";

  it("a client goes with a server that has it", () => {
    const server = testServerConfig({ encryptedClientHello: opens });
    expectDone(shuttle(newPair(slimClient(), server)));
  });

  it("a server goes with a client that makes noise", () => {
    const client = testClientConfig({
      encryptedClientHello: createEchGrease(),
    });
    expectDone(shuttle(newPair(client, slimServer())));
  });

  it("a server sends no keys to a client that hides its name", () => {
    const client = testClientConfig({ encryptedClientHello: hides });
    const pair = shuttle(newPair(client, slimServer()));
    expect(pair.client.error?.reason).toBe("ech_rejected");
    expect(pair.client.error?.echRetryConfigs).toBeUndefined();
  });

  it("an option that needs it is refused by its name", () => {
    expect(() => slimClient([], { encryptedClientHello: hides })).toThrow(says);
    expect(() => slimServer([], { encryptedClientHello: opens })).toThrow(says);
  });

  it("and with it alone nothing is missing", () => {
    const client = slimClient([encryptedClientHello], {
      encryptedClientHello: hides,
    });
    const server = slimServer([encryptedClientHello], {
      encryptedClientHello: opens,
    });
    const pair = shuttle(newPair(client, server));
    expect(pair.server.info?.encryptedClientHello).toBe(true);
    expectDone(pair);
  });
});

it("a CompressedCertificate is unexpected without compression", () => {
  const { client, server } = newPair(
    // The client says that it takes what it does not have.
    slimClient([], {
      shapes: {
        client_hello: {
          verbatim: [{ type: 27, body: Uint8Array.of(2, 0, 1) }],
        },
      },
    }),
    testServerConfig({
      certificateCompression: [{ ...zlib, evenIfLonger: true }],
    }),
  );
  shuttle({ client, server, sent: empty() });
  expect(client.error?.reason).toBe("unexpected_message");
  expect(client.error?.message).toContain("compressed_certificate");
});

it("an answer with a config of other features is refused", () => {
  const pair = newPair(
    slimClient(),
    slimServer([], { credentials: RAISE_NEED }),
  );
  shuttle(pair);
  const credentials = [testCredential()];
  const answer = { type: "certificate_chosen", credentials } as const;
  expect(() => {
    pair.server.resume({ ...answer, config: testServerConfig() });
  }).toThrow("other features");
  pair.server.resume({ ...answer, config: slimServer() });
  expectDone(shuttle(pair));
});

function empty(): Pair["sent"] {
  return { client: new Uint8Array(), server: new Uint8Array() };
}

it.each([
  ["status_request", 5],
  ["signed_certificate_timestamp", 18],
  ["delegated_credential", 34],
])(
  "%s beside a certificate is unsolicited without the feature",
  (_name, type) => {
    const body = new Uint8Array(8);
    const server = testServerConfig({
      shapes: { certificate: { verbatim: [{ type, body }] } },
    });
    const { client } = shuttle(newPair(slimClient(), server));
    expect(client.error?.reason).toBe("unsolicited_extension");
    expect(client.error?.alert).toBe("unsupported_extension");
  },
);

describe("a credential that needs a feature", () => {
  const { key, ...rest } = testCredential();
  const delegation: Delegation = {
    bytes: new Uint8Array(1),
    scheme: "ecdsa_secp256r1_sha256",
    signedWith: "ecdsa_secp256r1_sha256",
    publicKeyInfo: new Uint8Array(1),
    until: Infinity,
  };
  it.each([
    ["rawPublicKeys", { certificateType: "RawPublicKey" }],
    ["ocspStapling", { ocspResponse: Uint8Array.of(1) }],
    ["signedCertificateTimestamps", { scts: [Uint8Array.of(1)] }],
    ["delegatedCredentials", { delegation }],
  ] as const)("which is %s is refused before a byte goes out", (name, more) => {
    const credentials = [{ ...rest, key, ...more }];
    const says = `needs the feature ${name}`;
    expect(() => slimServer([], { credentials })).toThrow(says);
    expect(() => slimClient([], { credentials })).toThrow(says);
    const pair = newPair(
      testClientConfig(),
      slimServer([], { credentials: RAISE_NEED }),
    );
    shuttle(pair);
    expect(() => {
      pair.server.resume({ type: "certificate_chosen", credentials });
    }).toThrow(says);
  });
});
