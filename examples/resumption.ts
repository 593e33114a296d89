/**
 * Resumption (RFC 9846 2.2, RFC 5077): the first connection leaves a session,
 * the second resumes it without certificates. Here with the engine itself, and
 * a session that goes through a file. See early-data.ts for data in the first
 * flight, and shared-ticket-keys.ts for more than one server.
 */
import {
  type ClientOptions,
  createClientConfig,
  createCredential,
  type ServerOptions,
  createServerConfig,
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
  createCredential({
    provider,
    chain,
    key: { algorithm: "ecPublicKey", key: key.privateKey },
  });
const own = credentialOf(
  authority.issueServer({ hosts: ["a.example"], key: "ec-p256" }),
);

function connect(client: Partial<ClientOptions>, server: ServerOptions) {
  const here = TlsEngine.client(
    createClientConfig({ provider, verifier, ...client }),
    "a.example",
  );
  const there = TlsEngine.server(createServerConfig(server));
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
  ticketKeys: tickets,
};

// A session goes through a file; keep it as you keep a private key.
const stored = sessionToBytes(sessionOf(connect({}, server).here));
const session = sessionFromBytes(stored);

const second = connect({ session }, server);
if (!second.here.info?.resumed) throw new Error("not resumed");
// It brings a ticket of its own: one is enough for one connection.
const next = sessionOf(second.here);

// Tickets of an older key still open; without the key there is a full handshake.
tickets.rotate();
if (!connect({ session: next }, server).here.info?.resumed)
  throw new Error("an older key opens");
const strange = { ...server, ticketKeys: new TicketKeys({ provider }) };
if (connect({ session: next }, strange).here.info?.resumed !== false)
  throw new Error("there is nothing to go on from");

// psk_ke: no key exchange either. Cheaper, and no forward secrecy: both sides
// have to ask for it (RFC 9846 2.2).
const pskModes = ["psk_ke"] as const;
const cheap = connect({ pskModes }, { ...server, pskModes });
const again = connect(
  { pskModes, session: sessionOf(cheap.here) },
  { ...server, pskModes },
);
if (!again.here.info?.resumed || again.here.info.group !== undefined)
  throw new Error("a key was exchanged");
