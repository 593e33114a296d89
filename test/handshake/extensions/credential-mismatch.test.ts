/** Certificates that do not fit what the peer asks for. */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  type Credential,
  createCredential,
  createRawPublicKeyCredential,
  RAISE_NEED,
  type ServerOptions,
} from "../../../src/engine/index.ts";
import {
  type Authority,
  createCertificateAuthority,
  generateKey,
} from "../../../src/pki/index.ts";
import { createVerifier, TrustStore } from "../../../src/x509/index.ts";
import {
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

const authority = (name: string): Authority =>
  createCertificateAuthority({ provider: noble, name, key: "ec-p256" });
const [first, second] = [authority("first"), authority("second")];
const trustStore = TrustStore.of(first.pem + second.pem);
const verifier = createVerifier({ provider: noble, trustStore });

function issued(
  by: Authority,
  role: "server" | "client",
  mustMatchIssuer = false,
): Credential {
  const one =
    role === "server"
      ? by.issueServer({ hosts: ["localhost"], key: "ec-p256" })
      : by.issueClient({ name: "c", key: "ec-p256" });
  const key = { algorithm: "ecPublicKey", key: one.key.privateKey } as const;
  const { chain } = one;
  return createCredential({
    ...{ provider: noble, chain, key, mustMatchIssuer },
    signatureSchemes: ["ecdsa_secp256r1_sha256"],
  });
}

/** Connects; a need for a certificate is answered with `answer`. */
function connected(
  client: Partial<ClientOptions>,
  server: Partial<ServerOptions>,
  answer: readonly Credential[] = [],
): Pair {
  const pair = newPair(
    testClientConfig({ verifier, ...client }),
    testServerConfig({
      verifier,
      credentials: [issued(first, "server")],
      ...server,
    }),
  );
  shuttle(pair);
  if (client.credentials === RAISE_NEED) {
    pair.client.resume({ type: "certificate_chosen", credentials: answer });
    shuttle(pair);
  }
  return pair;
}

describe.each(["TLSv1.3", "TLSv1.2"] as const)("in %s", (version) => {
  const versions = [version];
  const own = issued(first, "client");
  const asks = {
    versions,
    clientAuthentication: "optional",
    // Nothing that a key on P-256 signs.
    signatureSchemes: ["rsa_pss_rsae_sha256"],
  } as const;

  describe("a client whose certificate the server cannot verify", () => {
    // [9846-4.5.1-04] [5246-7.4.6-04]
    it("has none, by default", () => {
      const { client, server } = connected(
        { versions, credentials: [own] },
        asks,
      );
      expect(client.info?.credential).toBeUndefined();
      expect(server.info?.peer).toBeUndefined();
      expect(server.error).toBeUndefined();
    });

    it.each([
      ["of its config", { credentials: [own] }],
      ["chosen by the program", { credentials: RAISE_NEED }],
    ] as const)("ends the connection if told to (%s)", (_what, options) => {
      const { client, server } = connected(
        { versions, credentialMismatch: "alert", ...options },
        asks,
        [own],
      );
      expect(client.error?.reason).toBe("no_shared_signature_scheme");
      expect(server.error?.alert).toBe("handshake_failure");
    });

    it("goes on without if it has no certificate at all", () => {
      const { server } = connected(
        { versions, credentialMismatch: "alert" },
        asks,
      );
      expect(server.info?.version).toBe(version);
    });

    it("goes on with one that fits", () => {
      const { server } = connected(
        { versions, credentialMismatch: "alert", credentials: [own] },
        { versions, clientAuthentication: "required" },
      );
      expect(server.info?.peer).toBeDefined();
    });
  });

  it("a client with a raw key alone has no certificate to present", () => {
    const key = generateKey({ provider: noble, type: "ec-p256" });
    const { client } = connected(
      {
        versions,
        credentialMismatch: "alert",
        credentials: RAISE_NEED,
        certificateTypes: ["X509"],
      },
      { versions, clientAuthentication: "optional" },
      [
        createRawPublicKeyCredential({
          provider: noble,
          publicKeyInfo: key.publicKeyInfo(),
          key: { algorithm: key.algorithm, key: key.privateKey },
        }),
      ],
    );
    expect(client.error?.reason).toBe("no_shared_certificate_type");
  });

  describe("a certificate for those that name its authority", () => {
    const names = (by: Authority) => ({
      certificateAuthorities: [by.certificate.subject.der],
    });
    const [bound, free] = [
      issued(second, "server", true),
      issued(first, "server"),
    ];

    it.each([
      ["nobody's", {}, free],
      ["another's", names(first), free],
      ["its own", names(second), bound],
    ] as const)(
      "of a server, where the client names %s",
      (_who, own, shown) => {
        const { client, server } = connected(
          { versions, ...own },
          { versions, credentials: [bound, free] },
        );
        expect(client.error).toBeUndefined();
        expect(server.info?.credential).toBe(shown);
      },
    );

    it("alone is none for the others", () => {
      const { server } = connected(
        { versions, ...names(first) },
        { versions, credentials: [bound] },
      );
      expect(server.error?.alert).toBe("handshake_failure");
    });

    it("of a client", () => {
      const credentials = [issued(second, "client", true)];
      const asked = { versions, clientAuthentication: "optional" } as const;
      const shownTo = (by: Authority) =>
        connected({ versions, credentials }, { ...asked, ...names(by) }).client
          .info?.credential;
      expect(shownTo(second)).toBe(credentials[0]);
      expect(shownTo(first)).toBeUndefined();
    });
  });
});

it("a client that is asked after the handshake ends the connection as well", () => {
  const pair = connected(
    {
      versions: ["TLSv1.3"],
      postHandshakeAuth: true,
      credentialMismatch: "alert",
      credentials: [issued(first, "client")],
    },
    {
      versions: ["TLSv1.3"],
      postHandshakeAuth: true,
      clientAuthentication: "optional",
      signatureSchemes: ["rsa_pss_rsae_sha256"],
    },
  );
  pair.server.requestCertificate();
  shuttle(pair);
  expect(pair.client.error?.reason).toBe("no_shared_signature_scheme");
});
