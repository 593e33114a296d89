/** OCSP responses about one's own certificate, by RFC 5019 over HTTP. */
import { found } from "../options.ts";
import { type IncomingMessage, request } from "node:http";
import { concat, isByteArray } from "../bytes.ts";
import { noble } from "../crypto/noble/index.ts";
import { algorithmIdentifier, sequence, tlv } from "../crypto/node/der.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { TlsUsageError } from "../errors.ts";
import { Certificate } from "../x509/certificates/certificate.ts";
import { parseOcspResponse } from "../x509/certificates/ocsp.ts";
import { checkOcspResponse } from "../x509/checks/ocsp-check.ts";
import * as OID from "../x509/der/oids.ts";
import { encodeBase64, parsePem } from "../x509/keys/pem.ts";
import { Budget, DEFAULT_BUDGETS } from "../x509/path/budget.ts";
import { SignatureChecker } from "../x509/path/signatures.ts";

/** Options of {@link fetchOcspResponse}. */
export interface FetchOcspOptions {
  /** The chain in PEM: the leaf and its issuer first. */
  readonly chain: string;
  /** The responder, `http:`. Default: that of the leaf's authorityInfoAccess. */
  readonly url?: string;
  /** Milliseconds for the whole exchange. Default 10,000. */
  readonly timeout?: number;
  /** Verifies the response. Default: noble. */
  readonly provider?: CryptoProvider;
}

/** A response that was verified, and says that the certificate is good. */
export interface OcspStaple {
  /** DER, the caller's: for `ocspResponse` of `loadCertChain()`. */
  readonly response: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  /** Milliseconds since the epoch; undefined where the responder names none. */
  readonly nextUpdate: number | undefined;
}

/** The longest response, in bytes: with the certificate of a responder in it. */
const MAX_RESPONSE = 65_536;
/** RFC 5019 5: the longest address, in bytes, that caches take a GET of. */
const MAX_GET = 255;
const TIMEOUT = 10_000;

/**
 * Asks the responder of a certificate's authority about it (RFC 5019: by GET,
 * which caches answer, without a nonce), and verifies the answer.
 *
 * @throws X509Error for a chain that cannot be read, and for a response that is
 *   not about it, not valid now, not signed by its authority, or that does not say
 *   "good" (`certificate_revoked`)
 * @throws TlsUsageError for a chain without an issuer or a responder
 * @throws Error for an exchange that fails, is too long or takes too long
 *
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 * import type { SSLContext } from "puretls";
 * import { fetchOcspResponse } from "puretls/node";
 *
 * async function staple(context: SSLContext, file: string): Promise<void> {
 *   const chain = readFileSync(file, "utf8");
 *   const { response } = await fetchOcspResponse({ chain });
 *   context.loadCertChain({ cert: chain, ocspResponse: response });
 * }
 * if (typeof staple !== "function") throw new Error();
 * ```
 */
export async function fetchOcspResponse(
  options: FetchOcspOptions,
): Promise<OcspStaple> {
  const { provider = noble, timeout = TIMEOUT } = options;
  const parties = partiesOf(options.chain);
  const url = new URL(options.url ?? responderOf(parties.leaf));
  if (url.protocol !== "http:")
    throw new TlsUsageError(
      `url: ${url.protocol} of ${url.host}; an address of http: is allowed`,
    );
  const asked = ocspRequest(parties, provider);
  const response = await exchange(url, asked, timeout);
  return checkedStaple(response, parties, provider);
}

export interface Parties {
  readonly leaf: Certificate;
  readonly issuer: Certificate;
}

export function partiesOf(chain: string): Parties {
  const [leaf, issuer] = parsePem(chain)
    .filter(({ label }) => label === "CERTIFICATE")
    .map(({ der }) => Certificate.parse(der));
  if (leaf === undefined || issuer === undefined)
    throw new TlsUsageError(
      "chain: fewer than two certificates; the leaf and its issuer are allowed",
    );
  return { leaf, issuer };
}

