/** This side's certificates and keys, as Node's options give them. */
import { node as provider } from "../../crypto/node.ts";
import { SSLError } from "../../ssl/errors/errors.ts";
import type { SSLContext } from "../../ssl/ssl-context.ts";
import { parsePkcs12 } from "../../x509/pkcs12/pkcs12.ts";
import { parseCertificates } from "../../x509/trust/trust-store.ts";
import { utf8Bytes, utf8Text, latin1 } from "../../bytes.ts";
import {
  type Content,
  listOf,
  requireContent,
  requireText,
  viewOf,
} from "../base/checks.ts";
import type { SecureContextOptions } from "./context-options.ts";

interface OwnKey {
  readonly content: string | Uint8Array;
  readonly password: string | undefined;
}

/**
 * Loads the certificates and keys of the options: each chain with the key that
 * belongs to it.
 *
 * @returns DER of the chains, leaf first
 * @throws TypeError ERR_INVALID_ARG_TYPE, and SSLError of what cannot be read
 */
export function loadOwnCertificates(
  context: SSLContext,
  options: SecureContextOptions,
  ocspResponse?: Uint8Array,
): (readonly Uint8Array[])[] {
  const { cert, key, pfx, passphrase } = options;
  const keys = key ? listOf(key).map((one) => keyOf(one, passphrase)) : [];
  const certs = (cert ? listOf(cert) : []).map((one) => {
    requireContent("options.cert", one);
    return contentOf(one);
  });
  const chains = certs.map((one) =>
    loadChain(context, one, keys, ocspResponse),
  );
  if (pfx !== undefined && pfx !== null)
    for (const one of listOf(pfx))
      chains.push(loadPfx(context, one, passphrase));
  return chains;
}

function contentOf(content: Content): string | Uint8Array {
  return typeof content === "string" ? content : viewOf(content);
}

/** A key of the list: its contents, or an object with them and a passphrase. */
function keyOf(given: unknown, passphrase: unknown): OwnKey {
  const pem = memberOf(given, "pem") ?? given;
  const password = memberOf(given, "passphrase") ?? passphrase;
  requireContent("options.key", pem);
  return { content: contentOf(pem), password: passwordOf(password) };
}

function passwordOf(password: unknown): string | undefined {
  if (password === undefined || password === null) return undefined;
  requireText("options.passphrase", password);
  return password;
}

/** Takes the key of the chain's kind: Node's lists are in no order. */
function loadChain(
  context: SSLContext,
  cert: string | Uint8Array,
  keys: readonly OwnKey[],
  ocspResponse: Uint8Array | undefined,
): readonly Uint8Array[] {
  const chain = parsed(context, cert, keys);
  for (const { content, password } of keys)
    try {
      context.loadCertChain({
        cert,
        key: content,
        ...(password !== undefined && { password }),
        ...(ocspResponse !== undefined && { ocspResponse }),
      });
      return chain;
    } catch (error) {
      if (!isOfAnotherKind(error)) throw error;
    }
  return chain;
}

/** A chain without a key is nothing that a connection could present. */
function parsed(
  context: SSLContext,
  cert: string | Uint8Array,
  keys: readonly OwnKey[],
): readonly Uint8Array[] {
  try {
    return parseCertificates(
      typeof cert === "string" ? cert : latin1(cert),
    ).map(({ der }) => der);
  } catch (cause) {
    // The reader of chains knows the words for what is wrong.
    context.loadCertChain({ cert, key: keys[0]?.content ?? cert });
    throw cause;
  }
}

/** OpenSSL has a place for each kind of key, and compares within it alone. */
function isOfAnotherKind(error: unknown): boolean {
  return (
    error instanceof SSLError && error.reason === "NO_CERTIFICATE_ASSIGNED"
  );
}

/** Node trusts the other certificates of the file, too. */
function loadPfx(
  context: SSLContext,
  given: unknown,
  passphrase: unknown,
): readonly Uint8Array[] {
  const data = memberOf(given, "buf") ?? given;
  const secret = memberOf(given, "passphrase") || passphrase;
  requireContent("options.pfx", data);
  const pfx = typeof data === "string" ? utf8Bytes(data) : viewOf(data);
  const password = pfxPassword(secret);
  context.loadCertChain({ pfx, password });
  const { entries, certificates } = parsePkcs12(pfx, { provider, password });
  const chain = entries.find((entry) => entry.chain.length > 0)?.chain ?? [];
  const [leaf] = chain;
  for (const certificate of certificates)
    if (certificate !== leaf)
      context.loadVerifyLocations({ ca: certificate.der });
  return chain.map(({ der }) => der);
}

function pfxPassword(secret: unknown): string {
  if (secret === undefined || secret === null) return "";
  if (ArrayBuffer.isView(secret)) {
    const bytes = viewOf(secret);
    return utf8Text(bytes) ?? latin1(bytes);
  }
  requireText("options.passphrase", secret);
  return secret;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" &&
    value !== null &&
    !ArrayBuffer.isView(value)
    ? Reflect.get(value, name)
    : undefined;
}
