/**
 * Certificates for the tests, made by the `openssl` program: one CA, and one
 * certificate for each kind of key. They live in a temporary folder as long as
 * the test file runs.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll } from "vitest";

const run = promisify(execFile);

export interface KeyFiles {
  readonly cert: string;
  readonly key: string;
}

export type KeyKind =
  "ECDSA P-256" | "ECDSA P-384" | "ECDSA P-521" | "Ed25519" | "RSA" | "RSA-PSS";

/** Arguments of `openssl req` that make a key of the kind. */
const NEW_KEY: Readonly<Record<KeyKind, readonly string[]>> = {
  "ECDSA P-256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
  "ECDSA P-384": ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
  "ECDSA P-521": ["ec", "-pkeyopt", "ec_paramgen_curve:P-521"],
  Ed25519: ["ed25519"],
  RSA: ["rsa:2048"],
  "RSA-PSS": ["rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"],
};

export const KEY_KINDS: readonly KeyKind[] = [
  "ECDSA P-256",
  "ECDSA P-384",
  "ECDSA P-521",
  "Ed25519",
  "RSA",
  "RSA-PSS",
];

export interface Certificates {
  /** File of the one CA's certificate. */
  readonly ca: string;
  /** A CA that signed nothing here. */
  readonly strangerCa: string;
  /** For localhost, 127.0.0.1 and ::1. */
  readonly server: Readonly<Record<KeyKind, KeyFiles>>;
  readonly client: Readonly<Record<"ECDSA P-256" | "RSA", KeyFiles>>;
  /** A client certificate of {@link strangerCa}. */
  readonly strangerClient: KeyFiles;
  /** Diffie-Hellman parameters that are none of RFC 7919: RFC 3526's 2048 bits. */
  readonly dhParameters: string;
  /** Makes a path in the same folder. */
  path(name: string): string;
}

const CONFIG = `
[req]
distinguished_name = dn
prompt = no
[dn]
O = puretls interop
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[rsaserver]
basicConstraints = critical, CA:false
# NSS wants it of an RSA key, in TLS 1.3 too.
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;

/**
 * For the head of a suite: has them made before its first test, removed after
 * its last, and answers how a test gets at them.
 */
export function useCertificates(): () => Certificates {
  let made: Certificates | undefined;
  let folder: string | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "puretls-interop-"));
    made = await makeCertificates(folder);
  });
  afterAll(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });
  return () => {
    if (made === undefined) throw new Error("certificates are for tests only");
    return made;
  };
}

async function makeCertificates(folder: string): Promise<Certificates> {
  const path = (name: string): string => join(folder, name);
  writeFileSync(path("req.cnf"), CONFIG);
  const issue = async (
    role: "ca" | "server" | "client",
    kind: KeyKind,
    name: string,
    signer?: KeyFiles,
  ): Promise<KeyFiles> => {
    const file = path(`${role}-${name}`.replaceAll(" ", "-"));
    const made = { cert: `${file}.crt`, key: `${file}.key` };
    await run("openssl", [
      ...["req", "-x509", "-nodes", "-config", path("req.cnf")],
      ...[
        "-extensions",
        role === "server" && kind === "RSA" ? "rsaserver" : role,
      ],
      ...["-days", "30", "-subj", `/CN=${role} ${name}`],
      ...["-newkey", ...NEW_KEY[kind], "-keyout", made.key, "-out", made.cert],
      ...(signer ? ["-CA", signer.cert, "-CAkey", signer.key] : []),
    ]);
    return made;
  };
  const ca = await issue("ca", "ECDSA P-256", "own");
  const stranger = await issue("ca", "ECDSA P-384", "stranger");
  const server = (kind: KeyKind): Promise<KeyFiles> =>
    issue("server", kind, kind, ca);
  await run("openssl", [
    ...["genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt"],
    ...["group:modp_2048", "-out", path("dh.pem")],
  ]);
  return {
    ca: ca.cert,
    dhParameters: path("dh.pem"),
    strangerCa: stranger.cert,
    server: {
      "ECDSA P-256": await server("ECDSA P-256"),
      "ECDSA P-384": await server("ECDSA P-384"),
      "ECDSA P-521": await server("ECDSA P-521"),
      Ed25519: await server("Ed25519"),
      RSA: await server("RSA"),
      "RSA-PSS": await server("RSA-PSS"),
    },
    client: {
      "ECDSA P-256": await issue("client", "ECDSA P-256", "ECDSA P-256", ca),
      RSA: await issue("client", "RSA", "RSA", ca),
    },
    strangerClient: await issue("client", "ECDSA P-256", "stranger", stranger),
    path,
  };
}
