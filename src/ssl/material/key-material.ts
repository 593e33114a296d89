/** Certificates and keys of this side, as a program hands them in. */
import { RAISE_NEED } from "../../promises.ts";
import {
  type BytesLike,
  equal,
  isArrayBuffer,
  utf8Bytes,
  viewBytes,
} from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import {
  type Credential,
  createCredential,
  createRawPublicKeyCredential,
  keyMismatch,
} from "../../handshake/credentials/credential.ts";
import { given } from "../../handshake/config/session-options.ts";
import type { SignatureSchemeName } from "../../handshake/registries/signature-schemes.ts";
import type { Certificate } from "../../x509/certificates/certificate.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import { parseOcspResponse } from "../../x509/certificates/ocsp.ts";
import { checkOwnChain } from "../../x509/path/own-chain.ts";
import type { SecurityLevel } from "../../x509/path/security-level.ts";
import { keyMatchesCertificate } from "../../x509/certificates/key-match.ts";
import {
  type ParsedPrivateKey,
  parsePrivateKey,
} from "../../x509/keys/private-key.ts";
import { parseCertificates } from "../../x509/trust/trust-store.ts";
import { SSLError } from "../errors/errors.ts";
import { inPythonsWords } from "../errors/state-errors.ts";
import {
  isJsonWebKey,
  type JsonWebKeyLike,
  privateKeyOfJwk,
} from "./json-web-key.ts";
import { type Platform, readFile } from "../platform/platform.ts";
import {
  hasPfx,
  type LoadedPfx,
  loadPfx,
  loadPfxAsync,
  looksLikePfx,
} from "./pfx.ts";
import {
  kindOf,
  type Names,
  requireNames,
  withoutNulls,
} from "../names/arguments.ts";
import { type Encoded, PEM_LIB, reading } from "./reading.ts";

/**
 * A key that is somewhere else: in an HSM, a key service, in WebCrypto. It may
 * answer at once or with a promise.
 */
export interface OpaqueKey {
  /** Signs `content` (not its hash) by a TLS signature scheme. */
  sign(
    scheme: SignatureSchemeName,
    content: Uint8Array,
  ): Uint8Array | Promise<Uint8Array>;
}

/** A password, or what to call for one if the key is encrypted. */
export type Password = string | BytesLike | (() => string | BytesLike);

/** As {@link Password}, but what is called may answer later. */
export type AsyncPassword =
  string | BytesLike | (() => string | BytesLike | Promise<string | BytesLike>);

/** Sources of a chain and its key: contents or paths. */
export interface CertChainSource {
  /**
   * A PKCS#12 file with the chain, the key and nothing beside it, read by the
   * platform: that of `puretls/node`, or `{ pkcs12 }` of `puretls/x509`. Its first
   * key that has a certificate is taken.
   */
  readonly pfx?: BytesLike;
  readonly pfxFile?: string;
  /** PEM text or DER: the leaf, then its issuers; perhaps the key too. */
  readonly cert?: Encoded;
  /** The key: PEM, DER, a JWK, or one that is elsewhere. Default: in `cert`. */
  readonly key?: Encoded | OpaqueKey | JsonWebKeyLike;
  readonly certFile?: string;
  /** Default: in `certFile`. */
  readonly keyFile?: string;
  readonly password?: Password;
  /**
   * An OCSP response about the leaf for peers that ask, DER (RFC 6066 8). Load
   * the chain again with the next one before this one is out of date.
   */
  readonly ocspResponse?: BytesLike;
  /** SignedCertificateTimestamps for peers that ask (RFC 6962 3.3). */
  readonly scts?: readonly BytesLike[];
}

/** The names of {@link CertChainSource}. */
export const CERT_CHAIN_OPTIONS: Names<CertChainSource> = {
  pfx: true,
  pfxFile: true,
  cert: true,
  key: true,
  certFile: true,
  keyFile: true,
  password: true,
  ocspResponse: true,
  scts: true,
};

/** A bare key to show, and its private key: contents or a path. */
export interface RawPublicKeySource extends Pick<
  CertChainSource,
  "key" | "keyFile" | "password"
> {
  /** DER of a SubjectPublicKeyInfo (RFC 7250). */
  readonly publicKey: BytesLike;
}

const RAW_PUBLIC_KEY_OPTIONS: Names<RawPublicKeySource> = {
  publicKey: true,
  key: true,
  keyFile: true,
  password: true,
};

/** The credential that a context presents, and its signer. */
export interface LoadedCredential {
  readonly credential: Credential;
  readonly signer: OpaqueKey | undefined;
}

/** The longest password that OpenSSL takes, in bytes. */
const MAX_PASSWORD = 1024;

/**
 * Reads a chain and its key and sees that they belong together.
 *
 * @param securityLevel OpenSSL's, for the keys and signatures of the chain
 * @throws TypeError without a certificate
 * @throws SSLError NO_START_LINE, EE_KEY_TOO_SMALL, CA_KEY_TOO_SMALL,
 *   CA_MD_TOO_WEAK, KEY_VALUES_MISMATCH, BAD_DECRYPT and so on
 */
