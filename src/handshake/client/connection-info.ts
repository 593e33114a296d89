import type { ConnectionInfo } from "../io.ts";
import type { WaitFinished } from "./states.ts";

/** What a client tells its program; its own certificate is sent later. */
export function connectionInfo(state: WaitFinished): ConnectionInfo {
  return {
    version: "TLSv1.3",
    cipherSuite: state.suite,
    group: state.group,
    peerSignatureScheme: state.peer.signature.scheme,
    peer: state.peer.chain,
    credential: undefined,
    alpnProtocol: state.alpnProtocol,
    serverName: state.serverName,
    helloRetried: state.helloRetried,
    encryptedClientHello: state.ech?.status === "accepted",
    clientHello: undefined,
  };
}
