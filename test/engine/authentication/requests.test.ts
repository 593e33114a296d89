/** Certificates that are asked for, and schemes that are signed with. */
import { describe, expect, it } from "vitest";
import { concat, fromHex } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import type { CryptoProvider } from "../../../src/crypto/provider.ts";
import type { SignatureSchemeName } from "../../../src/engine/index.ts";
import { EVERY_EXTENSION } from "../../../src/handshake/features/every-feature.ts";
import { encodeCertificateRequest13 } from "../../../src/handshake/messages/certificate-request13.ts";
import {
  seededProvider,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";
import { forgeable, reasonAfter } from "../../support/forger.ts";
import { message, runMachines } from "../../support/machines.ts";

describe("a signature of TLS 1.3", () => {
  /** Believes every signature, so that the scheme alone decides. */
  const credulous = (): CryptoProvider => {
    const verifiers = { ...noble.verifiers };
    for (const name of Object.keys(verifiers) as (keyof typeof verifiers)[])
      verifiers[name] = () => true;
    return { ...seededProvider("client"), verifiers };
  };
  const schemes: SignatureSchemeName[] = [
    "ecdsa_secp256r1_sha256",
    "rsa_pss_rsae_sha256",
    "rsa_pss_pss_sha256",
    "rsa_pkcs1_sha256",
    "rsa_pkcs1_sha1",
    "ecdsa_sha1",
  ];

  // RFC 9846 4.3.3 and 4.5.2: offered for certificates, or for TLS 1.2; and of
  // RSASSA-PSS the one that belongs to the kind of the key.
  it.each([
    // [9846-4.5.2-07] [9846-4.3.3-13]
    ["rsa_pkcs1_sha1", "rsa", "0201"],
    // [9846-4.3.3-06]
    ["rsa_pkcs1_sha256", "rsa", "0401"],
    // [9846-4.5.2-07] [9846-4.3.3-13]
    ["ecdsa_sha1", "ec-p256", "0203"],
    // [9846-4.3.3-10]
    ["rsa_pss_pss_sha256 by rsaEncryption", "rsa", "0809"],
    // [9846-4.3.3-08]
    ["rsa_pss_rsae_sha256 by id-RSASSA-PSS", "rsa-pss", "0804"],
  ] as const)("is not %s", (_name, kind, code) => {
    const { failed } = runMachines(
      testClientConfig({
        provider: credulous(),
        signatureSchemes: schemes,
        versions: ["TLSv1.3"],
        groups: ["x25519"],
        grease: false,
      }),
      testServerConfig({
        versions: ["TLSv1.3"],
        groups: ["x25519"],
        credentials: [testCredential(kind)],
      }),
      (name, raw) =>
        name === "certificate_verify"
          ? [message(name, concat(fromHex(code), raw.subarray(6)))]
          : [raw],
    );
    expect(failed?.error.reason).toBe("wrong_signature_scheme");
  });
});

describe("a CertificateRequest after the handshake", () => {
  const request = encodeCertificateRequest13(
    EVERY_EXTENSION,
    Uint8Array.of(1),
    { signature_algorithms: [0x0403] },
  );

  // [9846-4.7.2-06]
  // RFC 9846 4.7.2: to a client that did not offer post_handshake_auth.
  it("is unexpected where the client did not offer to answer it", () => {
    const { client, forge } = forgeable();
    expect(reasonAfter(client, forge("server", 22, request))).toBe(
      "unexpected_message",
    );
    expect(client.hasOutput).toBe(true);
  });

  // RFC 9846 4.4.2 and F.1: no certificate beside an external PSK.
  it.each([true, false])(
    "is answered but beside an external PSK: %s",
    (isPsk) => {
      const psk = () => ({ identity: Uint8Array.of(7), key: Uint8Array.of(7) });
      const both = isPsk ? { psk } : {};
      const { client, forge } = forgeable({
        client: { postHandshakeAuth: true, ...both },
        server: both,
      });
      client.receive(forge("server", 22, request));
      expect(client.error?.reason).toBe(
        isPsk ? "unexpected_message" : undefined,
      );
      expect(client.hasOutput).toBe(true);
    },
  );

  it("is no message of a client", () => {
    const { server, forge } = forgeable();
    expect(reasonAfter(server, forge("client", 22, request))).toBe(
      "unexpected_message",
    );
  });
});