function responderOf(leaf: Certificate): string {
  for (const { accessMethod, accessLocation } of leaf.authorityInfoAccess ?? [])
    if (
      accessMethod === OID.ocsp &&
      accessLocation.type === "uniformResourceIdentifier" &&
      accessLocation.value.startsWith("http:")
    )
      return accessLocation.value;
  throw new TlsUsageError(
    "url: the certificate names no responder of http:; give its address",
  );
}

/** @throws X509Error for what proves nothing, or not that it is good */
export function checkedStaple(
  response: Uint8Array,
  { leaf, issuer }: Parties,
  provider: CryptoProvider,
): OcspStaple {
  const parsed = parseOcspResponse(response);
  checkOcspResponse(parsed, leaf, issuer, {
    provider,
    now: provider.now(),
    signatures: new SignatureChecker(provider, 0),
    budget: new Budget(DEFAULT_BUDGETS),
  });
  const [single] = parsed.responses;
  if (single === undefined || parsed.responses.length > 1)
    throw new TlsUsageError("an OCSP response about more than one certificate");
  const { thisUpdate, nextUpdate } = single;
  return { response, thisUpdate, nextUpdate };
}

/** DER of SHA-1's object identifier. */
const SHA1 = Uint8Array.of(0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a);

/** RFC 5019 2.1.1: one CertID by SHA-1, and no extensions. */
function ocspRequest(
  { leaf, issuer }: Parties,
  { hashes }: CryptoProvider,
): Uint8Array {
  const { hash } = hashes["SHA-1"];
  const certId = sequence(
    algorithmIdentifier(SHA1, tlv(0x05)),
    tlv(0x04, hash(leaf.issuer.der)),
    tlv(0x04, hash(issuer.subjectPublicKeyInfo.publicKeyBytes)),
    tlv(0x02, leaf.serialNumber),
  );
  return sequence(sequence(sequence(sequence(certId))));
}

function exchange(
  url: URL,
  asked: Uint8Array,
  timeout: number,
): Promise<Uint8Array> {
  const slash = url.pathname.endsWith("/") ? "" : "/";
  const path = `${url.pathname}${slash}${encodeURIComponent(encodeBase64(asked))}`;
  const isGet = url.origin.length + path.length <= MAX_GET;
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: url.hostname.replace(/^\[|\]$/g, ""),
        port: url.port === "" ? 80 : Number(url.port),
        method: isGet ? "GET" : "POST",
        path: isGet ? path : url.pathname + url.search,
        headers: isGet ? {} : { "content-type": "application/ocsp-request" },
        agent: false,
      },
      (answer) => {
        bodyOf(answer).then(resolve, reject);
      },
    );
    const timer = setTimeout(() => {
      call.destroy(new Error(`OCSP: no answer in ${timeout.toString()} ms`));
    }, timeout);
    call.once("error", reject);
    // Without a listener Node ends the request on 101, and says nothing.
    call.once("upgrade", (_answer, socket) => {
      socket.destroy();
      reject(new Error("OCSP: the responder answers with status 101"));
    });
    call.once("close", () => {
      clearTimeout(timer);
    });
    call.end(isGet ? undefined : asked);
  });
}

/** @throws Error for another status, or for more than a response may have */
async function bodyOf(answer: IncomingMessage): Promise<Uint8Array> {
  const { statusCode = 0, headers } = answer;
  const type = headers["content-type"] ?? "";
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    if (statusCode !== 200)
      throw new Error(`OCSP: status ${statusCode.toString()} of the responder`);
    if (!/^application\/ocsp-response\b/i.test(type))
      throw new Error(`OCSP: ${found(type)} is no OCSP response`);
    for await (const piece of answer) {
      const chunk: unknown = piece;
      if (!isByteArray(chunk)) continue;
      length += chunk.length;
      if (length > MAX_RESPONSE)
        throw new Error(`OCSP: more than ${MAX_RESPONSE.toString()} bytes`);
      chunks.push(chunk);
    }
  } finally {
    answer.destroy();
  }
  return concat(...chunks);
}
