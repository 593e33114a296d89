/**
 * Resumption and early data in TLS 1.3 (RFC 8446 2.2, 2.3): the first
 * connection leaves a session, the second goes on from it without certificates
 * and says something before the server has answered. Then two processes that
 * share their ticket keys, and a certificate that is shown afterwards.
 */
import {
  type ClientOptions,
  clientConfig,
  credential,
  MemoryStrikeRegister,
  type ServerOptions,
  serverConfig,
  type Session,
  sessionFromBytes,
  sessionToBytes,
  TicketKeys,
  TlsEngine,
} from "puretls/engine";
import { noble as provider } from "puretls/crypto/noble";
import { createCertificateAuthority } from "puretls/pki";
import { createVerifier, TrustStore } from "puretls/x509";

const authority = createCertificateAuthority({ provider, name: "Example CA" });
const verifier = createVerifier({
  provider,
  trustStore: TrustStore.of(authority.der),
});
const credentialOf = ({
  chain,
  key,
}: ReturnType<typeof authority.issueServer>) =>
  credential({
    provider,
    chain,
    key: { algorithm: "ecPublicKey", key: key.privateKey },
  });
const own = credentialOf(
  authority.issueServer({ hosts: ["a.example"], key: "ec-p256" }),
);

function connect(client: Partial<ClientOptions>, server: ServerOptions) {
  const here = TlsEngine.client(
    clientConfig({ provider, verifier, ...client }),
    "a.example",
  );
  const there = TlsEngine.server(serverConfig(server));
  if (here.earlyDataLeft > 0) here.writeEarlyData(Uint8Array.of(1, 2, 3));
  carry(here, there);
  return { here, there };
}

function carry(here: TlsEngine, there: TlsEngine): void {
  for (;;) {
    const [out, back] = [here.takeOutput(), there.takeOutput()];
    if (out.length + back.length === 0) return;
    there.receive(out);
    here.receive(back);
  }
}

function sessionOf(engine: TlsEngine): Session {
  for (let event; (event = engine.nextEvent()) !== undefined;)
    if (event.type === "session") return event.session;
  throw new Error("the server left no session");
}

const tickets = new TicketKeys({ provider });
const server: ServerOptions = {
  provider,
  credentials: [own],
  verifier,
  tickets,
  maxEarlyData: 1024,
  strikeRegister: new MemoryStrikeRegister({ provider }),
};

// A session goes through a file; keep it as you keep a private key.
const stored = sessionToBytes(sessionOf(connect({}, server).here));
const session = sessionFromBytes(stored);

const second = connect({ session, earlyData: true }, server);
if (!second.here.info?.resumed) throw new Error("not resumed");
if (second.here.info.earlyData !== "accepted") throw new Error("not taken");

// The same again: resumed, and the early data is not taken twice.
const third = connect({ session, earlyData: true }, server);
if (third.here.info?.earlyData !== "rejected") throw new Error("taken twice");

// Another process, with the keys of the first one.
const elsewhere = new TicketKeys({ provider, keys: tickets.export() });
const fourth = connect({ session }, { ...server, tickets: elsewhere });
if (!fourth.here.info?.resumed) throw new Error("no shared keys");

// RFC 8446 4.6.2: the server asks who it is when it has to know.
const { here, there } = connect(
  {
    session,
    postHandshakeAuthentication: true,
    credentials: [credentialOf(authority.issueClient({ name: "Ann" }))],
  },
  server,
);
if (there.info?.peer !== undefined) throw new Error("nobody has asked yet");
there.requestCertificate();
carry(here, there);
if (there.info?.peer === undefined) throw new Error("nobody has answered");
