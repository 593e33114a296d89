/**
 * Certificates and keys for tests, made once a process on the noble provider
 * and valid now. `vectors/keys/` has the RSA keys, which are slow to make.
 */
import { readFileSync } from "node:fs";
import { noble } from "../../src/crypto/noble/index.ts";
import type { PrivateKey } from "../../src/crypto/provider.ts";
import type { Authority, IssuedCertificate } from "../../src/pki/index.ts";
import {
  createCertificateAuthority,
  generateKey,
  PkiKey,
} from "../../src/pki/index.ts";

/** Kinds of keys that a certificate of these tests can have. */
export const KEY_KINDS = [
  "ec-p256",
  "ec-p384",
  "ec-p521",
  "ed25519",
  "rsa",
  "rsa-pss",
] as const;

/** Those that are off by default, and that few peers have. */
export const RARE_KEY_KINDS = [
  "ed448",
  "ml-dsa-44",
  "ml-dsa-65",
  "ml-dsa-87",
] as const;

export type KeyKind =
  (typeof KEY_KINDS)[number] | (typeof RARE_KEY_KINDS)[number];

/** The certificate and key that a TLS peer authenticates with. */
export interface TestIdentity {
  readonly kind: KeyKind;
  /** DER, leaf first; the root, which {@link testAuthority} has, not in it. */
  readonly chain: readonly Uint8Array[];
  readonly key: PrivateKey;
  /** PEM of the chain. */
  readonly certificatePem: string;
  /** PEM of the key, PKCS#8. */
  readonly keyPem: string;
  readonly issued: IssuedCertificate;
}

/** The names and addresses in {@link testServer}'s certificates. */
export const TEST_HOSTS: readonly string[] = [
  "localhost",
  "127.0.0.1",
  "::1",
  "server.test",
  "*.wild.test",
];

/** The root (P-256) that issued all the others; `.pem` and `.der` to trust. */
export function testAuthority(): Authority {
  authority ??= createCertificateAuthority({
    provider: noble,
    name: "puretls test root",
  });
  return authority;
}

/** A server for {@link TEST_HOSTS}, issued by {@link testAuthority}. */
export function testServer(kind: KeyKind = "ec-p256"): TestIdentity {
  return cached(servers, kind, () =>
    testAuthority().issueServer({ hosts: TEST_HOSTS, key: testKey(kind) }),
  );
}

/** A client named "test client", issued by {@link testAuthority}. */
export function testClient(kind: KeyKind = "ec-p256"): TestIdentity {
  return cached(clients, kind, () =>
    testAuthority().issueClient({
      name: "test client",
      emails: ["client@client.test"],
      key: testKey(kind),
    }),
  );
}

/** The same at each call: one key a kind, shared by server and client. */
export function testKey(kind: KeyKind): PkiKey {
  const known = keys.get(kind);
  if (known !== undefined) return known;
  const key =
    kind === "rsa"
      ? keyFromFile("rsa-2048.pem")
      : kind === "rsa-pss"
        ? keyFromFile("rsa-pss-2048.pem")
        : generateKey({ provider: noble, type: kind });
  keys.set(kind, key);
  return key;
}

/** A key of `vectors/keys/`. */
export function keyFromFile(file: string): PkiKey {
  const url = new URL(`../../vectors/keys/${file}`, import.meta.url);
  return PkiKey.parse(noble, readFileSync(url, "utf8"));
}

let authority: Authority | undefined;
const keys = new Map<KeyKind, PkiKey>();
const servers = new Map<KeyKind, TestIdentity>();
const clients = new Map<KeyKind, TestIdentity>();

function cached(
  cache: Map<KeyKind, TestIdentity>,
  kind: KeyKind,
  issue: () => IssuedCertificate,
): TestIdentity {
  const known = cache.get(kind);
  if (known !== undefined) return known;
  const issued = issue();
  const identity: TestIdentity = {
    kind,
    chain: issued.chain,
    key: issued.key.privateKey,
    certificatePem: issued.chainPem,
    keyPem: issued.key.toPem(),
    issued,
  };
  cache.set(kind, identity);
  return identity;
}
