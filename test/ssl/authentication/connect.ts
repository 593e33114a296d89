/** Makes the connection of a row, in memory, and returns its outcome. */
import { utf8Bytes } from "../../../src/bytes.ts";
import { node } from "../../../src/crypto/node.ts";
import {
  MemoryBIO,
  SSLContext,
  type SSLContextOptions,
  type SSLObject,
  type SSLSession,
} from "../../../src/index.ts";
import {
  type Authority,
  createCertificateAuthority,
  createSelfSigned,
} from "../../../src/pki/index.ts";
import { createVerifier, TrustStore } from "../../../src/x509/index.ts";
import type { Outcome, Row } from "./rule.ts";

export interface Connected {
  readonly outcome: Outcome | "somebody else";
  readonly resumed: boolean;
  /** Early data that the server handed out. */
  readonly earlyData: boolean;
  /** Verdicts that the verifiers of the program were asked for. */
  readonly asked: { readonly listening: number; readonly chosen: number };
}

export const HOST = "server.test";
const PSK = { identity: "client", key: utf8Bytes("0123456789abcdef") };
/** Offered beside the usual suites, in TLS 1.2. */
const CIPHERS = "ECDHE-PSK-CHACHA20-POLY1305:ECDHE-ECDSA-CHACHA20-POLY1305";

export const authorities = {
  /** Of the servers themselves. */
  servers: authority("Servers"),
  /** Trusted by the listening context. */
  listening: authority("Listening"),
  /** Trusted by a chosen context with other authorities. */
  other: authority("Other"),
  /** Trusted by verifiers of the program. */
  program: authority("Program"),
};
export const serverIdentity = authorities.servers.issueServer({
  hosts: [HOST],
});
const clients = new Map<string, SSLContextOptions["certChain"]>();

function authority(name: string): Authority {
  return createCertificateAuthority({ provider: node, name });
}

/** The certificate that the client of a row has. */
export function clientChain(row: Row): SSLContextOptions["certChain"] {
  const { shown } = row;
  if (shown === "nothing") return undefined;
  const right = trustedBy(row) ?? "listening";
  const wrong =
    right === "listening" || right === "program" ? "other" : "listening";
  const issuer = shown === "other tenant's" ? wrong : right;
  const name = `${shown} ${issuer}`;
  const made = clients.get(name) ?? issueClient(shown, issuer);
  clients.set(name, made);
  return made;
}

function issueClient(
  shown: Row["shown"],
  issuer: keyof typeof authorities,
): SSLContextOptions["certChain"] {
  const name = "Client";
  const day = 86_400_000;
  const now = node.now();
  if (shown === "self-made") {
    const made = createSelfSigned({ provider: node, hosts: ["client.test"] });
    return { cert: made.chainPem, key: made.key.toPem() };
  }
  const issued = authorities[issuer].issueClient({
    name,
    ...(shown === "expired"
      ? { notBefore: now - 9 * day, notAfter: now - day }
      : {}),
  });
  return { cert: issued.chainPem, key: issued.key.toPem() };
}

/** The authorities that count, undefined where there are none. */
function trustedBy({
  chosen,
  verifier,
}: Row): "listening" | "other" | "program" | undefined {
  if (verifier !== "default") return "program";
  if (chosen === undefined || chosen.trust === "same") return "listening";
  return chosen.trust === "other" ? "other" : undefined;
}