export function loadCredential(
  provider: CryptoProvider,
  options: CertChainSource,
  platform: Platform,
  securityLevel: SecurityLevel,
  fromFile?: LoadedPfx,
): LoadedCredential {
  requireNames("loadCertChain", options, CERT_CHAIN_OPTIONS);
  const source = withoutNulls(options);
  requirePassword(source.password);
  const pfx = fromFile ?? pfxOf(provider, source, platform);
  const read = (path: string): Uint8Array => readFile(platform, path);
  const cert = contentOf("cert", source.cert, source.certFile, read);
  const name = pfx?.name ?? cert?.name;
  if (name === undefined)
    throw new TypeError(
      "loadCertChain: cert, certFile, pfx or pfxFile is needed",
    );
  if (cert !== undefined) refusePfx(cert, source.cert === undefined);
  const chain =
    pfx?.chain ??
    reading(name, () => parseCertificates(cert?.content ?? ""), PEM_LIB);
  // As OpenSSL: before the key is read.
  reading(name, () => {
    checkOwnChain(chain, securityLevel);
  });
  const stapled = {
    provider,
    securityLevel,
    chain: chain.map((certificate) => certificate.der),
    ...given("ocspResponse", stapledResponse(source, chain)),
    ...given("scts", source.scts?.map(timestamp)),
  };
  if (source.key !== undefined && isOpaqueKey(source.key))
    return {
      credential: createCredential({ ...stapled, key: RAISE_NEED }),
      signer: source.key,
    };
  const key = isJsonWebKey(source.key)
    ? { content: source.key, name: "key" }
    : (contentOf("key", source.key, source.keyFile, read) ?? cert);
  if (key !== undefined && key !== cert)
    refusePfx(key, source.key === undefined);
  const parsed =
    key === undefined ? pfx?.key : parsedKey(key, source.password, provider);
  if (parsed === undefined) throw new TypeError("loadCertChain: no key");
  const [leaf] = chain;
  if (leaf !== undefined && !matches(provider, parsed, leaf, name))
    throw new SSLError(
      keyMismatch(provider, parsed, chain, {
        key: key?.name ?? name,
        chain: name,
      }),
      mismatchReason(parsed, leaf),
    );
  return {
    credential: createCredential({ ...stapled, key: parsed }),
    signer: undefined,
  };
}

/** @throws SSLError for a PKCS#12 file, which has an option of its own */
function refusePfx(
  { content, name }: { readonly content: unknown; readonly name: string },
  isFile: boolean,
): void {
  if (!isBytesLike(content) || !looksLikePfx(viewBytes(content))) return;
  const option = isFile ? "pfxFile" : "pfx";
  throw new SSLError(
    `${name}: this is a PKCS#12 file: give it as ${option}, with its password`,
    { library: "PEM", reason: "NO_START_LINE", text: PEM_LIB },
  );
}

/** The contents of `pfx`, where there is one. */
function pfxOf(
  provider: CryptoProvider,
  source: CertChainSource,
  platform: Platform,
): LoadedPfx | undefined {
  if (!hasPfx(source)) return undefined;
  requirePfxAlone(source);
  const password = (): Uint8Array => passwordBytes(source.password ?? "");
  return loadPfx(source, { provider, platform, password });
}

/**
 * Reads `pfx` without blocking for long, with a password that is there.
 *
 * @throws as {@link loadCredential}
 */
export function pfxOfAsync(
  provider: CryptoProvider,
  source: Omit<CertChainSource, "password">,
  platform: Platform,
  password: string | BytesLike,
): Promise<LoadedPfx> {
  requireNames<object>("loadCertChain", source, CERT_CHAIN_OPTIONS);
  requirePfxAlone(source);
  const bytes = passwordBytes(password);
  return loadPfxAsync(source, { provider, platform, password: () => bytes });
}

/** @throws TypeError for a key or certificates beside the file that has both */
function requirePfxAlone(source: CertChainSource): void {
  for (const name of ["cert", "certFile", "key", "keyFile"] as const)
    if (source[name] !== undefined)
      throw new TypeError(
        `loadCertChain: ${name} cannot be combined with ${source.pfx === undefined ? "pfxFile" : "pfx"}, which has certificates and key`,
      );
}

/** OpenSSL has a place for each kind of key, which is empty for another kind. */
function mismatchReason(
  key: ParsedPrivateKey,
  { subjectPublicKeyInfo }: Certificate,
): { readonly library: string; readonly reason: string } {
  return key.algorithm === subjectPublicKeyInfo.algorithm
    ? { library: "X509", reason: "KEY_VALUES_MISMATCH" }
    : { library: "SSL", reason: "NO_CERTIFICATE_ASSIGNED" };
}

/**
 * Reads a bare key and its private key.
 *
 * @throws TypeError without a key
 * @throws SSLError NO_START_LINE, KEY_VALUES_MISMATCH, BAD_DECRYPT and so on
 */
