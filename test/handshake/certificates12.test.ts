/** Certificates of TLS 1.2: which a client shows, and which it takes. */
import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import type { CipherSuiteName } from "../../src/engine/index.ts";
import { encodeCredential12 } from "../../src/handshake/messages/certificate12.ts";
import {
  type CertificateRequest12Fields,
  ClientCertificateType,
  encodeCertificateRequest12,
  readCertificateRequest12,
} from "../../src/handshake/messages/certificate-request12.ts";
import { EVERY_EXTENSION } from "../../src/handshake/features/every-feature.ts";
import {
  encodeServerHello12,
  readServerHello,
} from "../../src/handshake/messages/server-hello.ts";
import { CIPHER_SUITES, SIGNATURE_SCHEMES } from "../../src/engine/index.ts";
import { parseServerKeyExchange } from "../../src/handshake/messages/server-key-exchange.ts";
import {
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";
import { type Edit, runMachines } from "../support/machines.ts";
import { type KeyKind, testAuthority, testKey } from "../support/pki.ts";

const TLS12 = { versions: ["TLSv1.2"] } as const;
const { rsa_sign, ecdsa_sign } = ClientCertificateType;
const SCHEMES = ["ed448", "ecdsa_secp256r1_sha256", "ed25519"] as const;

function whole(raw: Uint8Array) {
  return { type: raw[0] ?? 0, body: raw.subarray(4), raw };
}

/** The messages of a client that has a certificate of that kind. */
function answers(
  kind: KeyKind,
  change: Partial<CertificateRequest12Fields>,
): { readonly shown: boolean; readonly messages: readonly string[] } {
  let shown = false;
  const messages: string[] = [];
  runMachines(
    testClientConfig({
      ...TLS12,
      credentials: [testCredential(kind, "client")],
    }),
    testServerConfig({ ...TLS12, clientAuthentication: "optional" }),
    (name, raw, from) => {
      if (from === "client") messages.push(name);
      if (from === "client" && name === "certificate") shown = raw.length > 7;
      if (name !== "certificate_request") return [raw];
      const asked = readCertificateRequest12(whole(raw));
      return [encodeCertificateRequest12({ ...asked, ...change })];
    },
  );
  return { shown, messages };
}

describe("a client that is asked for a certificate", () => {
  const ecdsa = SIGNATURE_SCHEMES.ecdsa_secp256r1_sha256.code;
  const rsa = SIGNATURE_SCHEMES.rsa_pss_rsae_sha256.code;

  it.each<[string, KeyKind, Partial<CertificateRequest12Fields>, boolean]>([
    // [5246-7.4.6-04] [5246-7.4.7-01] [5246-7.4.8-01]
    ["shows one of ECDSA", "ec-p256", {}, true],
    // [8422-3.1-01] [8422-5.6-01]
    [
      "shows one of ECDSA for ecdsa_sign",
      "ec-p256",
      { certificateTypes: [ecdsa_sign] },
      true,
    ],
    [
      "shows one of Ed25519 for ecdsa_sign",
      "ed25519",
      { certificateTypes: [ecdsa_sign] },
      true,
    ],
    // [5246-7.4.4-03]
    [
      "shows none of ECDSA for rsa_sign",
      "ec-p256",
      { certificateTypes: [rsa_sign] },
      false,
    ],
    // [8422-3.1-01] [8422-5.6-01]
    [
      "shows none of RSA for ecdsa_sign",
      "rsa",
      { certificateTypes: [ecdsa_sign] },
      false,
    ],
    [
      "shows one of RSA for rsa_sign",
      "rsa",
      { certificateTypes: [rsa_sign] },
      true,
    ],
    [
      "shows none for types that nobody has",
      "ec-p256",
      { certificateTypes: [2, 3, 65] },
      false,
    ],
    // [5246-7.4.4-04] [5246-7.4.8-02] [5246-7.4.8-03]
    [
      "shows none of ECDSA for signatures of RSA",
      "ec-p256",
      { signatureSchemes: [rsa] },
      false,
    ],
    [
      "shows none of RSA for signatures of ECDSA",
      "rsa",
      { signatureSchemes: [ecdsa] },
      false,
    ],
  ])("%s", (_what, kind, change, isShown) => {
    const { shown, messages } = answers(kind, change);
    expect(shown).toBe(isShown);
    // RFC 5246 7.4.6, 7.4.8: an empty list, and then no signature.
    expect(messages.slice(1, 4)).toEqual(
      isShown
        ? ["certificate", "client_key_exchange", "certificate_verify"]
        : ["certificate", "client_key_exchange", "change_cipher_spec"],
    );
  });

  // [5246-7.4.6-01] [8422-3-02]
  it("and shows none says so with an empty list, and signs nothing", () => {
    const { shown, messages } = answers("ec-p256", { signatureSchemes: [rsa] });
    expect(shown).toBe(false);
    expect(messages).toContain("certificate");
    expect(messages).not.toContain("certificate_verify");
  });
});

describe("a server's certificate", () => {
  /** Issued for a key usage, one byte of a BIT STRING, or without one. */
  const withUsage = (kind: KeyKind, usage: string | undefined) =>
    testAuthority().issueServer({
      hosts: ["localhost"],
      key: testKey(kind),
      extensions: [
        {
          oid: "2.5.29.15",
          critical: true,
          value: usage === undefined ? undefined : fromHex(`0302${usage}`),
        },
      ],
    }).chain;
  const SIGNATURE = "0780";
  const ENCIPHERMENT = "0520";
  const CERT_SIGN = "0204";

  /** Returns the reason for which a client refuses that chain with that suite. */
  function refusal(
    suite: CipherSuiteName,
    kind: KeyKind,
    chain: readonly Uint8Array[],
  ) {
    // A server that does that exchange puretls has none of: the hello is changed.
    const own = kind === "rsa" ? "RSA" : "ECDSA";
    const served = `TLS_ECDHE_${own}_WITH_AES_128_GCM_SHA256` as const;
    const edit: Edit = (name, raw, from) => {
      if (name === "certificate" && from === "server")
        return [encodeCredential12({ chain })];
      if (name !== "server_hello") return [raw];
      const hello = readServerHello(whole(raw), EVERY_EXTENSION);
      if (hello.kind !== "server_hello12") throw new Error("not of TLS 1.2");
      const { code: cipherSuite } = CIPHER_SUITES[suite];
      return [encodeServerHello12(EVERY_EXTENSION, { ...hello, cipherSuite })];
    };
    const { failed } = runMachines(
      testClientConfig({
        ...TLS12,
        provider: noble,
        cipherSuites: [...new Set([suite, served])],
      }),
      testServerConfig({
        ...TLS12,
        cipherSuites: [served],
        credentials: [testCredential(kind)],
      }),
      edit,
    );
    expect(failed?.side).toBe("client");
    return failed?.error.reason;
  }

  it.each<[string, CipherSuiteName, KeyKind, string | undefined, string]>([
    // [5246-7.4.2-09]
    [
      "that may not encipher, for an exchange by RSA",
      "TLS_RSA_WITH_AES_128_GCM_SHA256",
      "rsa",
      SIGNATURE,
      "key_usage_without_encipherment",
    ],
    [
      "that may, for the same (there the message after it is wrong)",
      "TLS_RSA_WITH_AES_128_GCM_SHA256",
      "rsa",
      ENCIPHERMENT,
      "unexpected_message",
    ],
    // [5246-7.4.2-09]
    [
      "that does not say what for, for the same: RFC 5280 4.2.1.3",
      "TLS_RSA_WITH_AES_128_GCM_SHA256",
      "rsa",
      undefined,
      "unexpected_message",
    ],
    // [5246-7.4.2-10b] [8422-2.2-01]
    [
      "of RSA that may not sign, for ECDHE",
      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      "rsa",
      ENCIPHERMENT,
      "key_usage_without_signature",
    ],
    // [5246-7.4.2-14]
    [
      "of ECDSA that may not sign",
      "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
      "ec-p256",
      CERT_SIGN,
      "key_usage_without_signature",
    ],
  ])("%s", (_what, suite, kind, usage, reason) => {
    expect(refusal(suite, kind, withUsage(kind, usage))).toBe(reason);
  });

  // [8422-5.9-04] [8422-5.10-07]
  it.each([
    ["ed25519", 0x0807],
    ["ed448", 0x0808],
  ] as const)(
    "of %s signs by that, with the hash Intrinsic: %i",
    (kind, code) => {
      let signedBy: number | undefined;
      const { failed } = runMachines(
        testClientConfig({ ...TLS12, signatureSchemes: SCHEMES }),
        testServerConfig({
          ...TLS12,
          signatureSchemes: SCHEMES,
          credentials: [testCredential(kind)],
        }),
        (name, raw) => {
          if (name === "server_key_exchange") {
            const read = { body: raw.subarray(4), raw };
            const { signature } = parseServerKeyExchange(read, "ECDHE");
            signedBy = signature?.scheme;
          }
          return [raw];
        },
      );
      expect(failed).toBeUndefined();
      expect(signedBy).toBe(code);
    },
  );
});
