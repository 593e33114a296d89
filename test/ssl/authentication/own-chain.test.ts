/**
 * Chains and keys of this side, as a context looks at them when it loads them:
 * each next to CPython's, at each of OpenSSL's security levels.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { node as provider } from "../../../src/crypto/node.ts";
import { createCredential } from "../../../src/engine/index.ts";
import { SSLContext, SSLError } from "../../../src/index.ts";
import {
  parseCertificates,
  parsePrivateKey,
  X509Error,
} from "../../../src/x509/index.ts";
import { describePython, PythonSsl } from "../../oracle/python.ts";
import { hasOpenssl } from "../../support/openssl-certs.ts";
import { BioPair } from "../support.ts";

/** Makes certificates that today's libraries refuse to make. */
const MAKE = `
set -e
printf 'keyUsage=critical,keyEncipherment\\n' > usage.ext
printf 'basicConstraints=critical,CA:true\\n' > ca.ext
printf 'keyUsage=critical,digitalSignature\\n' > leaf.ext
key() { case $2 in rsa*) openssl genrsa -out $1.key \${2#rsa};; *) openssl ecparam -name $2 -genkey -noout -out $1.key;; esac; }
sign() { openssl req -new -key $1.key -subj /CN=$1 -out $1.csr; openssl x509 -req -in $1.csr -CA $3.pem -CAkey $3.key -CAcreateserial -$2 -days 300 -extfile $4 -out $1.pem; }
issue() { key $1 $2; sign $1 $3 $4 $5.ext; }
key root rsa2048; openssl req -x509 -new -key root.key -sha256 -days 300 -subj /CN=root -out root.pem
key rootsha1 rsa2048; openssl req -x509 -new -key rootsha1.key -sha1 -days 300 -subj /CN=rootsha1 -out rootsha1.pem
issue mid rsa2048 sha256 root ca
issue midsha1 rsa2048 sha1 root ca
issue mid1024 rsa1024 sha256 root ca
issue good rsa2048 sha256 mid leaf
for d in md5 sha1 sha224 sha384; do issue $d rsa2048 $d mid leaf; done
issue undersha1 rsa2048 sha256 midsha1 leaf
issue under1024 rsa2048 sha256 mid1024 leaf
for n in 512 1023 1024 1900 1984 2047 3072; do issue rsa$n rsa$n sha256 mid leaf; done
issue ec prime256v1 sha256 mid leaf
issue ecsha1 prime256v1 sha1 mid leaf
issue ecusage prime256v1 sha256 mid usage
issue rsausage rsa2048 sha256 mid usage
key other rsa2048; key otherec prime256v1; key ec384 secp384r1
openssl genpkey -algorithm ed25519 -out ed25519.key
`;

