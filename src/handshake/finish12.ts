/** What ends a handshake of TLS 1.2, the same for both roles: RFC 5246 7.4.9. */
import type { VerifiedFinished } from "./authentication.ts";
import type { CipherSuite12 } from "./cipher-suites.ts";
import type { ClientConfig, ServerConfig } from "./config.ts";
import type { Connected12 } from "./connected12.ts";
import type { ConnectionInfo, HandshakeIo } from "./io.ts";
import type { MasterSecret12, Randoms } from "./key-schedule12.ts";
import { encodeFinished } from "./messages/finished.ts";
import type { DirectionKeys } from "./protection12.ts";
import type { Session12 } from "./session.ts";
import type { Transcript12 } from "./transcript.ts";

/** A side that has the master secret. */
interface Keyed {
  readonly config: ClientConfig | ServerConfig;
  readonly suite: CipherSuite12;
  readonly randoms: Randoms;
  readonly master: MasterSecret12;
  readonly keys: DirectionKeys;
  readonly transcript: Transcript12;
}

/** ChangeCipherSpec, and under the new keys the Finished. */
export function sendFinished12<S extends Keyed>(
  state: S,
  role: "client" | "server",
  io: HandshakeIo,
): S & { readonly ownFinished: Uint8Array } {
  const { master, keys, transcript } = state;
  io.sendChangeCipherSpec();
  io.setWriteKeys(keys[role]);
  const digest = transcript.digest();
  const ownFinished =
    role === "client"
      ? master.clientFinished(digest)
      : master.serverFinished(digest);
  const message = encodeFinished(ownFinished);
  io.send(message);
  return { ...state, ownFinished, transcript: transcript.add(message) };
}

/** What only one of the roles knows, or knows under another name. */
type RoleFacts = Pick<
  ConnectionInfo,
  | "group"
  | "pskIdentity"
  | "peerSignatureScheme"
  | "peer"
  | "credential"
  | "alpnProtocol"
  | "serverName"
  | "clientHello"
  | "serverEndPoint"
>;

export interface Ending12 {
  readonly finished: VerifiedFinished;
  readonly resumed: boolean;
  readonly extendedMasterSecret: boolean;
  /** RFC 5929 3.1: verify_data of the handshake's first Finished, whose ever. */
  readonly tlsUnique: Uint8Array;
}

/** Tells that the handshake is done; answers what the connection keeps of it. */
export function connected12<C extends ClientConfig | ServerConfig>(
  { config, suite, randoms, master }: Keyed & { readonly config: C },
  ending: Ending12,
  facts: RoleFacts,
  io: HandshakeIo,
): Connected12 & { readonly config: C } {
  const { finished, resumed, extendedMasterSecret, tlsUnique } = ending;
  // RFC 7627 5.4: after a resumption without it, it binds nothing.
  const binds = !resumed || extendedMasterSecret;
  const info: ConnectionInfo = {
    version: "TLSv1.2",
    cipherSuite: suite,
    resumed,
    earlyData: "none",
    helloRetried: false,
    ...facts,
    ...(binds && { tlsUnique }),
  };
  io.emit({ type: "handshake_done", info });
  return {
    config,
    info,
    suite,
    randoms,
    master,
    tlsUnique,
    renegotiations: 0,
    finished,
  };
}

/** What a session has beside what {@link session12} fills in. */
type SessionRest = Omit<
  Session12,
  "version" | "cipherSuite" | "masterSecret" | "createdAt" | "authenticatedAt"
> & { readonly authenticatedAt: number | undefined };

/** What this connection leaves to go on from; authenticated now, or earlier. */
export function session12(
  { config, suite, master }: Pick<Keyed, "config" | "suite" | "master">,
  rest: SessionRest,
): Session12 {
  const now = config.provider.now();
  return {
    ...rest,
    version: "TLSv1.2",
    cipherSuite: suite,
    masterSecret: master.session(),
    createdAt: now,
    authenticatedAt: rest.authenticatedAt ?? now,
  };
}
