/**
 * The table of settings, row by row: each is kept by `extend()`, can be changed
 * by it, and has its effect on the connections made of the context. A setting
 * without a row here does not compile.
 */
import { describe, expect, it, vi } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import { requireTimestamps, trustRawPublicKeys } from "../../src/x509/index.ts";
import { zlib } from "../../src/compression/index.ts";
import { createEchGrease } from "../../src/ech/index.ts";
import {
  type ContextChanges,
  MemoryBIO,
  type PeerVerifier,
  SSLCertVerificationError,
  SSLContext,
  SSLError,
  TicketKeys,
} from "../../src/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import { contextState } from "../../src/ssl/context/context-state.ts";
import type { Settings } from "../../src/ssl/context/settings.ts";
import { int, seq } from "../support/der-builder.ts";
import { testAuthority, testServer } from "../support/pki.ts";
import {
  ascii,
  BioPair,
  bytes,
  clientContext,
  serverContext,
  thrown,
} from "./support.ts";

const clientOf = (context: SSLContext) => {
  const state = contextState(context);
  return state.clientConfig(state.settings, {});
};
const serverOf = (context: SSLContext) => {
  const state = contextState(context);
  return state.serverConfig(state.settings);
};
const OTHER = "tlsServer";

/** A setting: what changes it, and where a connection notices. */
interface Case {
  readonly change: ContextChanges;
  /** The protocol of the context; clients by default. */
  readonly protocol?: typeof OTHER;
  /** The effect of the change; called on the context before and after. */
  readonly effect: (context: SSLContext) => unknown;
}

const { certificatePem: cert, keyPem: key } = testServer();
const certChain = { cert, key };
const leafAlone = testServer().issued.pem;
/** Of the length of one. */
const PRIME = new Uint8Array(256).fill(0xff);

/** Number of calls of callbacks in a handshake with a context's server. */
let calls = 0;
const count = (): undefined => {
  calls++;
};
function callsOf(server: SSLContext): number {
  calls = 0;
  const client = clientContext({ alpnProtocols: ["a"] });
  const pair = new BioPair(client, server.extend({ certChain })).handshake();
  pair.server.write(ascii("x"));
  return calls;
}

const trusted = { ca: testAuthority().pem };

/** A client's verdict on a server: OpenSSL's verify code, 0 for acceptance. */
function verdictOf(
  client: SSLContext,
  server = serverContext(),
  serverHostname = "server.test",
): unknown {
  const pair = new BioPair(client, server, serverHostname);
  try {
    pair.handshake();
    return 0;
  } catch (error) {
    if (error instanceof SSLCertVerificationError) return error.verifyCode;
    throw error;
  }
}

/** A server whose name is in its certificate's subject alone. */
function oldServer(): { server: SSLContext; ca: string } {
  const authority = createCertificateAuthority({
    provider: noble,
    name: "CN CA",
  });
  const hosts = ["127.0.0.1"];
  const made = authority.issueServer({ hosts, subject: "old.test" });
  const chain = { cert: made.chainPem, key: made.key.toPem() };
  return { server: serverContext({ certChain: chain }), ca: authority.pem };
}

/** Milliseconds that a look-up in a store has. */
function patienceOf(context: SSLContext): unknown {
  const never = new Promise<never>(() => undefined);
  const server = context.extend({
    certChain,
    options: { noTicket: true },
    sessionStore: { take: () => never, put: count },
  });
  const client = clientContext({ maximumVersion: "TLSv1.2" });
  const { session } = new BioPair(client, server).handshake().client;
  const [up, down] = [new MemoryBIO(), new MemoryBIO()];
  const serverHostname = "server.test";
  client.wrapBio(down, up, { serverHostname, session }).tryHandshake();
  const timer = vi.spyOn(globalThis, "setTimeout");
  server.wrapBio(up, down).tryHandshake();
  const [call] = timer.mock.calls;
  timer.mockRestore();
  return call?.[1];
}

/** Counts the sessions that a client's listener receives. */
function sessionsOf(context: SSLContext): number {
  calls = 0;
  const client = context.extend({
    verifyLocations: { ca: testAuthority().pem },
  });
  const pair = new BioPair(client, serverContext()).handshake();
  pair.server.write(ascii("x"));
  pair.exchange();
  pair.client.read();
  return calls;
}

