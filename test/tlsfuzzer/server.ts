/**
 * A server that answers HTTP, or echoes, over the engine and Node's sockets: the
 * counterpart of tlsfuzzer's scripts. See README.md.
 */
import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { latin1 } from "../../src/bytes.ts";
import { zlib } from "../../src/compression/index.ts";
import { node as provider } from "../../src/crypto/node.ts";
import {
  CIPHER_SUITES,
  type CipherSuiteName,
  createCredential,
  type Credential,
  type EngineEvent,
  MemorySessionStore,
  MemoryStrikeRegister,
  type ServerConfig,
  createServerConfig,
  TicketKeys,
  TlsEngine,
} from "../../src/engine/index.ts";
import type { GroupName } from "../../src/crypto/provider.ts";
import { PkiKey } from "../../src/pki/index.ts";
import {
  createVerifier,
  parseCertificates,
  TrustStore,
} from "../../src/x509/index.ts";

const { values: flags } = parseArgs({
  options: {
    /** The folder that prepare.ts has written keys and certificates to. */
    folder: { type: "string", default: "." },
    /** The kinds of keys to load, best first. */
    keys: { type: "string", default: "rsa" },
    "client-certificate": { type: "string", default: "none" },
    /** Asks for a certificate once `/secret` is wanted. */
    "post-handshake": { type: "boolean", default: false },
    echo: { type: "boolean", default: false },
    alpn: { type: "string" },
    tickets: { type: "string", default: "2" },
    tls12: { type: "boolean", default: false },
    compression: { type: "boolean", default: false },
    staple: { type: "boolean", default: false },
    "early-data": { type: "string", default: "0" },
    "record-size-limit": { type: "string" },
    "request-key-update": { type: "boolean", default: false },
    psk: { type: "boolean", default: false },
    /** Without the reserved values that a CertificateRequest has (RFC 8701 4.1). */
    "no-grease": { type: "boolean", default: false },
    /** The groups that are on by default, in place of all. */
    "default-groups": { type: "boolean", default: false },
    /** The groups to support, in place of all. */
    groups: { type: "string" },
  },
});

function file(name: string): string {
  return readFileSync(join(flags.folder, name), "utf8");
}

function credentialOf(kind: string): Credential {
  const key = PkiKey.parse(provider, file(`server-${kind}.key`));
  return createCredential({
    provider,
    chain: parseCertificates(file(`server-${kind}.pem`)).map(({ der }) => der),
    key: { algorithm: key.algorithm, key: key.privateKey },
    // tlsfuzzer looks at the frame alone.
    ...(flags.staple && { ocspResponse: Uint8Array.of(0x30, 0) }),
  });
}

function clientAuthentication(): "none" | "optional" | "required" {
  const { "client-certificate": wanted } = flags;
  return wanted === "optional" || wanted === "required" ? wanted : "none";
}

/** All: a server has no key exchange by RSA decryption. */
const suites = (Object.keys(CIPHER_SUITES) as CipherSuiteName[]).filter(
  (name) => !name.startsWith("TLS_RSA_"),
);

function newConfig(): ServerConfig {
  const trustStore = TrustStore.of(file("authority.pem"));
  return createServerConfig({
    provider,
    credentials: flags.keys.split(",").map(credentialOf),
    clientAuthentication: clientAuthentication(),
    postHandshakeAuth: flags["post-handshake"],
    verifier: createVerifier({ provider, trustStore }),
    cipherSuites: suites,
    grease: !flags["no-grease"],
    ...(!flags["default-groups"] && {
      groups: (flags.groups?.split(",") ??
        Object.keys(provider.groups)) as GroupName[],
    }),
    ...(flags.tls12 && { versions: ["TLSv1.2"] }),
    ...(flags.alpn !== undefined && { alpnProtocols: flags.alpn.split(",") }),
    ticketKeys: new TicketKeys({ provider }),
    numTickets: Number(flags.tickets),
    sessionStore: new MemorySessionStore(),
    ...(flags.compression && { certificateCompression: [zlib] }),
    maxEarlyData: Number(flags["early-data"]),
    strikeRegister: new MemoryStrikeRegister({ provider }),
    ...(flags["record-size-limit"] !== undefined && {
      recordSizeLimit: Number(flags["record-size-limit"]),
    }),
    ...(flags.psk && {
      psk: ({ identity }) =>
        identity && { identity, key: new Uint8Array(32).fill(0xaa) },
      pskModes: ["psk_dhe_ke", "psk_ke"],
    }),
  });
}

/** One client; whatever it does, the server continues. */
class Visit {
  readonly #engine: TlsEngine;
  readonly #socket: Socket;
  #request = "";

  constructor(config: ServerConfig, socket: Socket) {
    this.#engine = TlsEngine.server(config);
    this.#socket = socket;
    socket.on("data", (bytes) => {
      this.#engine.receive(bytes);
      this.#turn();
    });
    socket.on("end", () => {
      this.#engine.receiveEof();
      this.#turn();
      socket.end();
    });
    socket.on("error", () => undefined);
  }

  #turn(): void {
    for (;;) {
      const event = this.#engine.nextEvent();
      if (event === undefined) break;
      this.#on(event);
    }
    const bytes = this.#engine.takeOutput();
    if (bytes.length > 0) this.#socket.write(bytes);
    if (this.#engine.error !== undefined) this.#socket.end();
  }

  #on(event: EngineEvent): void {
    if (event.type === "peer_closed") this.#end();
    else if (event.type === "peer_authenticated") this.#answer();
    else if (event.type === "data" || event.type === "early_data")
      this.#read(event.bytes);
  }

  #read(bytes: Uint8Array): void {
    if (flags.echo) {
      if (this.#engine.canWrite) this.#engine.write(bytes);
      return;
    }
    this.#request += latin1(bytes);
    if (!/\n\r?\n$/.test(this.#request)) return;
    const secret = this.#request.startsWith("GET /secret");
    const update = this.#request.startsWith("GET /keyupdate");
    this.#request = "";
    if (flags["post-handshake"] && secret) {
      this.#engine.requestCertificate();
      return;
    }
    if (flags["request-key-update"] && update) this.#engine.updateKeys(true);
    this.#answer();
  }

  #answer(): void {
    if (!this.#engine.canWrite) return;
    const response = "HTTP/1.0 200 OK\r\nContent-Length: 64\r\n\r\n";
    this.#engine.write(
      new TextEncoder().encode(response + "hello, \n".repeat(8)),
    );
  }

  #end(): void {
    if (this.#engine.canWrite) this.#engine.close();
    this.#turn();
    this.#socket.end();
  }
}

const config = newConfig();
const server = createServer(
  { allowHalfOpen: true, noDelay: true },
  (socket) => {
    new Visit(config, socket);
  },
);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null)
    console.log(`listening on ${address.port.toString()}`);
});