const folder = mkdtempSync(join(tmpdir(), "puretls-own-chain-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const pem = (name: string): string =>
  readFileSync(join(folder, `${name}.pem`), "utf8");

interface Row {
  readonly what: string;
  readonly chain: readonly string[];
  /** Default: the first certificate's. */
  readonly key?: string;
}

const leaves = (...names: string[]): Row[] =>
  names.map((name) => ({ what: `a leaf ${name}`, chain: [name, "mid"] }));

const ROWS: readonly Row[] = [
  ...leaves("good", "md5", "sha1", "sha224", "sha384", "ec", "ecsha1"),
  ...leaves("rsa512", "rsa1023", "rsa1024", "rsa1900", "rsa1984"),
  ...leaves("rsa2047", "rsa3072", "ecusage", "rsausage"),
  { what: "an intermediate of SHA-1", chain: ["undersha1", "midsha1"] },
  { what: "an intermediate of 1024 bits", chain: ["under1024", "mid1024"] },
  { what: "a root of SHA-1", chain: ["good", "mid", "rootsha1"] },
  { what: "the leaf behind its issuer", chain: ["mid", "good"], key: "good" },
  { what: "the leaf last", chain: ["mid", "root", "good"], key: "good" },
  { what: "issuers the other way round", chain: ["good", "root", "mid"] },
  { what: "an issuer of others", chain: ["good", "midsha1"] },
  { what: "the leaf twice", chain: ["good", "good", "mid"] },
  { what: "another key", chain: ["good", "mid"], key: "other" },
  { what: "another kind of key", chain: ["good", "mid"], key: "otherec" },
  { what: "a key of Ed25519", chain: ["ec", "mid"], key: "ed25519" },
  { what: "another key on the curve", chain: ["ec", "mid"], key: "otherec" },
  { what: "a key on another curve", chain: ["ec", "mid"], key: "ec384" },
];
const LEVELS = [undefined, 0, 1, 2, 3] as const;

const textOf = ({ chain, key = chain[0] ?? "" }: Row) => ({
  cert: chain.map(pem).join(""),
  key: readFileSync(join(folder, `${key}.key`), "utf8"),
});

/** The words of an error name what to do. */
const REMEDIES: Readonly<Record<string, RegExp>> = {
  EE_KEY_TOO_SMALL: /at least|have it issued with a longer key/,
  CA_KEY_TOO_SMALL: /have it issued with a longer key/,
  CA_MD_TOO_WEAK: /have it issued again with SHA-256/,
  KEY_VALUES_MISMATCH: /put that one first|does not belong/,
  NO_CERTIFICATE_ASSIGNED: /put that one first|does not belong/,
};

describe.runIf(hasOpenssl())("chains of one's own", () => {
  beforeAll(() => {
    execFileSync("bash", ["-c", MAKE], { cwd: folder, stdio: "ignore" });
  }, 240_000);

  describePython("loadCertChain()", (interpreter) => {
    let python: PythonSsl;
    beforeAll(() => {
      python = new PythonSsl(interpreter);
    });
    afterAll(() => {
      python.end();
    });

    it.each(ROWS.flatMap((row) => LEVELS.map((level) => ({ ...row, level }))))(
      "$what, level $level",
      async (row) => {
        const ciphers =
          row.level === undefined
            ? []
            : [`DEFAULT:@SECLEVEL=${row.level.toString()}`];
        const { cert, key } = textOf(row);
        const theirs = await python.call({
          new: "own",
          context: {
            protocol: { constant: "PROTOCOL_TLS_SERVER" },
            calls: [
              ...ciphers.map((list) => ["set_ciphers", list]),
              ["load_cert_chain", { file: cert }, { file: key }],
            ],
          },
        });
        expect(load(ciphers, cert, key)).toBe(
          "error" in theirs
            ? `${String(theirs.library)} ${String(theirs.reason)}`
            : "loaded",
        );
      },
    );
  });

  it("a certificate that may not sign is refused for ECDSA in TLS 1.2, with the reason", () => {
    const [row] = leaves("ecusage");
    if (row === undefined) throw new Error("no row");
    const server = new SSLContext({
      protocol: "tlsServer",
      provider,
      certChain: textOf(row),
    });
    const client = (version: "TLSv1.2" | "TLSv1.3") =>
      new SSLContext({
        provider,
        verifyMode: "none",
        checkHostname: false,
        maximumVersion: version,
      });
    // As OpenSSL's: NO_SHARED_CIPHER on the server.
    expect(() => new BioPair(client("TLSv1.2"), server).handshake()).toThrow(
      /key usage without digitalSignature: have it issued with it/,
    );
  });

  it("the engine's createCredential() refuses the same, at level 2 unless told", () => {
    const made = (row: Row, securityLevel?: 0 | 2) => {
      const { cert, key } = textOf(row);
      return createCredential({
        provider,
        chain: parseCertificates(cert).map(({ der }) => der),
        key: parsePrivateKey(key),
        ...(securityLevel !== undefined && { securityLevel }),
      });
    };
    for (const [name, code] of [
      ["sha1", "weak_signature_digest"],
      ["rsa1024", "weak_leaf_key"],
    ] as const) {
      const [row] = leaves(name);
      if (row === undefined) throw new Error("no row");
      expect(() => made(row)).toThrow(
        expect.objectContaining({ code }) as X509Error,
      );
      expect(() => made(row, 2)).toThrow(X509Error);
      expect(made(row, 0).chain).toHaveLength(2);
    }
    expect(() =>
      made({ what: "", chain: ["mid", "good"], key: "good" }),
    ).toThrow("the private key belongs to certificate 2 of 2: put that one");
  });
});

/** Loads a chain into a context of ours; every error says what to do. */
function load(ciphers: readonly string[], cert: string, key: string): string {
  const context = new SSLContext({ protocol: "tlsServer", provider });
  for (const list of ciphers) context.setCiphers(list);
  try {
    context.loadCertChain({ cert, key });
    return "loaded";
  } catch (error) {
    if (!(error instanceof SSLError)) throw error;
    const { library, reason } = error;
    expect(error.message).toMatch(REMEDIES[reason ?? ""] ?? /^$/);
    return `${String(library)} ${String(reason)}`;
  }
}
