/**
 * Client authentication as one value of a server's config: whether a client is
 * asked for a certificate, when, whether it must present one, and who verifies
 * it. Handlers ask the functions below and never look at the value's fields.
 */
import type { RAISE_NEED } from "../../promises.ts";
import { TlsError, TlsUsageError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type { CertificateVerifier } from "../../x509/verifier.ts";
import type { Extensions } from "../extensions/spec.ts";
import type { TlsProtocolVersion } from "../registries/cipher-suites.ts";
import type { ServerOptions } from "./options.ts";

/** A request cannot be written without its verifier, nor "later" without `required`. */
export type ClientAuthentication =
  | { readonly ask: "never" }
  | {
      /**
       * "afterHandshake" is for TLS 1.3 (RFC 9846 4.7.2): the server asks when
       * its program says so. TLS 1.2 has no such request, and asks in the
       * handshake, as OpenSSL does.
       */
      readonly ask: "inHandshake" | "afterHandshake";
      /** True: a client without a certificate is refused when asked. */
      readonly required: boolean;
      readonly verifier: CertificateVerifier | typeof RAISE_NEED;
    };

/** When a client has, or has not, presented a certificate. */
export type Phase = "inHandshake" | "afterHandshake";

/** @throws TlsUsageError for a request without a verifier, or none to make later */
export function clientAuthenticationOf(
  options: Pick<
    ServerOptions,
    "clientAuthentication" | "postHandshakeAuth" | "verifier"
  >,
): ClientAuthentication {
  const { clientAuthentication: mode = "none", verifier } = options;
  const later = options.postHandshakeAuth ?? false;
  if (mode === "none") {
    if (later)
      throw new TlsUsageError(
        'postHandshakeAuth: needs clientAuthentication "optional" or "required", not "none"',
      );
    return NEVER;
  }
  if (verifier === undefined)
    throw new TlsUsageError(
      `verifier: clientAuthentication "${mode}" needs one to verify the certificates`,
    );
  return Object.freeze({
    ask: later ? "afterHandshake" : "inHandshake",
    required: mode === "required",
    verifier,
  });
}

const NEVER: ClientAuthentication = /* @__PURE__ */ Object.freeze({
  ask: "never",
});

/**
 * Tells whether a client of that version is sent a CertificateRequest in the
 * handshake.
 */
export function asksInHandshake(
  policy: ClientAuthentication,
  version: TlsProtocolVersion,
): boolean {
  return (
    policy.ask === "inHandshake" ||
    (policy.ask === "afterHandshake" && version === "TLSv1.2")
  );
}

/**
 * Tells whether a client may be asked after the handshake of TLS 1.3, if it
 * offers that.
 */
export function asksLater(policy: ClientAuthentication): boolean {
  return policy.ask !== "never";
}

/** When a client that says this is asked for a certificate. */
export function asksOf(
  policy: ClientAuthentication,
  { extensions }: { readonly extensions: Extensions<"client_hello"> },
  version: TlsProtocolVersion,
): { readonly now: boolean; readonly later: boolean } {
  return {
    now: asksInHandshake(policy, version),
    later:
      version === "TLSv1.3" &&
      extensions.post_handshake_auth !== undefined &&
      asksLater(policy),
  };
}

/** Tells whether a client without a certificate is refused in that phase. */
export function requiresCertificate(
  policy: ClientAuthentication,
  version: TlsProtocolVersion,
  phase: Phase,
): boolean {
  if (policy.ask === "never" || !policy.required) return false;
  return phase === "afterHandshake" || asksInHandshake(policy, version);
}

/**
 * Proof that the policy of the config in force lets a client stay anonymous at
 * that point: nothing but the policy makes one.
 */
export class Anonymous {
  readonly #proof = true;

  private constructor() {
    void this.#proof;
  }

  /** @throws TlsError where the policy requires a certificate */
  static allowedBy(
    policy: ClientAuthentication,
    version: TlsProtocolVersion,
    phase: Phase = "inHandshake",
  ): Anonymous {
    // RFC 9846 6.2: certificate_required. RFC 5246 7.4.6: "a fatal
    // handshake_failure alert".
    if (requiresCertificate(policy, version, phase))
      throw new TlsError(
        version === "TLSv1.3"
          ? reason.peer_did_not_return_a_certificate
          : reason.client_sent_no_certificate,
      );
    return new Anonymous();
  }
}
