/** The peer of TLS 1.2, and the facts about it: the same for both roles. */
import { unshared } from "../../bytes.ts";
import type { AuthenticatedPeer } from "../authentication/authenticated-peer.ts";
import type { Anonymous } from "../config/client-authentication.ts";
import { type PeerProof, shown } from "../credentials/peer-identity.ts";
import type { ConnectionInfo } from "../machine/io.ts";
import type { ResumedPeer } from "../sessions/session.ts";
import type { HeldPsk } from "./key-exchange.ts";

/** The server's authentication. */
export type ServerPeer12 =
  | { readonly by: "certificate"; readonly peer: AuthenticatedPeer }
  | { readonly by: "psk"; readonly held: HeldPsk }
  | { readonly by: "session"; readonly resumed: ResumedPeer };

/** The client's authentication, or that it need not be authenticated. */
export type ClientPeer12 =
  ServerPeer12 | { readonly by: "nothing"; readonly anonymous: Anonymous };

/** Returns the verifier's proof of the peer. */
export function proofOf(peer: ClientPeer12): PeerProof | undefined {
  if (peer.by === "certificate") return peer.peer.chain;
  return peer.by === "session" ? peer.resumed.chain : undefined;
}

/** Returns the facts about the peer for the program. */
export function peerFacts(
  peer: ClientPeer12,
): Pick<
  ConnectionInfo,
  "pskIdentity" | "peerSignatureScheme" | "peer" | "peerRawPublicKey"
> {
  return {
    pskIdentity: peer.by === "psk" ? unshared(peer.held.identity) : undefined,
    peerSignatureScheme:
      peer.by === "certificate" ? peer.peer.possession.scheme : undefined,
    ...shown(proofOf(peer)),
  };
}
