import type { ConnectionInfo } from "../io.ts";
import { type PeerProof, shown } from "../peer-proof.ts";
import { byPsk } from "../psk.ts";
import type { WaitFinished } from "./states.ts";

/** What a client tells its program; its own certificate is sent later. */
export function connectionInfo(
  state: WaitFinished,
  proof: PeerProof | undefined,
): ConnectionInfo {
  const { peer } = state;
  return {
    resumed: false,
    pskIdentity: undefined,
    peerSignatureScheme: "psk" in peer ? undefined : peer.signature.scheme,
    ...("psk" in peer && byPsk(peer.psk.psk).said),
    ...shown(proof),
    earlyData: state.earlyData,
    version: "TLSv1.3",
    cipherSuite: state.suite,
    group: state.group,
    credential: undefined,
    alpnProtocol: state.alpnProtocol,
    serverName: state.serverName,
    helloRetried: state.helloRetried,
    encryptedClientHello: state.ech?.status === "accepted",
    clientHello: undefined,
  };
}
