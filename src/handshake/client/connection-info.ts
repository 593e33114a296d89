import type { ConnectionInfo } from "../io.ts";
import type { WaitFinished } from "./states.ts";

/** What a client tells its program of the connection. */
export function connectionInfo(state: WaitFinished): ConnectionInfo {
  return {
    version: "TLSv1.3",
    cipherSuite: state.suite,
    group: state.group,
    peerSignatureScheme: state.peer.signature.scheme,
    peer: state.peer.chain,
    alpnProtocol: state.alpnProtocol,
    serverName: state.serverName,
    helloRetried: state.helloRetried,
    clientHello: undefined,
  };
}