/** A verifier of the program, which counts how often it is asked. */
class Counted {
  asked = 0;
  readonly #asynchronous: boolean;
  readonly #verifier = createVerifier({
    provider: node,
    trustStore: trustStore(authorities.program),
  });

  constructor(asynchronous: boolean) {
    this.#asynchronous = asynchronous;
  }

  verify: NonNullable<SSLContextOptions["verifier"]>["verify"] = (peer, at) => {
    this.asked++;
    if (!this.#asynchronous) return this.#verifier.verify(peer, at);
    return Promise.resolve().then(() => this.#verifier.verify(peer, at));
  };
}

function trustStore(...trusted: readonly Authority[]): TrustStore {
  const store = new TrustStore();
  for (const { der } of trusted) store.add(der);
  return store;
}

/** The contexts of a row, and the connections between them. */
class Scene {
  readonly listening: SSLContext;
  readonly chosen: SSLContext | undefined;
  readonly #row: Row;
  readonly #client: SSLContext;
  readonly #verifiers: { listening: Counted; chosen: Counted };

  constructor(row: Row) {
    this.#row = row;
    const late = row.verifier === "asynchronous";
    this.#verifiers = {
      listening: new Counted(late),
      chosen: new Counted(late),
    };
    const { chosen } = row;
    const inForce = chosen === undefined ? "listening" : "chosen";
    this.listening = this.#server(row.listening, ["listening"], "listening");
    if (chosen !== undefined) {
      const trusted =
        chosen.trust === "same"
          ? (["listening"] as const)
          : chosen.trust === "other"
            ? (["other"] as const)
            : [];
      this.chosen = this.#server(chosen.mode, trusted, "chosen");
      const { chosen: next } = this;
      this.listening.sniCallback = (connection) => {
        connection.context = next;
      };
    }
    const place = row.way.endsWith("elsewhere") ? "listening" : inForce;
    const holder =
      place === "listening" ? this.listening : (this.chosen ?? this.listening);
    const isElsewhere = row.way.endsWith("elsewhere") && chosen === undefined;
    if (row.way.startsWith("PSK") && !isElsewhere)
      holder.setPskServerCallback((identity) =>
        identity === PSK.identity ? PSK.key : null,
      );
    if (row.way.startsWith("early data") && !isElsewhere)
      holder.maxEarlyData = 1000;
    const chain = clientChain(row);
    this.#client = new SSLContext({
      provider: node,
      verifyLocations: { ca: authorities.servers.pem },
      ...(chain === undefined ? {} : { certChain: chain }),
      minimumVersion: row.version,
      maximumVersion: row.version,
      earlyData: true,
      postHandshakeAuth: row.way === "late",
    });
    if (row.way.startsWith("PSK")) {
      this.#client.setPskClientCallback(() => PSK);
      this.#client.setCiphers(CIPHERS);
    }
  }

  get asked(): Connected["asked"] {
    const { listening, chosen } = this.#verifiers;
    return { listening: listening.asked, chosen: chosen.asked };
  }

  #server(
    verifyMode: Row["listening"],
    trusted: readonly (keyof typeof authorities)[],
    which: "listening" | "chosen",
  ): SSLContext {
    const { way, verifier } = this.#row;
    const context = new SSLContext({
      provider: node,
      protocol: "tlsServer",
      certChain: {
        cert: serverIdentity.chainPem,
        key: serverIdentity.key.toPem(),
      },
      verifyMode,
      options: { noTicket: way.endsWith("store") },
      postHandshakeAuth: way === "late",
      ...(verifier === "default" ? {} : { verifier: this.#verifiers[which] }),
    });
    if (way.startsWith("PSK")) context.setCiphers(CIPHERS);
    for (const name of trusted)
      context.loadVerifyLocations({ ca: authorities[name].pem });
    return context;
  }

  /** A context that trusts everybody and shares what remembers sessions. */
  foreignTenant(): SSLContext {
    const own = this.chosen ?? this.listening;
    const foreign = new SSLContext({
      provider: node,
      protocol: "tlsServer",
      certChain: {
        cert: serverIdentity.chainPem,
        key: serverIdentity.key.toPem(),
      },
      verifyMode: "optional",
      options: { noTicket: this.#row.way.endsWith("store") },
      verifyLocations: {
        ca: Object.values(authorities).map(({ pem }) => pem),
      },
    });
    foreign.ticketKeys = own.ticketKeys;
    const sessions = new Map<string, Parameters<Store["put"]>[1]>();
    const store: Store = {
      take: (id) => {
        const found = sessions.get(String(id));
        sessions.delete(String(id));
        return found;
      },
      put: (id, session) => {
        sessions.set(String(id), session);
      },
    };
    for (const context of [foreign, own, this.listening])
      context.sessionStore = store;
    return foreign;
  }

  /** One connection; the session that the client has at its end, too. */
  async connect(
    server: SSLContext,
    session: SSLSession | null,
    early: boolean,
  ): Promise<{ readonly connected: Connected; session: SSLSession | null }> {
    const [up, down] = [new MemoryBIO(), new MemoryBIO()];
    const there = server.wrapBio(up, down, { serverSide: true });
    const here = this.#client.wrapBio(down, up, {
      serverHostname: HOST,
      session,
    });
    if (early && session !== null) here.writeEarlyData(utf8Bytes("early"));
    let outcome: Connected["outcome"];
    try {
      await shake(here, there);
      if (this.#row.way === "late") await this.#late(here, there);
      outcome = identityOf(there);
    } catch {
      outcome = "refused";
    }
    const connected = {
      outcome,
      resumed: outcome !== "refused" && there.sessionReused,
      earlyData: there.readEarlyData() !== null,
      asked: this.asked,
    };
    return { connected, session: here.session };
  }

  async #late(here: SSLObject, there: SSLObject): Promise<void> {
    if (this.#row.version === "TLSv1.2") return;
    if (there.context.verifyMode === 0) return;
    there.verifyClientPostHandshake();
    for (let i = 0; i < 4; i++) {
      await take(here);
      await take(there);
    }
  }
}

type Store = NonNullable<SSLContextOptions["sessionStore"]>;

/** Moves both until neither has anything to say; throws what the server does. */
async function shake(here: SSLObject, there: SSLObject): Promise<void> {
  for (let i = 0; i < 12; i++) {
    let fault: unknown;
    try {
      if (here.tryHandshake() === "wantAsync") await here.settle();
    } catch (error) {
      fault = error;
    }
    if (there.tryHandshake() === "wantAsync") await there.settle();
    if (fault !== undefined && there.needsFlush) throw fault;
    if (here.handshakeDone && there.handshakeDone) {
      await take(here);
      return;
    }
  }
  throw new Error("the handshake does not end");
}

async function take(side: SSLObject): Promise<void> {
  for (let i = 0; i < 4; i++) {
    if (side.tryRead().status !== "wantAsync") return;
    await side.settle();
  }
}

/** The client that the server vouches for. */
function identityOf(server: SSLObject): Connected["outcome"] {
  const certificate = server.getPeerCert();
  if (certificate === null || !("subject" in certificate)) return "nobody";
  const { issuer } = certificate;
  return JSON.stringify(issuer).includes("client.test")
    ? "somebody else"
    : "right";
}

/** The connection that a row is about. */
export async function connect(row: Row): Promise<Connected> {
  const scene = new Scene(row);
  const { way } = row;
  const needsSession =
    way.includes("ticket") || way.includes("store") || way.startsWith("early");
  if (!needsSession)
    return (await scene.connect(scene.listening, null, false)).connected;
  const first = way.startsWith("foreign")
    ? scene.foreignTenant()
    : scene.listening;
  const { session } = await scene.connect(first, null, false);
  // A session without a ticket or an id is none to resume.
  const resumable = session !== null && isResumable(session) ? session : null;
  return (
    await scene.connect(scene.listening, resumable, way.startsWith("early"))
  ).connected;
}

function isResumable(session: SSLSession): boolean {
  try {
    return session.serialize().length > 0;
  } catch {
    return false;
  }
}
