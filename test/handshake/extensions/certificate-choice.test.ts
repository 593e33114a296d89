/** The choice between several certificates: RFC 9846 4.3.3 to 4.3.5, 4.5.1.1. */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  type Credential,
  createCredential,
  type ServerOptions,
  type SignatureSchemeName,
} from "../../../src/engine/index.ts";
import {
  type Authority,
  createCertificateAuthority,
} from "../../../src/pki/index.ts";
import { createVerifier, TrustStore } from "../../../src/x509/index.ts";
import { Writer } from "../../../src/wire/writer.ts";
import { bits, bytes, oid, seq } from "../../support/der-encode.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

const authority = (name: string, key: "ec-p256" | "ed25519") =>
  createCertificateAuthority({ provider: noble, name, key });
const elliptic = authority("by ECDSA", "ec-p256");
const edwards = authority("by Ed25519", "ed25519");
const trustStore = TrustStore.of(elliptic.pem + edwards.pem);
const verifier = createVerifier({ provider: noble, trustStore });

function issued(by: Authority, role: "server" | "client"): Credential {
  const one =
    role === "server"
      ? by.issueServer({ hosts: ["localhost"], key: "ec-p256" })
      : by.issueClient({ name: "c", key: "ec-p256" });
  const key = { algorithm: "ecPublicKey", key: one.key.privateKey } as const;
  return createCredential({ provider: noble, chain: one.chain, key });
}

const servers = [
  issued(elliptic, "server"),
  issued(edwards, "server"),
] as const;
const clients = [
  issued(elliptic, "client"),
  issued(edwards, "client"),
] as const;

function chosen(
  client: Partial<ClientOptions>,
  server: Partial<ServerOptions>,
) {
  const pair = shuttle(
    newPair(
      testClientConfig({ verifier, ...client }),
      testServerConfig({ verifier, credentials: servers, ...server }),
    ),
  );
  return {
    server: servers.findIndex((one) => one === pair.server.info?.credential),
    client: clients.findIndex((one) => one === pair.client.info?.credential),
  };
}

describe.each(["TLSv1.3", "TLSv1.2"] as const)("in %s", (version) => {
  const versions = [version];
  it("the first, where nothing decides", () => {
    expect(chosen({ versions }, {}).server).toBe(0);
  });
});

// [9846-4.3.3-04] [9846-4.5.1.2-07]
describe("signature_algorithms_cert", () => {
  it("of the client", () => {
    const certificateSignatureSchemes = ["ed25519"] as const;
    expect(chosen({ certificateSignatureSchemes }, {}).server).toBe(1);
  });
  it("of the server", () => {
    const asks = { clientAuthentication: "required" } as const;
    const credentials = clients;
    expect(chosen({ credentials }, asks).client).toBe(0);
    const certificateSignatureSchemes = ["ed25519"] as const;
    expect(
      chosen({ credentials }, { ...asks, certificateSignatureSchemes }).client,
    ).toBe(1);
  });
  // [9846-4.5.1.2-09]
  it("is a preference: without a match the others are presented", () => {
    const certificateSignatureSchemes = ["rsa_pkcs1_sha256"] as const;
    expect(chosen({ certificateSignatureSchemes }, {}).server).toBe(0);
  });
});

// [9846-4.3.4-01] [9846-4.5.1.2-04]
describe("certificate_authorities", () => {
  const certificateAuthorities = [edwards.certificate.subject.der];
  it("of the client", () => {
    expect(chosen({ certificateAuthorities }, {}).server).toBe(1);
  });
  it("of the server", () => {
    const asks = { clientAuthentication: "required" } as const;
    const both = { ...asks, certificateAuthorities };
    expect(chosen({ credentials: clients }, both).client).toBe(1);
  });
});

describe("a certificate signed over SHA-1", () => {
  const [first, second] = servers;
  const old = { ...servers[0], chainSignatures: ["ecdsa-sha1"] } as const;
  const SCHEMES = ["ecdsa_secp256r1_sha256", "ecdsa_sha1"] as const;
  const shownTo = (
    credentials: readonly Credential[],
    signatureSchemes: readonly SignatureSchemeName[],
    version: "TLSv1.2" | "TLSv1.3",
  ) => {
    const versions = [version];
    const client = { verifier, signatureSchemes, versions };
    const pair = newPair(
      testClientConfig(client),
      testServerConfig({ credentials }),
    );
    return shuttle(pair).server;
  };

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    // [9846-4.3.3-16]
    "is the last one to be presented to a client that takes it (%s)",
    (version) => {
      const server = shownTo([old, second], SCHEMES, version);
      expect(server.info?.credential).toBe(second);
      expect(shownTo([old], SCHEMES, version).info?.credential).toBe(old);
    },
  );

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    // [9846-4.5.1.2-10]
    "is not presented to a client that does not say that it takes it (%s)",
    (version) => {
      const server = shownTo([old], [SCHEMES[0]], version);
      expect(server.error?.alert).toBe("handshake_failure");
      const other = shownTo([old, first], [SCHEMES[0]], version);
      expect(other.info?.credential).toBe(first);
    },
  );
});