export function loadRawPublicKey(
  provider: CryptoProvider,
  source: RawPublicKeySource,
  platform: Platform,
): LoadedCredential {
  requireNames("loadRawPublicKey", source, RAW_PUBLIC_KEY_OPTIONS);
  const { key: own, publicKey: publicKeyInfo } = source;
  if (own !== undefined && isOpaqueKey(own))
    return {
      credential: reading("publicKey", () =>
        createRawPublicKeyCredential({
          provider,
          publicKeyInfo,
          key: RAISE_NEED,
        }),
      ),
      signer: own,
    };
  const read = (path: string): Uint8Array => readFile(platform, path);
  const content = isJsonWebKey(own)
    ? { content: own, name: "key" }
    : contentOf("key", own, source.keyFile, read);
  if (content === undefined)
    throw new TypeError("loadRawPublicKey: key or keyFile is needed");
  const key = parsedKey(content, source.password, provider);
  const credential = inPythonsWords(
    () =>
      reading("publicKey", () =>
        createRawPublicKeyCredential({ provider, publicKeyInfo, key }),
      ),
    (error) =>
      new SSLError(error.message, {
        library: "X509",
        reason: "KEY_VALUES_MISMATCH",
        cause: error,
      }),
  );
  return { credential, signer: undefined };
}

/** The response, once it is known to be one about this leaf. */
function stapledResponse(
  { ocspResponse }: CertChainSource,
  [leaf]: readonly Certificate[],
): BytesLike | undefined {
  if (ocspResponse === undefined || leaf === undefined) return undefined;
  const { responses } = reading("ocspResponse", () =>
    parseOcspResponse(ocspResponse),
  );
  if (
    !responses.some(({ serialNumber }) =>
      equal(serialNumber, leaf.serialNumber),
    )
  )
    throw new SSLError("ocspResponse: it is about another certificate", {
      library: "OCSP",
      reason: "CERTIFICATE_VERIFY_ERROR",
    });
  return ocspResponse;
}

/** RFC 6962 3.3: "opaque SerializedSCT<1..2^16-1>". */
function timestamp(sct: BytesLike): Uint8Array {
  const bytes = viewBytes(sct, "scts");
  if (bytes.length === 0) throw new RangeError("scts: one is empty");
  return bytes;
}

function parsedKey(
  { content, name }: { content: Encoded | JsonWebKeyLike; name: string },
  password: Password | undefined,
  provider: CryptoProvider,
): ParsedPrivateKey {
  return isJsonWebKey(content)
    ? privateKeyOfJwk(content)
    : loadKey({ name, content }, password, provider);
}

interface Content {
  readonly content: Encoded;
  /** Of the option or the file, for messages. */
  readonly name: string;
}

function contentOf(
  option: string,
  content: Encoded | undefined,
  path: string | undefined,
  read: (path: string) => Uint8Array,
): Content | undefined {
  if (content !== undefined) return { content, name: option };
  if (path === undefined) return undefined;
  return { content: read(path), name: path };
}

function loadKey(
  { content, name }: Content,
  password: Password | undefined,
  { keyDecryption }: CryptoProvider,
): ParsedPrivateKey {
  const options =
    keyDecryption === undefined ? {} : { decryption: keyDecryption };
  try {
    return parsePrivateKey(content, options);
  } catch (error) {
    const isEncrypted =
      error instanceof X509Error && error.code === "password_required";
    if (!isEncrypted || password === undefined)
      return reading(
        name,
        () => {
          throw error;
        },
        PEM_LIB,
      );
  }
  const secret = passwordBytes(password);
  return reading(
    name,
    () => parsePrivateKey(content, { ...options, password: secret }),
    PEM_LIB,
  );
}

/** As Python: before anything is read, and for a key that needs none too. */
function requirePassword(password: unknown): void {
  if (!PASSWORDS.has(typeof password) && !isBytesLike(password))
    throw new TypeError(noPassword(password));
}

const PASSWORDS = new Set(["undefined", "string", "function"]);
const noPassword = (given: unknown): string =>
  `password should be a string or callable, or bytes, not ${kindOf(given)}`;

function passwordBytes(password: Password): Uint8Array {
  const given: unknown = typeof password === "function" ? password() : password;
  const bytes =
    typeof given === "string"
      ? utf8Bytes(given)
      : isBytesLike(given)
        ? viewBytes(given)
        : undefined;
  if (bytes === undefined)
    throw new TypeError(
      typeof password === "function"
        ? `password callback must return a string or bytes, not ${kindOf(given)}`
        : noPassword(given),
    );
  if (bytes.length > MAX_PASSWORD)
    throw new RangeError(
      `password cannot be longer than ${MAX_PASSWORD.toString()} bytes: ${bytes.length.toString()}`,
    );
  return bytes;
}

function isBytesLike(value: unknown): value is BytesLike {
  return ArrayBuffer.isView(value) || isArrayBuffer(value);
}

/** Tells whether a key is one that only signs. */
export function isOpaqueKey(
  key: Encoded | OpaqueKey | JsonWebKeyLike,
): key is OpaqueKey {
  return (
    typeof key === "object" && "sign" in key && typeof key.sign === "function"
  );
}

function matches(
  provider: CryptoProvider,
  key: ParsedPrivateKey,
  leaf: Certificate,
  name: string,
): boolean {
  return reading(name, () => keyMatchesCertificate(provider, key, leaf));
}
