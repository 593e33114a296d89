/** A certificate authority: issues, signs requests, revokes. */
import { type Bytes, toHex, unshared } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { Certificate } from "../x509/certificates/certificate.ts";
import * as OID from "../x509/der/oids.ts";
import { Budget, DEFAULT_BUDGETS } from "../x509/path/budget.ts";
import { SignatureChecker } from "../x509/path/signatures.ts";
import type { SubjectPublicKeyInfo } from "../x509/keys/public-key.ts";
import { parseSubjectPublicKeyInfo } from "../x509/keys/public-key.ts";
import type {
  IssuedCertificate,
  Issuer,
  SignedCertificate,
  ValidityOptions,
} from "./certificate.ts";
import {
  signCertificate,
  signedCertificate,
  validityOf,
} from "./certificate.ts";
import type { CrlOptions, CrlReason, Revocation, SignedCrl } from "./crl.ts";
import { signCrl } from "./crl.ts";
import type { Publications } from "./der/extensions.ts";
import {
  authorityKeyIdentifier,
  keyIdentifier,
  mergeExtensions,
  publicationExtensions,
  subjectKeyIdentifier,
} from "./der/extensions.ts";
import type { KeyType, PkiKey } from "./keys/keys.ts";
import { keyFor } from "./keys/keys.ts";
import type { NameInput } from "./der/names.ts";
import type { OcspOptions } from "./ocsp.ts";
import { signOcspResponse } from "./ocsp.ts";
import type {
  AuthorityOptions,
  CertificateOptions,
  ClientNames,
  ClientOptions,
  IssueOptions,
  Profile,
  ServerNames,
  ServerOptions,
} from "./profiles.ts";
import {
  authorityProfile,
  clientProfile,
  responderProfile,
  serverProfile,
} from "./profiles.ts";
import { CertificateRequest } from "./request.ts";
import type { IssuingSignature } from "./keys/signatures.ts";

/** Parts of an {@link Authority}. */
export interface AuthorityParts {
  readonly provider: CryptoProvider;
  readonly key: PkiKey;
  readonly certificate: Certificate;
  /** DER of the CAs above, without the root. */
  readonly above: readonly Uint8Array[];
  readonly publishes: Publications;
  readonly signature: IssuingSignature | undefined;
}

/** Options for signing a request: whose certificate, and what it may say. */
export type SignRequestOptions = CertificateOptions &
  (
    | ({ readonly purpose?: "server" } & Partial<ServerNames>)
    | ({ readonly purpose: "client" } & Partial<ClientNames>)
  );

/**
 * A CA with its key. Issues, revokes, and tells what it revoked. See
 * {@link createCertificateAuthority} for an example.
 */
export class Authority {
  /** The CA's own certificate. */
  readonly issued: IssuedCertificate;
  readonly #parts: AuthorityParts;
  readonly #issuer: Issuer;
  readonly #keyIdentifier: Uint8Array;
  readonly #revoked = new Map<string, Revocation>();
  #crlNumber = 0;

  /** For `createCertificateAuthority` and `loadCertificateAuthority`. */
  constructor(parts: AuthorityParts) {
    const { provider, key, certificate, above, signature } = parts;
    this.#parts = parts;
    this.issued = { ...signedCertificate(certificate, above), key };
    this.#issuer = { provider, key, signature, name: certificate.subject.der };
    this.#keyIdentifier =
      certificate.subjectKeyIdentifier ?? keyIdentifier(provider, key.bytes());
  }

  /** The CA's own certificate in PEM: what its users trust. */
  get pem(): string {
    return this.issued.pem;
  }

  get der(): Bytes {
    return unshared(this.issued.der);
  }

  get certificate(): Certificate {
    return this.issued.certificate;
  }

  get key(): PkiKey {
    return this.issued.key;
  }

