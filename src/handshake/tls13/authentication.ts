/**
 * The handlers of a peer's CertificateVerify and of the verifier's answer: the
 * same for both roles, in the handshake and after it (RFC 9846 4.5.2, 4.7.2).
 */
import type { PeerChain } from "../../x509/verifier.ts";
import {
  AuthenticatedPeer,
  verifyNeed,
} from "../authentication/authenticated-peer.ts";
import {
  verifyCertificateVerify,
  type VerifiedSignature,
} from "../authentication/signatures-and-finished.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import type { PeerKey } from "../credentials/delegation.ts";
import type { Transcript } from "../keys/transcript.ts";
import type { Answers, VerifyNeed } from "../machine/io.ts";
import type { CertificateVerify } from "../messages/certificate-verify.ts";

/** The state that follows each of the states. */
const NEXT = {
  WAIT_CV: "WAIT_VERIFIER",
  WAIT_VERIFIER: "WAIT_FINISHED",
  WAIT_POST_HANDSHAKE_CV: "WAIT_POST_HANDSHAKE_VERIFIER",
  WAIT_POST_HANDSHAKE_VERIFIER: "WAIT_POST_HANDSHAKE_FINISHED",
} as const;

function nextOf<At extends keyof typeof NEXT>(at: At): (typeof NEXT)[At] {
  return NEXT[at];
}

type Next<S extends { readonly at: keyof typeof NEXT }> = {
  readonly at: (typeof NEXT)[S["at"]];
};

/** The peer has presented a certificate or a bare key. */
interface Presented {
  readonly at: "WAIT_CV" | "WAIT_POST_HANDSHAKE_CV";
  readonly config: ClientConfig | ServerConfig;
  /** Of a client. */
  readonly serverName?: string | undefined;
  readonly peerChain: PeerChain;
  readonly peerKey: PeerKey;
  readonly transcript: Transcript;
}

/** The peer has the key of what it presented; a verifier is asked. */
interface Possessed {
  readonly at: "WAIT_VERIFIER" | "WAIT_POST_HANDSHAKE_VERIFIER";
  readonly need: VerifyNeed;
  readonly signature: VerifiedSignature;
}

/** Checks the signature first: a peer without the key is no verifier's work. */
export function onCertificateVerify<S extends Presented>(
  state: S,
  message: CertificateVerify,
): Omit<S, "at" | "peerChain" | "peerKey" | "transcript"> &
  Next<S> &
  Omit<Possessed, "at"> & { readonly transcript: Transcript } {
  const { at: _at, peerChain, peerKey, transcript, ...rest } = state;
  const { config, serverName } = state;
  const signature = verifyCertificateVerify({
    config,
    key: peerKey,
    signer: config.role === "client" ? "server" : "client",
    transcript,
    message,
  });
  return {
    at: nextOf<S["at"]>(state.at),
    need: verifyNeed(peerChain, { config, version: "TLSv1.3", serverName }),
    signature,
    transcript: transcript.add(message.raw),
    ...rest,
  };
}

/** Joins the verifier's proof and the signature's. */
export function onVerified<S extends Possessed>(
  state: S,
  { chain }: Answers["verified"],
): Omit<S, "at" | "need" | "signature"> &
  Next<S> & { readonly peer: AuthenticatedPeer } {
  const { at: _at, need, signature, ...rest } = state;
  const peer = AuthenticatedPeer.of(need, chain, signature);
  return { at: nextOf<S["at"]>(state.at), peer, ...rest };
}
