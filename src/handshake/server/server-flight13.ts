/** ServerHello … Certificate: the first half of a server's flight. */
import type { Secret } from "../../bytes.ts";
import type { GroupName } from "../../crypto/provider.ts";
import { TlsError, TlsUsageError } from "../../errors.ts";
import { ProtocolVersion } from "../../wire/code-points.ts";
import { chooseCredential } from "../authentication.ts";
import type { CipherSuite13 } from "../cipher-suites.ts";
import type { ServerConfig } from "../config.ts";
import type { Credential } from "../credential.ts";
import { send, sendCertificate, signingNeed } from "../flight.ts";
import type { EchOpened } from "../ech.ts";
import { GROUPS } from "../groups.ts";
import { type HandshakeIo, protectionKeys } from "../io.ts";
import { invalidShareIsAnAlert } from "../key-exchange.ts";
import { logSecrets } from "../key-log.ts";
import { earlySecret } from "../key-schedule13.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import { encodeEncryptedExtensions } from "../messages/encrypted-extensions.ts";
import { encodeServerHello } from "../messages/server-hello.ts";
import { chooseAlpn, sendsChangeCipherSpec } from "../negotiate.ts";
import { checkRecordSizeLimit } from "../record-size-limit.ts";
import type { PendingTranscript, Transcript } from "../transcript.ts";
import { retryConfigs } from "./ech.ts";
import { certificateRequest } from "./certificate-request.ts";
import type { WaitSigner } from "./states.ts";

/** What was negotiated. */
export interface Negotiated {
  readonly config: ServerConfig;
  readonly hello: ClientHello;
  readonly suite: CipherSuite13;
  readonly group: GroupName;
  readonly share: Uint8Array;
  readonly helloRetried: boolean;
  readonly ech: EchOpened | undefined;
  readonly credentials: readonly Credential[];
  /** Up to the ClientHello. */
  readonly transcript: PendingTranscript;
}

/** Sends all that a server can say before it has signed. */
export function serverFlight(
  negotiated: Negotiated,
  io: HandshakeIo,
): WaitSigner {
  const { config, hello, suite, group, helloRetried } = negotiated;
  const chosen = chooseCredential(
    negotiated.credentials,
    config,
    "TLSv1.3",
    hello.extensions.signature_algorithms ?? [],
    hello.extensions.certificate_authorities,
  );
  if (chosen === undefined) throw new TlsError("no_shared_signature_scheme");
  const alpnProtocol = chooseAlpn(config, hello);
  const { shared, transcript: afterHello } = sendServerHello(negotiated, io);
  const secrets = handshakeSecrets(negotiated, afterHello, shared, io);
  const sent = sendExtensions(negotiated, alpnProtocol, afterHello, io);
  const transcript = sendCertificate(
    io,
    sent,
    chosen,
    hello.extensions,
    config,
  );
  return {
    machine: "server13",
    at: "WAIT_SIGNER",
    config,
    suite,
    group,
    hello,
    helloRetried,
    encryptedClientHello: negotiated.ech !== undefined,
    alpnProtocol,
    transcript,
    need: signingNeed("server", transcript, chosen),
    chosen,
    ...secrets,
  };
}

function sendServerHello(
  { config, hello, suite, group, share, ...rest }: Negotiated,
  io: HandshakeIo,
): { readonly shared: Secret; readonly transcript: Transcript } {
  const { provider } = config;
  const exchange = provider.groups[group];
  if (exchange === undefined)
    throw new TlsUsageError(`the provider has no group ${group}`);
  const random = provider.random(32);
  const { share: answer, secret } = invalidShareIsAnAlert(() =>
    exchange.encapsulate(share, provider.random),
  );
  const encoded = encodeServerHello(
    {
      legacyVersion: ProtocolVersion["TLSv1.2"],
      random,
      legacySessionIdEcho: hello.legacySessionId,
      cipherSuite: suite.code,
      extensions: {
        key_share: { group: GROUPS[group], share: answer },
        supported_versions: ProtocolVersion["TLSv1.3"],
      },
    },
    config.shapes.server_hello,
  );
  const hash = provider.hashes[suite.hash];
  const before = rest.transcript.begin(hash);
  const message = rest.ech?.confirm(encoded, before) ?? encoded;
  io.send(message);
  // RFC 8446 D.4: after its first message.
  if (!rest.helloRetried && sendsChangeCipherSpec(config, hello))
    io.sendChangeCipherSpec();
  if (hello.extensions.early_data) io.skipEarlyData();
  return { shared: secret, transcript: before.add(message) };
}

function handshakeSecrets(
  { config, hello, suite }: Negotiated,
  transcript: Transcript,
  shared: Secret,
  io: HandshakeIo,
): Pick<WaitSigner, "handshake" | "clientHandshake" | "serverHandshake"> {
  const { provider } = config;
  const handshake = earlySecret(transcript.hash).handshakeSecret(shared);
  shared.wipe();
  const digest = transcript.digest();
  const clientHandshake = handshake.clientHandshakeTraffic(digest);
  const serverHandshake = handshake.serverHandshakeTraffic(digest);
  logSecrets(config, hello.random, {
    CLIENT_HANDSHAKE_TRAFFIC_SECRET: clientHandshake,
    SERVER_HANDSHAKE_TRAFFIC_SECRET: serverHandshake,
  });
  const { recordsPerKey } = config.limits;
  const keys = { provider, suite, epoch: "handshake", recordsPerKey } as const;
  io.setReadKeys(protectionKeys({ ...keys, secret: clientHandshake }));
  io.setWriteKeys(protectionKeys({ ...keys, secret: serverHandshake }));
  return { handshake, clientHandshake, serverHandshake };
}

/** EncryptedExtensions, and the CertificateRequest where one is wanted. */
function sendExtensions(
  { config, hello, ech }: Negotiated,
  alpnProtocol: string | undefined,
  transcript: Transcript,
  io: HandshakeIo,
): Transcript {
  const theirs = hello.extensions.record_size_limit;
  if (theirs !== undefined) checkRecordSizeLimit(theirs);
  // RFC 8449 4: who has the extension answers with a limit of its own.
  const ours =
    theirs === undefined ? undefined : (config.recordSizeLimit ?? 2 ** 14 + 1);
  const configs = retryConfigs(config, hello, ech);
  const message = encodeEncryptedExtensions(
    {
      // RFC 6066 3: an empty server_name says that the name was used.
      ...(hello.extensions.server_name !== undefined && { server_name: true }),
      ...(alpnProtocol !== undefined && {
        application_layer_protocol_negotiation: [alpnProtocol],
      }),
      ...(ours !== undefined && { record_size_limit: ours }),
      ...(configs && { encrypted_client_hello: configs }),
    },
    config.shapes.encrypted_extensions,
  );
  // RFC 8449 4: what the client said holds for the very next record.
  io.setRecordLimits({ read: ours, write: theirs });
  const afterExtensions = send(io, transcript, message);
  if (config.clientAuthentication === "none") return afterExtensions;
  return send(io, afterExtensions, certificateRequest(config));
}