  /** For TLS servers; 90 days unless said. */
  issueServer(options: ServerOptions): IssuedCertificate {
    const key = this.#keyFor(options.key);
    const profile = serverProfile(options, options, key.algorithm);
    return { ...this.#sign(profile, options, infoOf(key)), key };
  }

  /** For TLS clients; a year unless said. */
  issueClient(options: ClientOptions): IssuedCertificate {
    const key = this.#keyFor(options.key);
    const profile = clientProfile(options, options);
    return { ...this.#sign(profile, options, infoOf(key)), key };
  }

  /** A CA below this one. */
  issueIntermediate(options: AuthorityOptions): Authority {
    const { provider } = this.#parts;
    const key = this.#keyFor(options.key);
    const profile = authorityProfile(options);
    const { certificate } = this.#sign(profile, options, infoOf(key));
    return new Authority({
      publishes: options.publishes ?? {},
      signature: options.signature,
      provider,
      key,
      certificate,
      above: this.#chainBelow(),
    });
  }

  /** A responder that may sign {@link createOcspResponse} in the CA's stead. */
  issueOcspResponder(
    options: IssueOptions & { readonly name: NameInput },
  ): IssuedCertificate {
    const key = this.#keyFor(options.key);
    const profile = responderProfile(options.name, options);
    return { ...this.#sign(profile, options, infoOf(key)), key };
  }

  /**
   * Certifies the key of a request (PEM or DER, or one read already), whose
   * signature is checked. Names that the options do not give are taken from
   * the request: look at them first.
   *
   * @throws X509Error when the request is malformed or not signed by its key
   * @throws TypeError when no host is left for a server
   */
  signRequest(
    request: CertificateRequest | string | Uint8Array,
    options: SignRequestOptions = {},
  ): SignedCertificate {
    const csr =
      request instanceof CertificateRequest
        ? request
        : CertificateRequest.parse(this.#parts.provider, request);
    const asked = csr.names;
    const info = csr.publicKeyInfo;
    let profile: Profile;
    let given: NameInput | undefined;
    if (options.purpose === "client") {
      given = options.name;
      profile = clientProfile({ ...asked, name: {}, ...options }, options);
    } else {
      given = options.subject;
      profile = serverProfile(
        { ...asked, ...options },
        options,
        info.algorithm,
      );
    }
    const subject =
      given === undefined && !csr.subject.isEmpty
        ? csr.subject.der
        : profile.subject;
    return this.#sign({ ...profile, subject }, options, info);
  }

  /**
   * Issues a certificate of this authority anew: with the same subject, the same
   * extensions and the same key, a new serial number, and as many days from now.
   * Timestamps of certificate transparency (RFC 6962 3.3) are of the old one and
   * left out.
   *
   * @param options.key a key in place of the old one
   * @returns the certificate; DER and chain belong to the caller
   * @throws X509Error `signature_failure` (or another fault of the signature)
   *   for a certificate that this authority did not sign
   * @throws TypeError when it would end before it begins
   *
   * @example
   * ```ts
   * import { noble as provider } from "puretls/crypto/noble";
   * import { createCertificateAuthority } from "puretls/pki";
   *
   * const authority = createCertificateAuthority({ provider, name: "My CA" });
   * const old = authority.issueServer({ hosts: ["a.example"], days: 90 });
   * const renewed = authority.renew(old.certificate, { days: 30 });
   * if (renewed.certificate.subject.isEmpty) throw new Error();
   * ```
   */
  renew(
    certificate: SignedCertificate | Certificate,
    options: ValidityOptions & { readonly key?: PkiKey } = {},
  ): SignedCertificate {
    const old = asCertificate(certificate);
    const { provider } = this.#parts;
    const own = this.certificate.subjectPublicKeyInfo;
    new SignatureChecker(provider, 0).check(
      old,
      own,
      new Budget(DEFAULT_BUDGETS),
    );
    const { key, ...validity } = options;
    const info = key === undefined ? old.subjectPublicKeyInfo : infoOf(key);
    const profile: Profile = {
      subject: old.subject.der,
      usualDays: (old.notAfter - old.notBefore) / DAY,
      extensions: old.extensions.filter(({ oid }) => !OF_ONE.has(oid)),
    };
    return this.#sign(profile, validity, info);
  }

  /**
   * Puts a certificate on the list of the revoked. Revoking twice replaces
   * the reason and the time.
   *
   * @param options.at milliseconds since the epoch; now unless given
   */
  revoke(
    certificate: SignedCertificate | Certificate,
    options: { readonly reason?: CrlReason; readonly at?: number } = {},
  ): void {
    const { serialNumber } = asCertificate(certificate);
    this.#revoked.set(toHex(serialNumber), {
      serialNumber: serialNumber.slice(),
      at: options.at ?? this.#parts.provider.now(),
      reason: options.reason,
    });
  }

  /** A CRL of all that was revoked, valid for a week unless said. */
  createCrl(options: CrlOptions = {}): SignedCrl {
    const now = this.#parts.provider.now();
    // RFC 5280 5.2.3: monotonic, after a restart of the CA too.
    this.#crlNumber = Math.max(this.#crlNumber + 1, Math.floor(now / 1000));
    return signCrl(this.#issuer, [...this.#revoked.values()], {
      thisUpdate: now,
      number: this.#crlNumber,
      ...options,
      keyIdentifier: this.#keyIdentifier,
    });
  }

  /**
   * DER of an OCSP response (RFC 6960) on one certificate of this CA: its
   * status by the list of the revoked unless the options say another.
   */
  createOcspResponse(
    certificate: SignedCertificate | Certificate,
    options: OcspOptions = {},
  ): Bytes {
    const { serialNumber } = asCertificate(certificate);
    const revocation = this.#revoked.get(toHex(serialNumber));
    const answered = { serialNumber, revocation };
    return unshared(signOcspResponse(this.#issuer, answered, options));
  }

  #keyFor(key: PkiKey | KeyType | undefined): PkiKey {
    return keyFor(this.#parts.provider, key);
  }

  #sign(
    profile: Profile,
    options: CertificateOptions,
    info: SubjectPublicKeyInfo,
  ): SignedCertificate {
    const { provider, certificate, publishes } = this.#parts;
    const usual = [
      ...profile.extensions,
      subjectKeyIdentifier(keyIdentifier(provider, info.publicKeyBytes)),
      authorityKeyIdentifier(this.#keyIdentifier),
      ...publicationExtensions(publishes),
    ];
    const signed = signCertificate(this.#issuer, {
      ...validityOf(provider.now(), profile.usualDays, options, certificate),
      subject: profile.subject,
      publicKeyInfo: info.der,
      serialNumber: options.serialNumber,
      extensions: mergeExtensions(usual, options.extensions),
    });
    return signedCertificate(signed, this.#chainBelow());
  }

  /** The CAs that a chain from here needs; a root is known to who trusts it. */
  #chainBelow(): readonly Uint8Array[] {
    return this.certificate.isSelfIssued ? [] : this.issued.chain;
  }
}

const DAY = 86_400_000;

/** Extensions that belong to one certificate, or that its issuer makes anew. */
const OF_ONE: ReadonlySet<string> = new Set([
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  OID.signedCertificateTimestamps,
]);

function infoOf(key: PkiKey): SubjectPublicKeyInfo {
  return parseSubjectPublicKeyInfo(key.publicKeyInfo());
}

function asCertificate(
  certificate: SignedCertificate | Certificate,
): Certificate {
  return certificate instanceof Certificate
    ? certificate
    : certificate.certificate;
}
