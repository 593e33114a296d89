import { shownBy } from "../authentication.ts";
import type { ConnectionInfo } from "../io.ts";
import { byPsk } from "../psk.ts";
import type { WaitFinished } from "./states.ts";

/** What a client tells its program; its own certificate is sent later. */
export function connectionInfo(state: WaitFinished): ConnectionInfo {
  const { peer } = state;
  return {
    ...("psk" in peer
      ? byPsk(peer.psk.psk)
      : {
          resumed: false,
          pskIdentity: undefined,
          peerSignatureScheme: peer.signature.scheme,
          ...shownBy(peer),
        }),
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
