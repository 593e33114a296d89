/**
 * Checks whether an OCSP response can be relied on: RFC 6960 3.2 and 4.2.2.2.
 */
import { equal } from "../../bytes.ts";
import type { CryptoProvider, HashName } from "../../crypto/provider.ts";
import type { Budget } from "../path/budget.ts";
import type { Certificate } from "../certificates/certificate.ts";
import { validityAt } from "../certificates/validity.ts";
import { endsBudget } from "../path/budget.ts";
import { atDepth, X509Error } from "../faults/errors.ts";
import * as fault from "../faults/faults.ts";
import type { PathRules, PathCheck } from "../path/validate-path.ts";
import {
  type OcspResponse,
  parseOcspResponse,
  type SingleResponse,
} from "../certificates/ocsp.ts";
import * as OID from "../der/oids.ts";
import type { SignatureChecker } from "../path/signatures.ts";

/**
 * Stapled OCSP responses, RFC 6066 8 and RFC 7633. See {@link createVerifierOf}
 * for an example.
 */
export const stapledResponses: PathCheck = {
  name: "OCSP",
  understands: [OID.tlsFeature, OID.ocspNoCheck],
  whole(path, rules) {
    atDepth(0, () => {
      checkStapledResponse(path, rules);
    });
  },
};

function checkStapledResponse(
  [leaf, issuer]: readonly Certificate[],
  rules: PathRules,
): void {
  const { ocsp = "check", ocspResponse } = rules;
  // A trusted leaf has no issuer who could be asked.
  if (ocsp === "ignore" || leaf === undefined || issuer === undefined) return;
  if (ocspResponse !== undefined) {
    const response = parseOcspResponse(ocspResponse);
    checkOcspResponse(response, leaf, issuer, rules);
    return;
  }
  const promised =
    leaf.mustStaple && (ocsp === "mustStaple" || rules.ocspRequested);
  if (ocsp === "require" || promised)
    throw new X509Error(fault.ocsp_response_required);
}

/** Context of the check of an OCSP response. */
export interface OcspContext {
  readonly provider: CryptoProvider;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signatures: SignatureChecker;
  readonly budget: Budget;
}

/**
 * Validates a response about a certificate.
 *
 * @throws X509Error `certificate_revoked`, `ocsp_certificate_unknown`, or
 *   `ocsp_verify_failed` when the response proves nothing
 */
export function checkOcspResponse(
  response: OcspResponse,
  certificate: Certificate,
  issuer: Certificate,
  context: OcspContext,
): void {
  const isAbout = aboutTest(certificate, issuer, context.provider);
  const single = response.responses.find(isAbout);
  if (single === undefined)
    throw failed("the response is about another certificate");
  checkTimes(single, response, context.now);
  const signer = findSigner(response, issuer, context);
  relyOn(() => {
    context.signatures.check(
      response,
      signer.subjectPublicKeyInfo,
      context.budget,
    );
  });
  if (single.status === "revoked")
    throw new X509Error(fault.certificate_revoked);
  if (single.status === "unknown")
    throw new X509Error(fault.ocsp_certificate_unknown);
}

function failed(detail: string): X509Error {
  return new X509Error(fault.ocsp_verify_failed, detail);
}

const HASHES: Readonly<Partial<Record<string, HashName>>> = {
  [OID.sha1]: "SHA-1",
  [OID.sha256]: "SHA-256",
  [OID.sha384]: "SHA-384",
  [OID.sha512]: "SHA-512",
};

/**
 * RFC 6960 4.1.1: hashes of the issuer's name and key, and the serial. Each hash
 * is computed once, however many answers a response has.
 */
