/** Valid files of every kind, from which the changed ones are made. */
import { asciiBytes, concat, fromHex, utf8Bytes } from "../../../src/bytes.ts";
import { createEchKey, encodeEchConfigList } from "../../../src/ech/index.ts";
import { zlib } from "../../../src/compression/index.ts";
import {
  createClientConfig,
  createServerConfig,
  type ServerOptions,
  type Session,
  sessionToBytes,
  TicketKeys,
  TlsEngine,
  type TlsProtocolVersion,
} from "../../../src/engine/index.ts";
import {
  createRequest,
  generateKey,
  type IssuedCertificate,
} from "../../../src/pki/index.ts";
import { decodeBase64 } from "../../../src/x509/index.ts";
import { fuzzProvider } from "../engine/provider.ts";
import {
  authority,
  CLIENT,
  DELEGATED,
  HOST,
  SERVERS,
  VERIFIER,
} from "../engine/world.ts";
import * as openssl from "./openssl-files.ts";

const provider = fuzzProvider("noble", 0x5eed5);

/** A CA certificate with every extension that a CA can have. */
const between = authority.issueIntermediate({
  name: "constrained",
  key: "ec-p256",
  pathLength: 1,
  nameConstraints: {
    permitted: { dns: [HOST, "example.test"], ip: ["192.0.2.0/24"] },
    excluded: { dns: ["not.example.test"] },
  },
  publishes: {
    crlUrls: ["http://crl.test/a.crl"],
    ocspUrls: ["http://ocsp.test/"],
  },
});
const issued: IssuedCertificate = between.issueServer({
  hosts: [HOST, "192.0.2.1"],
  key: "ec-p256",
});
export const root = authority.der;
export const intermediate = between.der;
export const leaf = issued.der;

const others = [SERVERS["ec-p256"], SERVERS.ed25519, SERVERS.rsa, CLIENT];
export const certificates: readonly Uint8Array[] = [
  leaf,
  intermediate,
  root,
  ...others.flatMap(({ chain }) => chain),
];
export const pem = [utf8Bytes(issued.chainPem + authority.pem)];

const keys = (["ec-p256", "ec-p384", "ed25519", "ed448"] as const).map((type) =>
  generateKey({ provider, type }),
);
export const publicKeys = keys.map((key) => key.publicKeyInfo());
export const keyPem = [
  ...keys.map((key) => utf8Bytes(key.toPem())),
  decodeBase64(openssl.LEGACY_KEY_PEM),
];
export const privateKeys = [
  ...keys.map((key) => bodyOf(key.toPem())),
  decodeBase64(openssl.ENCRYPTED_KEY),
];
export const pkcs12 = [
  openssl.PKCS12_PLAIN,
  openssl.PKCS12_PBES2,
  openssl.PKCS12_LEGACY,
].map((text) => decodeBase64(text));
export const dhParameters = [
  decodeBase64(openssl.DH_PARAMETERS_PEM),
  bodyOf(String.fromCharCode(...decodeBase64(openssl.DH_PARAMETERS_PEM))),
];
export const requests = [
  createRequest({ provider, name: "asker", hosts: [HOST, "192.0.2.1"] }).der,
];

between.revoke(issued, { reason: "keyCompromise" });
export const crls = [between.createCrl().der, authority.createCrl().der];
export const ocsp = [between.createOcspResponse(issued)];

const ech = createEchKey({ provider, publicName: "front.test", configId: 3 });
const list = encodeEchConfigList([ech.config]);
export const echConfigs = [list];
/** SvcPriority 1, TargetName ".", ALPN and ech: RFC 9460 2.2. */
export const svcbRecords = [
  concat(
    fromHex("0001 00 0001 0003 026832 0005"),
    Uint8Array.of(list.length >> 8, list.length),
    list,
  ),
];

/** A connection's bytes of both sides, its key log and its session. */
interface Recorded {
  readonly sent: Record<"client" | "server", Uint8Array>;
  readonly log: readonly string[];
  readonly session: Session | undefined;
}

export const ticketKeys = new TicketKeys({ provider });

function recorded(
  version: TlsProtocolVersion,
  more: Partial<ServerOptions> = {},
): Recorded {
  const log: string[] = [];
  const common = {
    provider,
    verifier: VERIFIER,
    versions: [version],
    alpnProtocols: ["h2"],
    certificateCompression: [zlib],
    groups: ["x25519", "secp256r1"],
  } as const;
  const client = TlsEngine.client(
    createClientConfig({
      ...common,
      credentials: [CLIENT],
      keyLog: (line) => log.push(line),
    }),
    HOST,
  );
  const server = TlsEngine.server(
    createServerConfig({
      ...common,
      credentials: [SERVERS["ec-p256"]],
      clientAuthentication: "optional",
      ticketKeys: ticketKeys,
      ...more,
    }),
  );
  const sent: Recorded["sent"] = {
    client: new Uint8Array(),
    server: new Uint8Array(),
  };
  const carry = (): void => {
    while (client.hasOutput || server.hasOutput) {
      const out = client.takeOutput();
      server.receive(out);
      const back = server.takeOutput();
      client.receive(back);
      sent.client = concat(sent.client, out);
      sent.server = concat(sent.server, back);
    }
  };
  carry();
  client.write(asciiBytes("hello"));
  client.close();
  carry();
  let session: Session | undefined;
  for (let e = client.nextEvent(); e; e = client.nextEvent())
    if (e.type === "session") session = e.session;
  return { sent, log, session };
}

const connections = [
  recorded("TLSv1.3"),
  recorded("TLSv1.3", { groups: ["secp256r1"], helloRetryCookie: true }),
  recorded("TLSv1.2"),
];
export const keyLog = connections.flatMap(({ log }) => log).join("\n");
/** Two bytes say how much of the rest is the client's. */
export const captures = connections.map(({ sent: { client, server } }) =>
  concat(Uint8Array.of(client.length >> 8, client.length), client, server),
);

/** Splits a capture into the bytes of each side. */
export function capture(
  bytes: Uint8Array,
): readonly [client: Uint8Array, server: Uint8Array] {
  const [high = 0, low = 0] = bytes;
  const end = 2 + ((high << 8) | low);
  return [bytes.subarray(2, end), bytes.subarray(end)];
}

/** ClientHellos as messages. */
export const hellos = connections.map(({ sent: { client } }) => {
  const [, , , high = 0, low = 0] = client;
  return client.subarray(5, 5 + ((high << 8) | low));
});

const kept = connections.flatMap(({ session }) => (session ? [session] : []));
export const sessions = kept.map((session) => sessionToBytes(session));
export const tickets = kept.map(({ ticket }) => ticket);

export const delegated = DELEGATED.flatMap(({ delegation }) =>
  delegation === undefined ? [] : [delegation.bytes],
);

export const cipherStrings = [
  "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:!aNULL:@STRENGTH",
  "DEFAULT:-SHA1:+kRSA:@SECLEVEL=2",
].map(asciiBytes);

function bodyOf(text: string): Uint8Array {
  const lines = text.split("\n").filter((line) => !/^-----|:|^$/.test(line));
  return decodeBase64(lines.join(""));
}
