/** Certificates that are trusted where a program names none. */
import { env } from "node:process";
import { readFileSync } from "node:fs";
import { node as provider } from "../../crypto/node.ts";
import { nodePlatform, systemCertificates } from "../../net/node-platform.ts";
import { SSLContext } from "../../ssl/ssl-context.ts";
import { derCertToPemCert } from "../../ssl/functions.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import { parseCertificates } from "../../x509/trust/trust-store.ts";
import { latin1 } from "../../bytes.ts";
import { requireContent, requireText, viewOf } from "../base/checks.ts";
import { nodeError, wrongType, wrongValue } from "../base/errors.ts";
import { native } from "../base/native.ts";

/** A source of {@link getCACertificates}. */
export type CaCertificatesType = "default" | "bundled" | "system" | "extra";

/**
 * The authorities that come with Node, PEM. Node's `tls.rootCertificates`.
 *
 * @example
 * ```ts
 * import { rootCertificates } from "puretls/node-tls";
 *
 * if (rootCertificates.length < 100) throw new Error();
 * ```
 */
export const rootCertificates: readonly string[] = native.rootCertificates;

/** Those of {@link setDefaultCACertificates}. */
let chosen: readonly string[] | undefined;
let trusting: SSLContext | undefined;

/**
 * Returns authorities as PEM: those that connections without `ca` trust
 * ("default"), Node's own ("bundled"), the system's ("system"), and those of the
 * file of `NODE_EXTRA_CA_CERTS` ("extra"). Node's `tls.getCACertificates()`.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE for another type
 *
 * @example
 * ```ts
 * import { getCACertificates, rootCertificates } from "puretls/node-tls";
 *
 * const bundled = getCACertificates("bundled");
 * if (bundled.length !== rootCertificates.length) throw new Error();
 * ```
 */
export function getCACertificates(
  type: CaCertificatesType = "default",
): readonly string[] {
  requireText("type", type);
  if (type === "default" && chosen !== undefined) return chosen;
  if (!["default", "bundled", "system", "extra"].includes(type))
    throw wrongValue(
      "type",
      type,
      "default, bundled, system and extra are allowed",
    );
  const known: unknown = native.getCACertificates?.(type);
  return isTexts(known) ? known : collected(type);
}

/** For a Node that does not say by itself. */
function collected(type: CaCertificatesType): readonly string[] {
  switch (type) {
    case "bundled":
      return rootCertificates;
    case "system":
      return systemCertificates().flatMap((content) => pems(content));
    case "extra": {
      const file = env["NODE_EXTRA_CA_CERTS"] ?? "";
      return file === "" ? [] : pems(readFileSync(file));
    }
    case "default":
      return [...rootCertificates, ...collected("extra")];
  }
}

/**
 * Replaces the authorities that connections without `ca` trust from now on, those
 * of puretls alone. Node's `tls.setDefaultCACertificates()`.
 *
 * @param certs PEM
 * @throws TypeError ERR_INVALID_ARG_TYPE for what is no list of texts and bytes
 * @throws Error ERR_CRYPTO_OPERATION_FAILED for what is no certificate
 *
 * @example
 * ```ts
 * import { getCACertificates, setDefaultCACertificates } from "puretls/node-tls";
 *
 * const before = getCACertificates();
 * setDefaultCACertificates(before.slice(0, 10));
 * if (getCACertificates().length !== 10) throw new Error();
 * setDefaultCACertificates(before);
 * ```
 */
export function setDefaultCACertificates(
  certs: readonly (string | NodeJS.ArrayBufferView)[],
): void {
  if (!Array.isArray(certs)) throw wrongType("certs", certs, "a list");
  const contents = certs.map((one: unknown, index) => {
    requireContent(`certs[${String(index)}]`, one);
    return typeof one === "string" ? one : viewOf(one);
  });
  const found = contents.flatMap((one) => {
    try {
      return pems(one);
    } catch (error) {
      if (!(error instanceof X509Error)) throw error;
      if (error.code === "no_pem_block") return [];
      throw nodeError(
        "ERR_OSSL_PEM_ASN1_LIB",
        `setDefaultCACertificates: one of certs cannot be read: ${error.message}`,
        { cause: error },
      );
    }
  });
  if (found.length === 0 && contents.length > 0)
    throw nodeError(
      "ERR_CRYPTO_OPERATION_FAILED",
      "setDefaultCACertificates: No valid certificates found in the provided array certs: PEM is allowed",
    );
  chosen = Object.freeze([...new Set(found)]);
  trusting = undefined;
}

function pems(content: string | Uint8Array): string[] {
  const text = typeof content === "string" ? content : latin1(content);
  return parseCertificates(text).map(({ der }) => derCertToPemCert(der));
}

/** A context that trusts the default authorities, for others to be made of. */
export function trustingContext(): SSLContext {
  if (trusting !== undefined) return trusting;
  const context = emptyContext(() => [...getCACertificates("default")]);
  context.loadDefaultCerts();
  return (trusting = context);
}

/** A context of either role that trusts nobody. */
export function emptyContext(
  systemCertificates: () => string[] = () => [],
): SSLContext {
  return new SSLContext({
    protocol: "tls",
    provider,
    platform: {
      ...nodePlatform,
      systemCertificates,
      systemDirectories: () => [],
    },
    hostnameChecksCommonName: true,
    // Node: a peer that goes away without close_notify has ended.
    options: { ignoreUnexpectedEof: true },
  });
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
