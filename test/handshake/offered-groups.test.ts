/** Groups and schemes in hellos: RFC 9846 4.3.3, 4.3.7, 4.3.8. */
import { describe, expect, it } from "vitest";
import {
  type ClientOptions,
  type ServerOptions,
  TlsEngine,
  TlsUsageError,
} from "../../src/engine/index.ts";
import type { ProtocolMessage } from "../../src/engine/index.ts";
import { readClientHello } from "../../src/handshake/messages/client-hello.ts";
import { readEncryptedExtensions } from "../../src/handshake/messages/encrypted-extensions.ts";
import { GROUPS } from "../../src/handshake/registries/groups.ts";
import { SIGNATURE_SCHEMES } from "../../src/handshake/registries/signature-schemes.ts";
import { ExtensionType } from "../../src/wire/code-points.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";

const TABLE = testClientConfig().protocol.extensions;

function helloOf(options: Partial<ClientOptions>) {
  const config = testClientConfig({ grease: false, ...options });
  const raw = TlsEngine.client(config, "localhost").takeOutput().subarray(5);
  const { extensions, extensionTypes } = readClientHello(
    { type: 1, body: raw.subarray(4), raw },
    TABLE,
  );
  return { ...extensions, types: extensionTypes };
}

describe("key shares of a client", () => {
  // [9846-4.3.8-03b]
  it("stand in the order of its groups", () => {
    const { key_share: shares = [] } = helloOf({
      groups: ["secp256r1", "x25519", "secp384r1"],
      keyShares: ["secp384r1", "secp256r1"],
    });
    expect(shares.map(({ group }) => group)).toEqual([
      GROUPS.secp256r1,
      GROUPS.secp384r1,
    ]);
  });

  // [9846-4.3.8-03a] [9846-4.3.8-07]
  it("are one for a group, and for its groups alone", () => {
    const refused = (keyShares: ClientOptions["keyShares"] & object) => () =>
      testClientConfig({ groups: ["x25519", "secp256r1"], keyShares });
    expect(refused(["x25519", "x25519"])).toThrow(TlsUsageError);
    expect(refused(["x25519", "x25519"])).toThrow(/x25519 is there twice/);
    expect(refused(["secp384r1"])).toThrow(/not among the groups/);
  });
});

describe("schemes of SHA-1", () => {
  const { ecdsa_sha1, rsa_pkcs1_sha1, ed25519 } = SIGNATURE_SCHEMES;
  // [9846-4.3.3-15]
  it("stand behind all others, whatever order the program gives", () => {
    const names = ["rsa_pkcs1_sha1", "ed25519", "ecdsa_sha1"] as const;
    const hello = helloOf({
      signatureSchemes: [...names, "rsa_pss_rsae_sha256"],
      certificateSignatureSchemes: names,
    });
    expect(hello.signature_algorithms?.slice(2)).toEqual([
      rsa_pkcs1_sha1.code,
      ecdsa_sha1.code,
    ]);
    expect(hello.signature_algorithms_cert).toEqual([
      ed25519.code,
      rsa_pkcs1_sha1.code,
      ecdsa_sha1.code,
    ]);
  });
});

describe("without a suite of TLS 1.2 that uses a curve (RFC 8422 4)", () => {
  const versions = ["TLSv1.2"] as const;
  const dhe = ["TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"] as const;

  // [8422-4-03]
  it("a client names no curve and no point format", () => {
    const hello = helloOf({ versions, cipherSuites: dhe });
    expect(hello.types).not.toContain(ExtensionType.supported_groups);
    expect(hello.types).not.toContain(ExtensionType.ec_point_formats);
    const fields = helloOf({
      versions,
      cipherSuites: dhe,
      groups: ["x25519", "ffdhe2048"],
    });
    expect(fields.supported_groups).toEqual([GROUPS.ffdhe2048]);
  });

  it("and with one it does, as with TLS 1.3", () => {
    const cipherSuites = [
      ...dhe,
      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    ] as const;
    const groups = ["x25519"] as const;
    const hello = helloOf({ versions, cipherSuites, groups });
    expect(hello.supported_groups).toEqual([GROUPS.x25519]);
    expect(hello.ec_point_formats).toEqual([0]);
    expect(helloOf({ versions: ["TLSv1.3"], groups }).supported_groups).toEqual(
      [GROUPS.x25519],
    );
  });
});

describe("supported_groups in EncryptedExtensions", () => {
  /** The groups that a server names, where the client accepts the message. */
  function saidTo(
    client: Partial<ClientOptions>,
    server: Partial<ServerOptions>,
  ) {
    const seen: ProtocolMessage[] = [];
    const pair = newPair(testClientConfig(client), testServerConfig(server));
    pair.client.messageCallback = (message) => seen.push(message);
    shuttle(pair);
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    const message = seen.find(
      ({ contentType, messageType }) => contentType === 22 && messageType === 8,
    );
    const raw = message?.bytes ?? new Uint8Array();
    const body = raw.subarray(4);
    return readEncryptedExtensions({ type: 8, body, raw }, TABLE).extensions
      .supported_groups;
  }
  const BOTH = { groups: ["x25519", "secp256r1"] } as const;

  // [9846-4.3.7-04]
  it("come where the server prefers a group that has no share", () => {
    const server = { groups: ["secp256r1", "x25519"] } as const;
    const client = { ...BOTH, keyShares: ["x25519"] } as const;
    expect(saidTo(client, server)).toEqual([GROUPS.secp256r1, GROUPS.x25519]);
  });

  it("do not come where the group that it prefers has a share", () => {
    expect(saidTo({ ...BOTH, keyShares: ["x25519"] }, BOTH)).toBeUndefined();
    const all = { ...BOTH, keyShares: BOTH.groups };
    expect(saidTo(all, { groups: ["secp256r1"] })).toBeUndefined();
  });
});

// [9846-4.3-07b]
it("server_name in a CertificateRequest is passed over (RFC 9261)", () => {
  const verbatim = [
    { type: ExtensionType.server_name, body: new Uint8Array(2) },
  ];
  const pair = shuttle(
    newPair(
      testClientConfig({ credentials: [testCredential("ec-p256", "client")] }),
      testServerConfig({
        clientAuthentication: "required",
        shapes: { certificate_request: { verbatim } },
      }),
    ),
  );
  expect(pair.client.error ?? pair.server.error).toBeUndefined();
  expect(pair.server.info?.peer).toBeDefined();
});
