/** The certificates and keys that the flags name. */
import { RAISE_NEED } from "../../src/promises.ts";
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { fromHex } from "../../src/bytes.ts";
import type { CryptoProvider } from "../../src/crypto/provider.ts";
import {
  createCredential,
  loadDelegatedCredential,
  createRawPublicKeyCredential,
  SIGNATURE_SCHEMES,
  type Credential,
  type SignatureSchemeName,
} from "../../src/engine/index.ts";
import {
  parseCertificates,
  parsePrivateKey,
  type ParsedPrivateKey,
} from "../../src/x509/index.ts";
import { Reader } from "../../src/wire/reader.ts";
import { schemeNames } from "./code-points.ts";
import type { CredentialFlags, Flags } from "./flags.ts";
import { policyOf } from "./policies.ts";

/** The schemes that BoringSSL's shim signs with by default. */
const SIGNS_BY_DEFAULT: readonly SignatureSchemeName[] = [
  "ed25519",
  "ecdsa_secp256r1_sha256",
  "rsa_pss_rsae_sha256",
  "rsa_pkcs1_sha256",
  "ecdsa_secp384r1_sha384",
  "rsa_pss_rsae_sha384",
  "rsa_pkcs1_sha384",
  "ecdsa_secp521r1_sha512",
  "rsa_pss_rsae_sha512",
  "rsa_pkcs1_sha512",
  "mldsa44",
  "mldsa65",
  "mldsa87",
];

/** A credential with what the flags say about it beside the handshake. */
export interface Loaded {
  readonly credential: Credential;
  /** The private key that answers the engine's `sign` needs. */
  readonly key: ParsedPrivateKey;
  /** Its place among the `-new-…-credential` flags, -1 for the one outside. */
  readonly number: number;
}

/** In the order in which they are to be tried. */
export function loadCredentials(
  provider: CryptoProvider,
  flags: Flags,
): readonly Loaded[] {
  const numbered = flags.credentials.map((one, number) => ({ one, number }));
  const policy = policyOf(flags);
  const schemes = policy?.signatureSchemes ?? SIGNS_BY_DEFAULT;
  return [...numbered, { one: flags, number: -1 }].flatMap(({ one, number }) =>
    load(provider, one, {
      ...{ number, schemes },
      ...{ asks: flags.async, late: flags.late },
    }),
  );
}

function load(
  provider: CryptoProvider,
  flags: CredentialFlags,
  options: {
    readonly number: number;
    readonly schemes: readonly SignatureSchemeName[];
    readonly asks: boolean;
    readonly late: boolean;
  },
): readonly Loaded[] {
  const { "cert-file": file, "key-file": keyFile } = flags;
  if (keyFile === undefined) return [];
  const pem = readFileSync(keyFile, "utf8");
  const key = parsePrivateKey(pem);
  const {
    "signing-prefs": prefs,
    "ocsp-response": ocspResponse,
    "signed-cert-timestamps": timestamps,
    "delegated-credential": delegated,
  } = flags;
  const { number, asks, late } = options;
  const common = {
    provider,
    key: asks ? RAISE_NEED : key,
    signatureSchemes: prefs ? schemeNames(prefs) : options.schemes,
  } as const;
  const loaded = { key, number };
  if (flags.kind === "RawPublicKey") {
    const publicKeyInfo = publicKeyInfoOf(pem);
    const bare = createRawPublicKeyCredential({ ...common, publicKeyInfo });
    return [{ ...loaded, credential: bare }];
  }
  if (file === undefined) return [];
  const made = createCredential({
    // The runner has weak ones, too.
    securityLevel: 0,
    ...common,
    ...(delegated && { key: RAISE_NEED }),
    chain: certificatesOf(file),
    mustMatchIssuer: flags["must-match-issuer"],
    ...(ocspResponse && { ocspResponse }),
    ...(timestamps && { scts: timestampsOf(timestamps) }),
  });
  if (delegated === undefined) return [{ ...loaded, credential: made }];
  // Of a key elsewhere nobody knows whether it is the one that was delegated to.
  const delegation = delegate(
    provider,
    made,
    delegated,
    late ? key : common.key,
  );
  return [{ ...loaded, credential: delegation }];
}

function delegate(
  provider: CryptoProvider,
  made: Credential,
  delegatedCredential: Uint8Array,
  key: ParsedPrivateKey | typeof RAISE_NEED,
): Credential {
  return loadDelegatedCredential({
    ...{ provider, delegatedCredential, key },
    credential: made,
  });
}

function publicKeyInfoOf(pem: string): Uint8Array {
  return createPublicKey(pem).export({ type: "spki", format: "der" });
}

/** A SignedCertificateTimestampList, RFC 6962 3.3, cut up. */
export function timestampsOf(list: Uint8Array): readonly Uint8Array[] {
  return Reader.all(list, "timestamps", (reader) =>
    reader.list16((entry) => entry.opaque16(1), 1),
  );
}

/** DER, as they stand in a file. */
export function certificatesOf(file: string): readonly Uint8Array[] {
  return parseCertificates(readFileSync(file)).map(({ der }) => der);
}

/** A signature with one of the keys above, as a key elsewhere would make it. */
export function signWith(
  provider: CryptoProvider,
  { key }: Loaded,
  scheme: SignatureSchemeName,
  content: Uint8Array,
): Uint8Array {
  const sign = provider.signers[SIGNATURE_SCHEMES[scheme].signature];
  if (sign === undefined) throw new Error(`nothing signs ${scheme}`);
  return sign(key.key, content, provider.random);
}

/** DER names, in hex with commas between. */
export function namesOf(list: string): readonly Uint8Array[] {
  return list === "<NULL>" || list === "<EMPTY>" || list === ""
    ? []
    : list.split(",").map(fromHex);
}
