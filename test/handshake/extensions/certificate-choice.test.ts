/** The choice between several certificates: RFC 8446 4.2.3, 4.2.4, 4.4.2.2. */
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  type Credential,
  createCredential,
  type ServerOptions,
} from "../../../src/engine/index.ts";
import {
  type Authority,
  createCertificateAuthority,
} from "../../../src/pki/index.ts";
import { createVerifier, TrustStore } from "../../../src/x509/index.ts";
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

const servers = [elliptic, edwards].map((by) => issued(by, "server"));
const clients = [elliptic, edwards].map((by) => issued(by, "client"));

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
  it("is a wish: what there is, is shown", () => {
    const certificateSignatureSchemes = ["rsa_pkcs1_sha256"] as const;
    expect(chosen({ certificateSignatureSchemes }, {}).server).toBe(0);
  });
});

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
