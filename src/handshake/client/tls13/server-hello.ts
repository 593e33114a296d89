/** A client's way from the ServerHello to the handshake keys of TLS 1.3. */
import type { Secret } from "../../../bytes.ts";
import type { GroupName } from "../../../crypto/provider.ts";
import { TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import type { CipherSuite13 } from "../../registries/cipher-suites.ts";
import { checkSolicited } from "../../extensions/table.ts";
import { groupOf } from "../../registries/groups.ts";
import type { HandshakeIo } from "../../machine/io.ts";
import { invalidShareIsAnAlert } from "../../keys/bad-key-share.ts";
import type { ServerHello } from "../../messages/server-hello.ts";
import type { ChosenPsk } from "../../sessions/psk.ts";
import { handshakeKeys, handshakeSecrets } from "../../tls13/secrets.ts";
import type { WaitEncryptedExtensions, WaitServerHello } from "../states.ts";
import { clientHooksOf, echHooksOf } from "../hooks.ts";

/** The ServerHello decides; from here on it is TLS 1.3 and encrypted. */
export function onServerHello13(
  sent: WaitServerHello,
  message: ServerHello,
  suite: CipherSuite13,
  io: HandshakeIo,
): WaitEncryptedExtensions {
  const hash = sent.config.provider.hashes[suite.hash];
  const hooks = echHooksOf(sent.config);
  const state = hooks?.checkServerHello(sent, message, hash) ?? sent;
  const { config, serverName, hello, ech } = state;
  checkSolicited(message.extensionTypes, hello.types);
  // [9846-4.2.4-10]
  // RFC 9846 4.2.4: the suite of the HelloRetryRequest stays.
  if (state.retrySuite !== undefined && state.retrySuite.code !== suite.code)
    throw new TlsError(reason.hello_changed_after_retry);
  const { group, shared, psk } = agree(state, message, suite);
  const transcript = state.transcript.begin(hash).add(message.raw);
  const secrets = handshakeSecrets(
    config,
    { psk: psk?.psk.key, shared },
    hello.random,
    transcript,
  );
  const helloRetried = state.retrySuite !== undefined;
  // RFC 9846 E.4: once, before the first encrypted flight.
  if (config.compatibilityMode && !helloRetried && !state.early)
    io.sendChangeCipherSpec();
  io.setWarningAlerts("fatal");
  io.setReadKeys(handshakeKeys({ config, suite }, secrets.server));
  // RFC 9846 4.3.10: early data goes on until EncryptedExtensions refuse it,
  // and is refused already where its PSK, the first one, was not chosen.
  const early = psk?.index === 0 ? state.early : undefined;
  const refused = state.early !== undefined && early === undefined;
  if (refused) io.endWritingEarlyData();
  // [9846-A.1-01]
  if (early === undefined)
    io.setWriteKeys(handshakeKeys({ config, suite }, secrets.client));
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
      : clientHooksOf(config).sessions?.acceptedPsk(
          hello.psks,
          index,
          suite.hash,
        );
  // RFC 9846 4.3.9, 4.3.11: how the PSK is used was this side's to say.
  const mode = entry === undefined ? "psk_ke" : "psk_dhe_ke";
  // [9846-4.3.11-11c] [9846-4.3.11-12b]
  if (psk !== undefined && !config.pskModes.includes(mode))
    throw new TlsError(reason.illegal_parameter, {
      detail: `key_share: the server uses the PSK by ${mode}, which was not offered`,
    });
  // RFC 8773 5.1
  if (
    config.certificateWithPsk &&
    (psk === undefined || extensions.tls_cert_with_extern_psk === undefined)
  )
    throw new TlsError(reason.certificate_with_psk_missing, {
      detail: `the server goes by ${psk === undefined ? "a certificate" : "the key"} alone`,
    });
  if (entry === undefined) {
    if (psk === undefined)
      throw new TlsError(reason.missing_extension, { detail: "key_share" });
    return { group: undefined, shared: undefined, psk };
  }
  // After a HelloRetryRequest the one share asked for is the only one.
  const offered = hello.keyPairs.find(
    ({ group }) => group === groupOf(entry.group),
  );
  // [9846-4.3.8-17] [9846-4.3.8-18]
  if (offered === undefined || !config.groups.includes(offered.group))
    throw new TlsError(reason.wrong_group_returned);
  const shared = invalidShareIsAnAlert(() =>
    offered.pair.decapsulate(entry.share),
  );
  return { group: offered.group, shared, psk };
}
