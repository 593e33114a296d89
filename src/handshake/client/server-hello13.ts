/** A client's way from the ServerHello to the handshake keys of TLS 1.3. */
import type { Secret } from "../../bytes.ts";
import type { GroupName } from "../../crypto/provider.ts";
import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import type { CipherSuite13 } from "../cipher-suites.ts";
import { checkSolicited } from "../extensions/table.ts";
import { groupOf } from "../groups.ts";
import { type HandshakeIo, protectionKeys } from "../io.ts";
import { earlySecret } from "../key-schedule13.ts";
import { invalidShareIsAnAlert } from "../key-exchange.ts";
import { logSecrets } from "../key-log.ts";
import type { ServerHello } from "../messages/server-hello.ts";
import type { ChosenPsk } from "../psk.ts";
import { echFlowOf } from "./ech-flow.ts";
import { clientHandshakeKeys } from "./handshake-keys.ts";
import type {
  HandshakeSecrets,
  WaitEncryptedExtensions,
  WaitServerHello,
} from "./states.ts";
import { clientTurnsOf } from "./turns.ts";

/** The ServerHello decides; from here on it is TLS 1.3 and encrypted. */
export function handshakeKeys(
  sent: WaitServerHello,
  message: ServerHello,
  suite: CipherSuite13,
  io: HandshakeIo,
): WaitEncryptedExtensions {
  const hash = sent.config.provider.hashes[suite.hash];
  const flow = echFlowOf(sent.config);
  const state = flow?.judgeServerHello(sent, message, hash) ?? sent;
  const { config, serverName, hello, ech } = state;
  checkSolicited(message.extensionTypes, hello.types);
  // RFC 8446 4.1.4: the suite of the HelloRetryRequest stays.
  if (state.retrySuite !== undefined && state.retrySuite.code !== suite.code)
    throw new TlsError(reason.hello_changed_after_retry);
  const { group, shared, psk } = agree(state, message, suite);
  const transcript = state.transcript.begin(hash).add(message.raw);
  const handshake = earlySecret(hash, psk?.psk.key).handshakeSecret(shared);
  shared?.wipe();
  const digest = transcript.digest();
  const secrets: HandshakeSecrets = {
    handshake,
    client: handshake.clientHandshakeTraffic(digest),
    server: handshake.serverHandshakeTraffic(digest),
  };
  logSecrets(config, hello.random, {
    CLIENT_HANDSHAKE_TRAFFIC_SECRET: secrets.client,
    SERVER_HANDSHAKE_TRAFFIC_SECRET: secrets.server,
  });
  const helloRetried = state.retrySuite !== undefined;
  // RFC 8446 D.4: once, before the first encrypted flight.
  if (config.compatibilityMode && !helloRetried && !state.early)
    io.sendChangeCipherSpec();
  io.setWarningAlerts("fatal");
  io.setReadKeys(
    protectionKeys({
      provider: config.provider,
      suite,
      secret: secrets.server,
      epoch: "handshake",
      recordsPerKey: config.limits.recordsPerKey,
    }),
  );
  // RFC 8446 4.2.10: early data goes on until EncryptedExtensions refuse it,
  // and is refused already where its PSK, the first one, was not chosen.
  const early = psk?.index === 0 ? state.early : undefined;
  const refused = state.early !== undefined && early === undefined;
  if (refused) io.endWritingEarlyData();
  if (early === undefined)
    io.setWriteKeys(clientHandshakeKeys({ config, suite, secrets }));
  return {
    machine: "client13",
    at: "WAIT_EE",
    config,
    serverName,
    ech,
    suite,
    group,
    psk,
    early,
    earlyData: refused || state.earlyRejected ? "rejected" : "none",
    offered: hello.types,
    clientRandom: hello.random,
    helloRetried,
    transcript,
    secrets,
  };
}

interface Agreement {
  readonly group: GroupName | undefined;
  readonly shared: Secret | undefined;
  readonly psk: ChosenPsk | undefined;
}

function agree(
  { config, hello }: WaitServerHello,
  { extensions }: ServerHello,
  suite: CipherSuite13,
): Agreement {
  const { pre_shared_key: index, key_share: entry } = extensions;
  const psk =
    index === undefined
      ? undefined
      : clientTurnsOf(config).sessions?.acceptedPsk(
          hello.psks,
          index,
          suite.hash,
        );
  // RFC 8446 4.2.9: how the PSK is used was this side's to say.
  const mode = entry === undefined ? "psk_ke" : "psk_dhe_ke";
  if (psk !== undefined && !config.pskModes.includes(mode))
    throw new TlsError(
      entry === undefined ? reason.missing_extension : reason.illegal_parameter,
      { detail: "key_share" },
    );
  if (entry === undefined) {
    if (psk === undefined)
      throw new TlsError(reason.missing_extension, { detail: "key_share" });
    return { group: undefined, shared: undefined, psk };
  }
  // After a HelloRetryRequest the one share asked for is the only one.
  const offered = hello.keyPairs.find(
    ({ group }) => group === groupOf(entry.group),
  );
  if (offered === undefined || !config.groups.includes(offered.group))
    throw new TlsError(reason.wrong_group_returned);
  const shared = invalidShareIsAnAlert(() =>
    offered.pair.decapsulate(entry.share),
  );
  return { group: offered.group, shared, psk };
}