const verifier: PeerVerifier = {
  verify: () => {
    throw new Error("nobody");
  },
};

const CASES: { readonly [Name in keyof Settings]: Case } = {
  verifyMode: {
    protocol: OTHER,
    change: { verifyMode: "required" },
    effect: (context) => serverOf(context).clientAuthentication.ask,
  },
  checkHostname: {
    change: { checkHostname: false },
    effect: (context) =>
      verdictOf(
        context.extend({ verifyLocations: trusted }),
        serverContext(),
        "other.test",
      ),
  },
  hostnameChecksCommonName: {
    change: { hostnameChecksCommonName: true },
    effect: (context) => {
      const { server, ca } = oldServer();
      const client = context.extend({ verifyLocations: { ca } });
      return verdictOf(client, server, "old.test");
    },
  },
  verifyFlags: {
    change: { verifyFlags: { partialChain: true } },
    effect: (context) =>
      verdictOf(context.extend({ verifyLocations: { ca: cert } })),
  },
  verifier: {
    change: { verifier },
    effect: (context) => clientOf(context).verifier,
  },
  securityLevel: {
    change: { securityLevel: 3 },
    effect: (context) => {
      const rsa = testServer("rsa");
      const chain = { cert: rsa.certificatePem, key: rsa.keyPem };
      return verdictOf(
        context.extend({ verifyLocations: trusted }),
        serverContext({ certChain: chain }),
      );
    },
  },
  trustStore: {
    change: { verifyLocations: { ca: testAuthority().pem } },
    effect: (context) => verdictOf(context),
  },
  crls: {
    change: { verifyLocations: { ca: testAuthority().createCrl().pem } },
    effect: (context) =>
      verdictOf(
        context.extend({
          verifyLocations: trusted,
          verifyFlags: { crlCheck: "leaf" },
        }),
      ),
  },
  optionFlags: {
    change: { options: { cipherServerPreference: false } },
    protocol: OTHER,
    effect: (context) => serverOf(context).cipherPreference,
  },
  minimumVersion: {
    change: { minimumVersion: "TLSv1.3" },
    effect: (context) => clientOf(context).versions,
  },
  maximumVersion: {
    change: { maximumVersion: "TLSv1.2" },
    effect: (context) => clientOf(context).versions,
  },
  ciphersuites: {
    change: { ciphersuites: "TLS_AES_128_GCM_SHA256" },
    effect: (context) => clientOf(context).cipherSuites,
  },
  ciphers: {
    change: { ciphers: "ECDHE+AES128" },
    effect: (context) => clientOf(context).cipherSuites,
  },
  groups: {
    change: { groups: "X25519" },
    effect: (context) => clientOf(context).groups,
  },
  signatureAlgorithms: {
    change: { signatureAlgorithms: "ed25519" },
    effect: (context) => clientOf(context).signatureSchemes,
  },
  dhParams: {
    protocol: OTHER,
    change: {
      dhParams: seq(int(Uint8Array.of(0, ...PRIME)), int(2)),
    },
    effect: (context) => serverOf(context).dhParameters,
  },
  requireExtendedMainSecret: {
    change: { requireExtendedMainSecret: true },
    effect: (context) => clientOf(context).requireExtendedMainSecret,
  },
  alpnProtocols: {
    change: { alpnProtocols: ["a"] },
    effect: (context) => clientOf(context).alpnProtocols,
  },
  alpnMismatch: {
    protocol: OTHER,
    change: { alpnMismatch: "alert" },
    effect: (context) => serverOf(context).alpnMismatch,
  },
  alpnCallback: {
    protocol: OTHER,
    change: {
      alpnCallback: () => {
        count();
        return null;
      },
    },
    effect: callsOf,
  },
  sniCallback: {
    protocol: OTHER,
    change: { sniCallback: count },
    effect: callsOf,
  },
  credentials: {
    change: { certChain },
    effect: (context) => clientOf(context).credentials,
  },
  autoChain: {
    change: { autoChain: false },
    effect: (context) => {
      context.loadCertChain({ cert: leafAlone, key: certChain.key });
      context.loadVerifyLocations({ ca: testAuthority().pem });
      return clientOf(context).credentials;
    },
  },
  sessionStore: {
    protocol: OTHER,
    change: { sessionStore: { take: count, put: count } },
    effect: (context) =>
      callsOf(context.extend({ options: { noTicket: true } })),
  },
  strikeRegister: {
    protocol: OTHER,
    change: { strikeRegister: { id: bytes(1, 2), strike: () => false } },
    effect: (context) =>
      serverOf(context.extend({ maxEarlyData: 1 })).strikeRegister?.id,
  },
  sessionStoreTimeout: {
    protocol: OTHER,
    change: { sessionStoreTimeout: 5 },
    effect: patienceOf,
  },
  onStoreEvent: {
    protocol: OTHER,
    change: { onStoreEvent: count },
    effect: (context) =>
      callsOf(context.extend({ options: { noTicket: true } })),
  },
  onSession: {
    change: { onSession: count },
    effect: sessionsOf,
  },
  numTickets: {
    protocol: OTHER,
    change: { numTickets: 5 },
    effect: (context) => serverOf(context).numTickets,
  },
  ticketKeys: {
    protocol: OTHER,
    change: { ticketKeys: new TicketKeys({ provider: noble }) },
    effect: (context) => serverOf(context).ticketKeys?.export(),
  },
  earlyData: {
    change: { earlyData: true },
    effect: (context) => clientOf(context).earlyData,
  },
  maxEarlyData: {
    protocol: OTHER,
    change: { maxEarlyData: 100 },
    effect: (context) => serverOf(context).maxEarlyData,
  },
  postHandshakeAuth: {
    change: { postHandshakeAuth: true },
    effect: (context) => clientOf(context).postHandshakeAuth,
  },
  pskClientCallback: {
    change: { pskClientCallback: () => null },
    effect: (context) => clientOf(context).psk,
  },
  pskServerCallback: {
    protocol: OTHER,
    change: { pskServerCallback: () => null },
    effect: (context) => serverOf(context).psk,
  },
  pskIdentityHint: {
    protocol: OTHER,
    change: { pskIdentityHint: "a hint" },
    effect: (context) => serverOf(context).pskIdentityHint,
  },
  keyLog: {
    change: { keyLog: () => undefined },
    effect: (context) => clientOf(context).keyLog,
  },
  messageCallback: {
    change: { messageCallback: () => undefined },
    effect: (context) => {
      const [a, b] = [new MemoryBIO(), new MemoryBIO()];
      return context.wrapBio(a, b, { serverHostname: "a.test" })
        .messageCallback;
    },
  },
  limits: {
    change: { limits: { tickets: 3 } },
    effect: (context) => clientOf(context).limits,
  },
  grease: {
    change: { grease: false },
    effect: (context) => clientOf(context).grease,
  },
  pskModes: {
    change: { pskModes: ["psk_ke"] },
    effect: (context) => clientOf(context).pskModes,
  },
  encryptedClientHello: {
    change: { encryptedClientHello: createEchGrease() },
    effect: (context) => clientOf(context).encryptedClientHello,
  },
  certificateCompression: {
    change: { certificateCompression: [zlib] },
    effect: (context) => clientOf(context).certificateCompression,
  },
  ocspStapling: {
    change: { ocspStapling: "require" },
    effect: (context) =>
      verdictOf(context.extend({ verifyLocations: trusted })),
  },
  transparency: {
    change: { transparency: requireTimestamps({ provider: noble, logs: [] }) },
    effect: (context) =>
      verdictOf(context.extend({ verifyLocations: trusted })),
  },
  rawPublicKeys: {
    change: { rawPublicKeys: trustRawPublicKeys([]) },
    effect: (context) => clientOf(context).rawPublicKeys,
  },
  padding: {
    change: { padding: 16 },
    effect: (context) => clientOf(context).padding?.(1),
  },
  recordSizeLimit: {
    change: { recordSizeLimit: 100 },
    effect: (context) => clientOf(context).recordSizeLimit,
  },
};