function aboutTest(
  certificate: Certificate,
  issuer: Certificate,
  { hashes }: CryptoProvider,
): (single: SingleResponse) => boolean {
  const known = new Map<HashName, readonly [Uint8Array, Uint8Array]>();
  const idsBy = (name: HashName): readonly [Uint8Array, Uint8Array] => {
    const { hash } = hashes[name];
    const ids = known.get(name) ?? [
      hash(certificate.issuer.der),
      hash(issuer.subjectPublicKeyInfo.publicKeyBytes),
    ];
    known.set(name, ids);
    return ids;
  };
  return (single) => {
    const name = HASHES[single.hashAlgorithm];
    if (name === undefined) return false;
    if (!equal(single.serialNumber, certificate.serialNumber)) return false;
    const [issuerName, issuerKey] = idsBy(name);
    return (
      equal(single.issuerNameHash, issuerName) &&
      equal(single.issuerKeyHash, issuerKey)
    );
  };
}

/** Clocks differ: a response made a moment ago is not from the future. */
const SKEW = 5 * 60 * 1000;
/** RFC 6960 4.2.2.1 lets nextUpdate out; such a response is good for a week. */
const WITHOUT_NEXT_UPDATE = 7 * 24 * 3600 * 1000;

function checkTimes(
  { thisUpdate, nextUpdate }: SingleResponse,
  { producedAt }: OcspResponse,
  now: number,
): void {
  if (thisUpdate > now + SKEW || producedAt > now + SKEW)
    throw failed("the response is from the future");
  const last = nextUpdate ?? thisUpdate + WITHOUT_NEXT_UPDATE;
  if (isOver({ thisUpdate, nextUpdate }, now) || last < thisUpdate)
    throw failed("the response is out of date");
}

/**
 * Tells whether a whole OCSP response (DER) has run out, also where clocks differ
 * by minutes.
 *
 * @throws X509Error for what is no response
 */
export function hasRunOut(der: Uint8Array, now: number): boolean {
  return parseOcspResponse(der).responses.every((one) => isOver(one, now));
}

function isOver(
  {
    thisUpdate,
    nextUpdate = thisUpdate + WITHOUT_NEXT_UPDATE,
  }: Pick<SingleResponse, "thisUpdate" | "nextUpdate">,
  now: number,
): boolean {
  return nextUpdate < now - SKEW;
}

/**
 * RFC 6960 4.2.2.2: the issuer itself, or a certificate that the issuer has
 * issued directly, with id-kp-OCSPSigning, and that is valid now.
 */
function findSigner(
  response: OcspResponse,
  issuer: Certificate,
  context: OcspContext,
): Certificate {
  if (isNamed(response, issuer, context.provider)) return issuer;
  const delegate = response.certificates.find((one) =>
    isNamed(response, one, context.provider),
  );
  if (delegate === undefined) throw failed("the responder is not known");
  if (delegate.extendedKeyUsage?.includes(OID.OCSPSigning) !== true)
    throw failed("the responder may not sign OCSP responses");
  if (delegate.keyUsage?.has("digitalSignature") === false)
    throw failed("the responder's key may not sign");
  if (validityAt(delegate, context.now) !== "within")
    throw failed("the responder's certificate is not valid now");
  if (
    !delegate.issuer.equals(issuer.subject) ||
    !delegate.namesOneSignatureAlgorithm
  )
    throw failed("the responder was not appointed by the issuer");
  relyOn(() => {
    context.signatures.check(
      delegate,
      issuer.subjectPublicKeyInfo,
      context.budget,
    );
  });
  return delegate;
}

function isNamed(
  { responderId }: OcspResponse,
  certificate: Certificate,
  provider: CryptoProvider,
): boolean {
  if (responderId.type === "byName")
    return responderId.name.equals(certificate.subject);
  const { publicKeyBytes } = certificate.subjectPublicKeyInfo;
  return equal(
    responderId.keyHash,
    provider.hashes["SHA-1"].hash(publicKeyBytes),
  );
}

/** Runs a check whose failure is one of the response, not of the chain. */
function relyOn(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof X509Error && !endsBudget(error))
      throw failed(error.message);
    throw error;
  }
}