// [5246-7.4.2-10a] [5246-7.4.6-06] [5246-7.4.6-08]
describe("a certificate whose key usage is without digitalSignature", () => {
  const without = (role: "server" | "client"): Credential => ({
    ...(role === "server" ? servers : clients)[0],
    keyUsageForbidsSigning: true,
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    // [9846-4.5.1.2-03a]
    "is not presented by a server (%s)",
    (version) => {
      const versions = [version];
      const shown = (credentials: readonly Credential[]) =>
        shuttle(
          newPair(
            testClientConfig({ verifier, versions }),
            testServerConfig({ credentials }),
          ),
        ).server;
      const { error } = shown([without("server")]);
      expect(error?.alert).toBe("handshake_failure");
      expect(error?.message).toMatch(/key usage without digitalSignature/);
      const credentials = [without("server"), servers[1]];
      expect(shown(credentials).info?.credential).toBe(servers[1]);
    },
  );

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    // [9846-4.5.1.2-03a]
    "is not presented by a client (%s)",
    (version) => {
      const versions = [version];
      const asks = { clientAuthentication: "optional" } as const;
      const credentials = [without("client"), clients[1]];
      expect(chosen({ versions, credentials }, asks).client).toBe(1);
      const pair = newPair(
        testClientConfig({
          verifier,
          versions,
          credentials: [without("client")],
        }),
        testServerConfig({ verifier, credentials: servers, ...asks }),
      );
      expect(shuttle(pair).server.info?.peer).toBeUndefined();
      expect(pair.server.error).toBeUndefined();
    },
  );
});

describe("oid_filters of a server", () => {
  const KEY_USAGE = oid("2.5.29.15");
  const PURPOSES = oid("2.5.29.37");
  const CLIENT = oid("1.3.6.1.5.5.7.3.2");
  const SERVER = oid("1.3.6.1.5.5.7.3.1");
  const ANY = oid("2.5.29.37.0");
  const filter = (name: Uint8Array, values: Uint8Array) =>
    new Writer().opaque8(name).opaque16(values).finish();
  const both = elliptic.issueClient({
    name: "both",
    key: "ec-p256",
    extensions: [
      { oid: "2.5.29.37", critical: false, value: seq(CLIENT, SERVER) },
    ],
  });
  const credentials = [
    clients[0],
    createCredential({
      provider: noble,
      chain: both.chain,
      key: { algorithm: "ecPublicKey", key: both.key.privateKey },
    }),
  ];

  const meet = (filters: readonly Uint8Array[]) => {
    const body = new Writer()
      .vector16((w) => filters.forEach((one) => w.bytes(one)))
      .finish();
    const shapes = {
      certificate_request: { verbatim: [{ type: 48, body }] },
    };
    const pair = newPair(
      testClientConfig({ verifier, credentials }),
      testServerConfig({
        verifier,
        credentials: servers,
        clientAuthentication: "optional",
        shapes,
      }),
    );
    return shuttle(pair);
  };
  const shown = (filters: readonly Uint8Array[]) => {
    const { client } = meet(filters);
    expect(client.error).toBeUndefined();
    const own = client.info?.credential;
    return own === undefined ? "none" : credentials.indexOf(own);
  };

  it("that every certificate passes leave the choice as it is", () => {
    expect(shown([])).toBe(0);
    expect(shown([filter(PURPOSES, seq(CLIENT))])).toBe(0);
    // digitalSignature
    expect(shown([filter(KEY_USAGE, bits(bytes(0x80), 7))])).toBe(0);
  });

  // [9846-4.3.5-02] [9846-4.3.5-03] [9846-4.5.1.2-05]
  it("rule out a certificate without a purpose, or without a key usage", () => {
    expect(shown([filter(PURPOSES, seq(SERVER, CLIENT))])).toBe(1);
    expect(shown([filter(KEY_USAGE, bits(bytes(0x02), 1))])).toBe("none");
    const one = filter(PURPOSES, seq(CLIENT));
    // keyCertSign
    expect(shown([one, filter(KEY_USAGE, bits(bytes(0x04), 2))])).toBe("none");
  });

  // [9846-4.3.5-04]
  it("are passed over where the extension is not recognized", () => {
    expect(shown([filter(oid("1.2.3"), bytes(1))])).toBe(0);
  });

  it.each([
    [
      "an OID twice",
      [filter(oid("1.2.3"), bytes()), filter(oid("1.2.3"), bytes())],
    ],
    ["anyExtendedKeyUsage", [filter(PURPOSES, seq(ANY))]],
    ["values that are not DER", [filter(PURPOSES, bytes(7))]],
    ["an OID that is none", [filter(bytes(1), bytes())]],
  ])("with %s: illegal_parameter", (_, filters) => {
    expect(meet(filters).client.error?.alert).toBe("illegal_parameter");
  });
});
