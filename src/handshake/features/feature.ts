/**
 * A feature is a value, an optional part of the protocol: rows of extensions,
 * forms of messages, a kind of credential, and hooks for what needs messages or
 * states of its own. A config's protocol has those that the program named, so
 * that a bundle has no other.
 */
import type { AlertName, ErrorDetails } from "../../errors.ts";
import type { SubjectPublicKeyInfo } from "../../x509/keys/public-key.ts";
import type { PeerChain } from "../../x509/verifier.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import {
  type FeatureName,
  type FeatureSet,
  foreignConfig,
} from "../config/protocol.ts";
import type { Credential } from "../credentials/credential.ts";
import type { SigningKey } from "../credentials/delegation.ts";
import type { CertificateAsked, ExtensionSpec } from "../extensions/spec.ts";
import type { MessageForms } from "../machine/transitions.ts";
import type {
  Certificate13,
  CertificateEntry,
} from "../messages/certificate13.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { RawMessage } from "../messages/codec.ts";
import type { CertificateTypeName } from "../registries/certificate-types.ts";
import type { SignatureSchemeName } from "../registries/signature-schemes.ts";

/**
 * Hooks that handlers call where the feature is there. A role has more of them.
 */
export interface Hooks {
  /** Says what a client offered, where an alert of the server is about that. */
  readonly refused?: (
    config: ClientConfig,
    alert: AlertName | number | undefined,
  ) => ErrorDetails;
  /** RFC 6066 8, in TLS 1.2. */
  readonly stapling?: {
    /** A server's CertificateStatus, where one is wanted. */
    status12(
      credential: Credential,
      state: { readonly config: ServerConfig; readonly hello: ClientHello },
    ): Uint8Array | undefined;
    /**
     * Reads the DER of a CertificateStatus.
     *
     * @throws TlsError
     */
    response12(message: RawMessage): Uint8Array;
  };
}

/**
 * A kind of credential besides certificates whose keys sign: raw public keys
 * (RFC 7250), delegated credentials (RFC 9345). Undefined: it is another kind.
 * What throws, throws a TlsError.
 */
export interface CredentialKind {
  /** Reads what a Certificate of TLS 1.3 presents. */
  presented?(
    message: Certificate13,
    type: CertificateTypeName,
    config: ClientConfig | ServerConfig,
  ): PeerChain | undefined;
  /** Reads what a Certificate of TLS 1.2 presents. */
  presented12?(
    message: Pick<RawMessage, "body">,
    type: CertificateTypeName,
    config: ClientConfig | ServerConfig,
  ): PeerChain | undefined;
  /** The key that was presented by itself. */
  leafKey?(chain: PeerChain): SubjectPublicKeyInfo | undefined;
  /** The key that signs in place of the certificate's. */
  signingKey?(
    leaf: CertificateEntry,
    signer: "client" | "server",
    config: ClientConfig | ServerConfig,
  ): SigningKey | undefined;
  /** Says why none of a server's credentials fits, where it is for their kind. */
  unmatched?(credentials: readonly Credential[], hello: ClientHello): undefined;
  /**
   * Returns the scheme of an own credential, where the peer accepts its kind.
   */
  scheme?(
    credential: Credential,
    peer: {
      readonly schemes: readonly number[];
      readonly delegated: readonly number[];
      /** Milliseconds since the epoch. */
      readonly now: number;
    },
  ): SignatureSchemeName | undefined;
}

/** An optional part of the protocol; made by this library alone. */
export interface Feature<H extends Hooks = Hooks> {
  readonly name: FeatureName;
  readonly extensions?: readonly ExtensionSpec[];
  /** Messages that stand for others, of TLS 1.3. */
  readonly messages?: MessageForms;
  readonly credentials?: CredentialKind;
  readonly hooks?: Partial<H>;
}

/** The features of a protocol, with what they bring in one place. */
export class Features<H extends Hooks = Hooks> implements FeatureSet {
  readonly names: readonly FeatureName[];
  readonly extensions: readonly ExtensionSpec[];
  readonly messages: MessageForms;
  readonly credentials: readonly CredentialKind[];
  readonly hooks: Partial<H>;

  /** @param versions hooks of the versions that are spoken besides TLS 1.3 */
  constructor(features: readonly Feature<H>[], versions: Partial<H> = {}) {
    this.names = features.map(({ name }) => name);
    this.extensions = features.flatMap(({ extensions = [] }) => extensions);
    this.messages = joinParts(features.map(({ messages = {} }) => messages));
    this.credentials = features.flatMap(({ credentials = [] }) => credentials);
    const all = features.map(({ hooks = {} }) => hooks);
    this.hooks = joinParts([...all, versions]);
  }
}

/** All members of the parts in one object; of a name's values the last. */
export function joinParts<T extends object>(parts: readonly T[]): Partial<T> {
  const whole: Partial<T> = {};
  for (const part of parts) Object.assign(whole, part);
  return whole;
}

/**
 * The features of a config's protocol, as that role has them.
 *
 * @throws TlsUsageError for a config that was not made by this library
 */
export function featuresOf<F extends Features>(
  { protocol: { features } }: ClientConfig | ServerConfig,
  role: new (features: readonly Feature[]) => F,
): F {
  if (features instanceof role) return features;
  throw foreignConfig();
}

/** Undefined: the feature is not there. */
export function hooksOf(config: ClientConfig | ServerConfig): Hooks {
  return featuresOf(config, Features).hooks;
}

/** The first answer of the config's kinds of credentials. */
export function byKind<T>(
  config: ClientConfig | ServerConfig,
  ask: (kind: CredentialKind) => T | undefined,
): T | undefined {
  for (const kind of featuresOf(config, Features).credentials) {
    const answer = ask(kind);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** A Certificate message, or what stands for it where the peer accepts that. */
export function formOf(
  certificate: Uint8Array,
  config: ClientConfig | ServerConfig,
  asked: CertificateAsked,
): Uint8Array {
  let message = certificate;
  for (const form of Object.values(featuresOf(config, Features).messages))
    message = form.write?.(message, config, asked) ?? message;
  return message;
}
