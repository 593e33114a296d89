/** Delegated credentials in both roles, RFC 9345. */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  acceptDelegatedCredentials,
  type ClientOptions,
  type Credential,
  createCredential,
  DELEGATION_USAGE,
  delegateCredential,
  loadDelegatedCredential,
  type ServerOptions,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import { generateKey } from "../../../src/pki/index.ts";
import {
  DELIVERIES,
  newPair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";
import { testAuthority, testKey } from "../../support/pki.ts";

const usage = { oid: DELEGATION_USAGE, value: fromHex("0500") };
const key = generateKey({ provider: noble, type: "ec-p256" });
const day = 24 * 3600 * 1000;

function issue(extensions = [usage], role: "server" | "client" = "server") {
  const options = { key: testKey("ec-p256"), extensions };
  const issued =
    role === "server"
      ? testAuthority().issueServer({
          hosts: ["localhost"],
          ...options,
          notBefore: Date.now() - day,
        })
      : testAuthority().issueClient({ name: "c", ...options });
  const { algorithm } = issued.certificate.subjectPublicKeyInfo;
  return createCredential({
    provider: noble,
    chain: issued.chain,
    key: { algorithm, key: issued.key.privateKey },
  });
}

const own = issue();

function delegate(
  options: Partial<Parameters<typeof delegateCredential>[0]> = {},
): Credential {
  return delegateCredential({
    provider: noble,
    credential: own,
    role: "server",
    publicKeyInfo: key.publicKeyInfo(),
    key: { algorithm: key.algorithm, key: key.privateKey },
    scheme: "ecdsa_secp256r1_sha256",
    ...options,
  });
}

const accepts = { delegatedCredentials: acceptDelegatedCredentials() };

function connect(
  client: Partial<ClientOptions>,
  server: Partial<ServerOptions>,
  delivery: (typeof DELIVERIES)[number] = "whole",
) {
  return shuttle(
    newPair(testClientConfig(client), testServerConfig(server)),
    delivery,
  );
}

describe("a delegated credential", () => {
  for (const delivery of DELIVERIES)
    it(`signs for the server, bytes ${delivery}`, () => {
      const { client, server } = connect(
        accepts,
        { credentials: [delegate()] },
        delivery,
      );
      expect(client.error ?? server.error).toBeUndefined();
      expect(client.info?.peer?.verified).toBe(true);
      expect(server.info?.credential?.delegation).toBeDefined();
    });

  it("with another kind of key than its certificate's", () => {
    const other = generateKey({ provider: noble, type: "ed25519" });
    const one = delegate({
      publicKeyInfo: other.publicKeyInfo(),
      key: { algorithm: other.algorithm, key: other.privateKey },
      scheme: "ed25519",
    });
    const { client } = connect(
      // Not among what certificates' own keys may sign with.
      { ...accepts, signatureSchemes: ["ecdsa_secp256r1_sha256"] },
      { credentials: [one] },
    );
    expect(client.info?.peerSignatureScheme).toBe("ed25519");
  });

  it("signs for the client", () => {
    const one = delegate({
      credential: issue([usage], "client"),
      role: "client",
    });
    const { server } = connect(
      { credentials: [one] },
      { ...accepts, clientAuthentication: "required" },
    );
    expect(server.error).toBeUndefined();
    expect(server.info?.peer?.verified).toBe(true);
  });

  it("gives way to the certificate's key where the peer does not support it", () => {
    const { server } = connect({}, { credentials: [delegate(), own] });
    expect(server.info?.credential).toBe(own);
    const alone = connect({}, { credentials: [delegate()] });
    expect(alone.server.error?.reason).toBe("no_shared_signature_scheme");
    const schemes = acceptDelegatedCredentials(["ed25519"]);
    const other = connect(
      { delegatedCredentials: schemes },
      { credentials: [delegate(), own] },
    );
    expect(other.server.info?.credential).toBe(own);
  });

  it("is not for TLS 1.2", () => {
    const { server } = connect(
      { ...accepts, versions: ["TLSv1.2"] },
      { credentials: [delegate(), own] },
    );
    expect(server.info?.version).toBe("TLSv1.2");
    expect(server.info?.credential).toBe(own);
  });
});

describe("one that was signed elsewhere", () => {
  const signed = delegate().delegation?.bytes ?? new Uint8Array();
  const load = (
    options: Partial<Parameters<typeof loadDelegatedCredential>[0]> = {},
  ): Credential =>
    loadDelegatedCredential({
      provider: noble,
      // The certificate's own key is not here.
      credential: { ...own, key: RAISE_NEED },
      delegatedCredential: signed,
      key: { algorithm: key.algorithm, key: key.privateKey },
      ...options,
    });

  it("signs for the server", () => {
    const { client, server } = connect(accepts, { credentials: [load()] });
    expect(client.error ?? server.error).toBeUndefined();
    expect(server.info?.credential?.delegation?.bytes).toEqual(signed);
  });

  it("is refused with another key, or cut short", () => {
    const other = generateKey({ provider: noble, type: "ec-p256" });
    const wrong = { algorithm: other.algorithm, key: other.privateKey };
    expect(() => load({ key: wrong })).toThrow("two different keys");
    const short = signed.subarray(0, -1);
    expect(() => load({ delegatedCredential: short })).toThrow(
      "it ends too early",
    );
  });

  it("is rejected with an algorithm that is not allowed for it", () => {
    const changed = (at: number, code: number): Uint8Array => {
      const copy = signed.slice();
      copy.set([code >> 8, code & 255], at);
      return copy;
    };
    const behind = 9 + key.publicKeyInfo().length;
    for (const [bytes, says] of [
      [changed(4, 0x0804), "not with rsa_pss_rsae_sha256"],
      [changed(4, 0x0807), "the scheme is not the key's"],
      [changed(4, 0x7f7f), "an unknown algorithm"],
      [changed(behind, 0x0804), "signed with another certificate's key"],
    ] as const)
      expect(() => load({ delegatedCredential: bytes })).toThrow(says);
  });
});

describe("one that must be refused: illegal_parameter", () => {
  const change = (at: number, value: number) => (bytes: Uint8Array) => {
    const copy = bytes.slice();
    copy[at < 0 ? copy.length + at : at] = value;
    return copy;
  };
  const alertFor = (
    one: Credential,
    edit: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
    client: Partial<ClientOptions> = {},
  ): unknown => {
    const { delegation } = one;
    if (!delegation) throw new Error("none");
    const bytes = edit(delegation.bytes);
    const credentials = [{ ...one, delegation: { ...delegation, bytes } }];
    return connect({ ...accepts, ...client }, { credentials }).client.error
      ?.alert;
  };
  const at = (now: number): Partial<ClientOptions> => ({
    provider: { ...noble, now: () => now },
  });

  it("the control is taken", () => {
    expect(alertFor(delegate())).toBeUndefined();
  });
  it("expired", () => {
    const later = at(Date.now() + 25 * 3600 * 1000);
    expect(alertFor(delegate(), undefined, later)).toBe("illegal_parameter");
  });
  it("for more than seven days", () => {
    const early = at(Date.now() - 3600 * 1000);
    const long = delegate({ lifetimeSeconds: 7 * 24 * 3600 });
    expect(alertFor(long)).toBeUndefined();
    expect(alertFor(long, undefined, early)).toBe("illegal_parameter");
  });
  it("another role's", () => {
    expect(alertFor(delegate({ role: "client" }))).toBe("illegal_parameter");
  });
  it("a certificate that may not delegate", () => {
    const { delegation } = delegate();
    const bare = {
      ...issue([]),
      key: delegate().key,
      ...(delegation && { delegation }),
    };
    expect(alertFor(bare)).toBe("illegal_parameter");
  });
  it("a signature that is wrong", () => {
    expect(alertFor(delegate(), change(-1, 0))).toBe("illegal_parameter");
  });
  it("an algorithm that was not offered, or is not the key's", () => {
    expect(alertFor(delegate(), change(5, 4))).toBe("illegal_parameter");
    expect(alertFor(delegate(), change(4, 5))).toBe("illegal_parameter");
  });
  it("a signature by an algorithm that was not offered", () => {
    const other = {
      signatureSchemes: ["ed25519", "ecdsa_secp256r1_sha256"],
    } as const;
    const spki = key.publicKeyInfo().length;
    expect(alertFor(delegate(), change(9 + spki, 0x08), other)).toBe(
      "illegal_parameter",
    );
  });
  it("bytes too many are a decode_error", () => {
    const longer = (bytes: Uint8Array) => Uint8Array.of(...bytes, 0);
    expect(alertFor(delegate(), longer)).toBe("decode_error");
  });
  it("a CertificateVerify of another scheme", () => {
    const one = delegate();
    const { delegation } = one;
    if (!delegation) throw new Error("none");
    const p384 = generateKey({ provider: noble, type: "ec-p384" });
    // The delegated key is P-256; what signs is something else.
    const credentials = [
      {
        ...one,
        key: { algorithm: p384.algorithm, key: p384.privateKey },
        delegation: {
          ...delegation,
          scheme: "ecdsa_secp384r1_sha384" as const,
        },
      },
    ];
    const { client } = connect(accepts, { credentials });
    expect(client.error?.alert).toBe("illegal_parameter");
  });
});

describe("what this side refuses to make", () => {
  it.each([
    ["more than seven days", { lifetimeSeconds: 8 * 24 * 3600 }],
    ["nothing", { lifetimeSeconds: 0 }],
    [
      "longer than the certificate",
      { lifetimeSeconds: 7 * 24 * 3600, credential: issue() },
    ],
    ["of a certificate that may not", { credential: issue([]) }],
    ["of a key that is elsewhere", { credential: { ...own, key: RAISE_NEED } }],
    ["a scheme that is not the key's", { scheme: "ed25519" }],
    ["a scheme of RSA keys of all kinds", { scheme: "rsa_pss_rsae_sha256" }],
  ] as const)("%s", (what, options) => {
    const now = what.startsWith("longer")
      ? { provider: { ...noble, now: () => Date.now() + 88 * day } }
      : {};
    expect(() => delegate({ ...options, ...now })).toThrow(TlsUsageError);
  });
  it("an acceptance of rsae schemes", () => {
    expect(() => acceptDelegatedCredentials(["rsa_pss_rsae_sha256"])).toThrow(
      TlsUsageError,
    );
  });
});
