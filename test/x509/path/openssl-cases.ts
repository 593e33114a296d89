/** Chains whose fault we and `openssl verify` must call by the same number. */
import { sign as nodeSign } from "node:crypto";
import { nodeKeyPair } from "../../crypto/node-keys.ts";
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import type {
  VerifierOptions,
  X509ErrorCode,
} from "../../../src/x509/index.ts";
import {
  createVerifier,
  CrlStore,
  parsePrivateKey,
  TrustStore,
  verifyMessage,
  X509Error,
} from "../../../src/x509/index.ts";
import type {
  CertificateSpec,
  Issued,
  TestKey,
} from "../../support/der-builder.ts";
import {
  NOW,
  caExtensions,
  dns,
  ed25519Key,
  int,
  intermediate,
  leaf,
  leafExtensions,
  oid,
  root,
  subjectAltName,
  testKey,
} from "../../support/der-builder.ts";
import { hasOpenssl, opensslVerify } from "../../support/openssl-certs.ts";

export interface Case {
  readonly code: X509ErrorCode | "ok";
  readonly leaf: Issued;
  readonly sent?: readonly Issued[];
  readonly trusted: readonly Issued[];
  readonly ours?: Partial<VerifierOptions>;
  readonly theirs?: readonly string[];
  readonly crls?: readonly { readonly pem: string }[];
  readonly host?: string;
  readonly now?: number;
  readonly depth?: number;
  /**
   * The depth that OpenSSL reports, where it blames another certificate of the
   * path.
   */
  readonly theirDepth?: number;
  /**
   * OpenSSL ignores what it cannot read and reports 20; we report the fault
   * itself.
   */
  readonly theirCode?: 7 | 20;
}

export const DAY = 86_400_000;
export const anchor = root(1);
export const other = root(2);
export const middle = intermediate(10, anchor);
export const serial = int(77);

export const elliptic = ((): TestKey => {
  const { privateKey } = nodeKeyPair("ec", { namedCurve: "P-256" });
  const der = privateKey.export({ type: "pkcs8", format: "der" });
  return testKey(parsePrivateKey(der).key, "ecdsa-sha256");
})();

export function rsaKey(modulusLength: number): TestKey {
  const { privateKey } = nodeKeyPair("rsa", { modulusLength });
  const der = privateKey.export({ type: "pkcs8", format: "der" });
  return {
    ...testKey(parsePrivateKey(der).key, "rsa-pkcs1-sha256"),
    signer: (message) =>
      new Uint8Array(nodeSign("sha256", message, privateKey)),
  };
}

/** A CA under the root, with other extensions, and a leaf below it. */
export function below(
  spec: Partial<CertificateSpec>,
  leafSpec: Partial<CertificateSpec> = {},
): Pick<Case, "leaf" | "sent" | "trusted"> {
  const ca = intermediate(20, anchor, spec);
  return { leaf: leaf(ca, leafSpec), sent: [ca], trusted: [anchor] };
}

export const plainLeaf = (
  ...extra: readonly Uint8Array[]
): Partial<CertificateSpec> => ({
  extensions: [...leafExtensions(anchor.key), ...extra],
});

export const without = (...oids: readonly string[]): Uint8Array[] =>
  leafExtensions(anchor.key).filter(
    (one) => !oids.some((type) => hasOid(one, type)),
  );

export const caWithout = (...oids: readonly string[]): Uint8Array[] =>
  caExtensions(ed25519Key(20), anchor.key).filter(
    (one) => !oids.some((type) => hasOid(one, type)),
  );

export const hasOid = (one: Uint8Array, type: string): boolean =>
  Buffer.from(one).includes(Buffer.from(oid(type)));

export const constrained = (
  constraints: Uint8Array,
  ...names: readonly Uint8Array[]
): Pick<Case, "leaf" | "sent" | "trusted"> =>
  below(
    { extensions: [...caExtensions(ed25519Key(20), anchor.key), constraints] },
    {
      extensions: [
        ...leafExtensions(ed25519Key(20)).slice(0, 3),
        subjectAltName(names),
      ],
    },
  );

export const oneDns = [dns("example.com")];
export const strict = {
  ours: { profile: "strict" },
  theirs: ["-x509_strict"],
} as const;
export const crlCheck = {
  ours: { crlCheck: "leaf" },
  theirs: ["-crl_check"],
} as const;
export const level2 = { theirs: ["-auth_level", "2"] } as const;
export const revocable = leaf(anchor, { serialNumber: serial });
export const weak = rsaKey(1024);
export const strong = rsaKey(2048);

function ours(one: Case): { code: X509ErrorCode | "ok"; error?: X509Error } {
  const verifier = createVerifier({
    provider: noble,
    trustStore: TrustStore.of(...one.trusted.map(({ der }) => der)),
    crls: CrlStore.of(...(one.crls ?? []).map(({ pem }) => pem)),
    ...one.ours,
  });
  const certificates = [one.leaf, ...(one.sent ?? [])].map(({ der }) => der);
  try {
    verifier.verify(
      { certificates },
      { purpose: "serverAuth", serverName: one.host, now: one.now ?? NOW },
    );
    return { code: "ok" };
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return { code: error.code, error };
  }
}

const suite = hasOpenssl() ? describe : describe.skip;

/** A test a case: same code, same text, same certificate blamed. */
export function compareWithOpenssl(
  topic: string,
  cases: Readonly<Record<string, () => Case>>,
): void {
  suite(
    `${topic}: as openssl verify has it (skipped without OpenSSL 3)`,
    () => {
      it.each(Object.entries(cases))("%s", (_, make) => {
        const one = make();
        const answer = ours(one);
        expect(answer.code).toBe(one.code);
        const verdict = opensslVerify({
          leaf: one.leaf.pem,
          intermediates: (one.sent ?? []).map(({ pem }) => pem),
          trusted: one.trusted.map(({ pem }) => pem),
          crls: (one.crls ?? []).map(({ pem }) => pem),
          time: (one.now ?? NOW) / 1000,
          options: ["-purpose", "sslserver", ...(one.theirs ?? [])],
        });
        const depth = one.depth ?? 0;
        expect(answer.error?.depth ?? 0).toBe(depth);
        expect(verdict.depth).toBe(one.theirDepth ?? depth);
        if (one.theirCode !== undefined) {
          expect(verdict.code).toBe(one.theirCode);
          return;
        }
        expect({
          code: answer.error?.verifyCode ?? 0,
          message: answer.error ? verifyMessage(answer.error.verifyCode) : "ok",
        }).toEqual({ code: verdict.code, message: verdict.message });
      });
    },
  );
}
