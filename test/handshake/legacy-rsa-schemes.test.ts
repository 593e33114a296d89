/** rsa_pkcs1_sha256, 384 and 512 "legacy" for client certificates: RFC 9963. */
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  createCredential,
  type ProtocolMessage,
  SIGNATURE_SCHEMES,
  type SignatureSchemeName,
  TlsUsageError,
} from "../../src/engine/index.ts";
import { ExtensionType } from "../../src/wire/code-points.ts";
import { DEFAULT_SIGNATURE_SCHEMES } from "../../src/handshake/registries/signature-schemes.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";
import { runMachines } from "../support/machines.ts";
import { testClient } from "../support/pki.ts";

const LEGACY = [
  "rsa_pkcs1_sha256_legacy",
  "rsa_pkcs1_sha384_legacy",
  "rsa_pkcs1_sha512_legacy",
] as const satisfies readonly SignatureSchemeName[];
const [FIRST] = LEGACY;
const DEFAULTS = DEFAULT_SIGNATURE_SCHEMES;
const ASKS = { clientAuthentication: "optional" } as const;

/** A client's RSA key that signs by these schemes alone. */
function credentialOf(...signatureSchemes: SignatureSchemeName[]) {
  const { chain, key } = testClient("rsa");
  return createCredential({
    provider: noble,
    chain,
    key: { algorithm: "rsaEncryption", key },
    signatureSchemes,
  });
}

const body = (...names: SignatureSchemeName[]) => {
  const codes = names.map((name) => SIGNATURE_SCHEMES[name].code);
  return Uint8Array.from([
    0,
    2 * codes.length,
    ...codes.flatMap((code) => [code >> 8, code & 255]),
  ]);
};

describe.each(LEGACY)("%s", (scheme) => {
  it("signs for a client that has it, where the server names it", () => {
    const server = testServerConfig({
      ...ASKS,
      signatureSchemes: [...DEFAULTS, scheme],
    });
    const client = testClientConfig({ credentials: [credentialOf(scheme)] });
    const pair = shuttle(newPair(client, server));
    expect(pair.server.info?.peerSignatureScheme).toBe(scheme);
    expect(pair.server.info?.peer?.verified).toBe(true);
  });

  it("signs after the handshake too", () => {
    const server = testServerConfig({
      ...ASKS,
      postHandshakeAuth: true,
      signatureSchemes: [...DEFAULTS, scheme],
    });
    const client = testClientConfig({
      postHandshakeAuth: true,
      credentials: [credentialOf(scheme)],
    });
    const pair = shuttle(newPair(client, server));
    pair.server.requestCertificate();
    shuttle(pair);
    expect(pair.server.info?.peerSignatureScheme).toBe(scheme);
  });
});

describe("the schemes of RFC 9963", () => {
  it("are off until a server names them", () => {
    expect(DEFAULTS.filter((name) => name.endsWith("legacy"))).toEqual([]);
    const client = testClientConfig({ credentials: [credentialOf(...LEGACY)] });
    const pair = shuttle(newPair(client, testServerConfig(ASKS)));
    expect(pair.server.error).toBeUndefined();
    expect(pair.server.info?.peer).toBeUndefined();
  });

  it("come behind RSASSA-PSS where a key can do both", () => {
    const signatureSchemes = [...DEFAULTS, ...LEGACY];
    const credentials = [testCredential("rsa", "client")];
    const client = testClientConfig({ credentials, signatureSchemes });
    const server = testServerConfig({ ...ASKS, signatureSchemes });
    const { info } = shuttle(newPair(client, server)).server;
    expect(info?.peerSignatureScheme).toBe("rsa_pss_rsae_sha256");
  });

  it("are not offered in a ClientHello, and are for no certificate", () => {
    const hello = (signatureSchemes: readonly SignatureSchemeName[]) =>
      newPair(testClientConfig({ signatureSchemes })).client.takeOutput();
    expect(hello([...LEGACY, ...DEFAULTS])).toEqual(hello(DEFAULTS));
    expect(() => testClientConfig({ signatureSchemes: LEGACY })).toThrow(
      TlsUsageError,
    );
    expect(() =>
      testServerConfig({ certificateSignatureSchemes: LEGACY }),
    ).toThrow(/certificates are not signed/);
  });

  it("are not asked for in TLS 1.2", () => {
    const seen: ProtocolMessage[] = [];
    const versions = ["TLSv1.2"] as const;
    const pair = newPair(
      testClientConfig({ versions, credentials: [credentialOf(...LEGACY)] }),
      testServerConfig({ ...ASKS, signatureSchemes: [...DEFAULTS, FIRST] }),
    );
    pair.client.messageCallback = (message) => seen.push(message);
    shuttle(pair);
    const request = seen.find(({ messageType }) => messageType === 13);
    expect(request).toBeDefined();
    expect(toHex(request?.bytes ?? new Uint8Array()).includes("0420")).toBe(
      false,
    );
    expect(pair.server.info?.peer).toBeUndefined();
  });

  it("do not sign for a server, though a client lists them", () => {
    const { chain, key } = testClient("rsa");
    const own = createCredential({
      provider: noble,
      chain,
      key: { algorithm: "rsaEncryption", key },
      signatureSchemes: LEGACY,
    });
    const type = ExtensionType.signature_algorithms;
    const verbatim = [{ type, body: body(...LEGACY) }];
    const pair = shuttle(
      newPair(
        testClientConfig({ shapes: { client_hello: { verbatim } } }),
        testServerConfig({ credentials: [own], signatureSchemes: LEGACY }),
      ),
    );
    expect(pair.server.error?.reason).toBe("no_shared_signature_scheme");
  });

  it("are refused in a server's CertificateVerify", () => {
    const { failed } = runMachines(
      testClientConfig({ signatureSchemes: [...DEFAULTS, ...LEGACY] }),
      testServerConfig({ credentials: [testCredential("rsa")] }),
      (name, raw) => {
        if (name === "certificate_verify") raw.set(fromHex("0420"), 4);
        return [raw];
      },
    );
    expect(failed?.side).toBe("client");
    expect(failed?.error.reason).toBe("wrong_signature_scheme");
  });

  it("are refused in a client's where the server did not name them", () => {
    const type = ExtensionType.signature_algorithms;
    const verbatim = [{ type, body: body(...LEGACY, ...DEFAULTS) }];
    const pair = shuttle(
      newPair(
        testClientConfig({ credentials: [credentialOf(FIRST)] }),
        testServerConfig({
          ...ASKS,
          shapes: { certificate_request: { verbatim } },
        }),
      ),
    );
    expect(pair.server.error?.reason).toBe("wrong_signature_scheme");
    expect(pair.server.error?.alert).toBe("illegal_parameter");
  });
});