const contextFor = ({ protocol }: Case): SSLContext =>
  new SSLContext({ protocol: protocol ?? "tlsClient" });
const settingsOf = (context: SSLContext): Settings =>
  contextState(context).settings;

let name: keyof Settings;
for (name in CASES) {
  const setting = name;
  const row = CASES[setting];
  it(`X-11: extend() keeps and changes ${setting}, with its effect`, () => {
    const plain = contextFor(row);
    const changed = plain.extend(row.change);
    // Kept, the very value.
    expect(settingsOf(changed.extend())[setting]).toBe(
      settingsOf(changed)[setting],
    );
    // Changed in the copy alone.
    expect(settingsOf(changed)[setting]).not.toBe(settingsOf(plain)[setting]);
    expect(settingsOf(plain)[setting]).toEqual(
      settingsOf(contextFor(row))[setting],
    );
    const made = new SSLContext({
      protocol: row.protocol ?? "tlsClient",
      ...row.change,
    });
    const before = row.effect(plain);
    expect(row.effect(changed)).not.toEqual(before);
    expect(row.effect(made)).not.toEqual(before);
  });
}

describe("the record", () => {
  it("is never changed: a copy shares it until one of them is", () => {
    const context = new SSLContext();
    const before = settingsOf(context);
    expect(Object.isFrozen(before)).toBe(true);
    context.addCa(testAuthority().pem);
    expect(before.trustStore.size).toBe(0);
    expect(context.certStoreStats().x509).toBe(1);
  });

  it("stays as it was where one of several options is refused", () => {
    const context = new SSLContext();
    expect(() =>
      context.extend({ checkHostname: false, groups: "none-such" }),
    ).toThrow(RangeError);
    expect(() => context.setPskServerCallback(() => null)).toThrow(SSLError);
    expect(settingsOf(context)).toEqual(settingsOf(new SSLContext()));
  });

  it("names of no option are refused, with what was found and is allowed", () => {
    const make = (options: object) => () => new SSLContext(options);
    expect(make({ verifymode: "none" })).toThrow(TypeError);
    expect(make({ verifymode: "none" })).toThrow(
      /^SSLContext: verifymode \(text\) is no option; it is verifyMode here/,
    );
    expect(make({ trustStore: 1 })).toThrow(
      "trustStore (a number) is no option",
    );
    expect(() => new SSLContext().extend({ protocol: 1 } as never)).toThrow(
      "extend: protocol (a number) is no option",
    );
  });

  it.each([
    ["checkHostname", undefined],
    ["checkHostname", 1],
    ["earlyData", "no"],
    ["padding", "16"],
    ["sessionStore", {}],
    ["keyLog", "file"],
    ["ticketKeys", {}],
    ["certificateCompression", [{}]],
  ])("%s is not set to %j", (property, value) => {
    const context = new SSLContext();
    const before = settingsOf(context);
    const error = thrown(() => Reflect.set(context, property, value));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(`${property}: `);
    expect(settingsOf(context)).toBe(before);
  });
});

describe("a connection has the settings of the moment that it was wrapped", () => {
  it("X-11: what is set on the context later is for later ones", () => {
    const client = clientContext();
    const server = serverContext();
    const pair = new BioPair(client, server);
    client.maximumVersion = "TLSv1.2";
    server.verifyMode = "required";
    client.setAlpnProtocols(["a"]);
    server.setAlpnProtocols(["a"]);
    pair.handshake();
    expect(pair.client.version()).toBe("TLSv1.3");
    expect(pair.client.selectedAlpnProtocol()).toBe(null);
    expect(
      new BioPair(client, serverContext()).handshake().client.version(),
    ).toBe("TLSv1.2");
  });

  it("S-01: its context is the one that wrapped it, and wraps others", () => {
    const pair = new BioPair();
    const { context } = pair.client;
    expect(context).toBeInstanceOf(SSLContext);
    const options = { serverHostname: "server.test" };
    const other = context.wrapBio(new MemoryBIO(), new MemoryBIO(), options);
    expect(other.context).toBe(context);
  });
});
