/**
 * Calls as programs that use Python's `ssl` make them, in plain JavaScript: each does
 * what it does there, or is refused by a sentence with the right name. None of them
 * may do nothing.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import * as ssl from "../../../src/index.ts";
import * as node from "../../../src/net/node.ts";
import { refusePythonNames } from "../../../src/options.ts";
import { testAuthority, testServer } from "../../support/pki.ts";
import { ascii, BioPair, clientContext, serverContext } from "../support.ts";

const folder = mkdtempSync(join(tmpdir(), "puretls-habits-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const certFile = file("cert.pem", testServer().certificatePem);
const keyFile = file("key.pem", testServer().keyPem);
const caFile = file("ca.pem", testAuthority().pem);

/** A member by a name that the compiler does not know. */
const member = (target: object, name: string): unknown =>
  Reflect.get(target, name);
/** A call with arguments that the compiler would refuse. */
const called = (target: object, name: string, ...args: unknown[]): unknown => {
  const method = member(target, name);
  if (typeof method !== "function") throw new Error(`no ${name}`);
  return Reflect.apply(method, target, args) as unknown;
};
const client = () => new ssl.SSLContext({ platform: node.nodePlatform });
const server = () =>
  new ssl.SSLContext({
    protocol: "tlsServer",
    platform: node.nodePlatform,
  });
const pair = () => new BioPair(clientContext(), serverContext()).handshake();
const caught = (call: () => unknown): ssl.SSLError => {
  try {
    call();
  } catch (error) {
    if (error instanceof ssl.SSLError) return error;
    throw error;
  }
  throw new Error("it did not throw");
};
const wants = () =>
  caught(() => {
    const bios = [new ssl.MemoryBIO(), new ssl.MemoryBIO()] as const;
    client()
      .wrapBio(...bios, { serverHostname: "a.test" })
      .doHandshake();
  });
const untrusted = () =>
  caught(() => new BioPair(client(), serverContext()).handshake());
const ofPsk = (answer: unknown) => {
  const one = new ssl.SSLContext({ checkHostname: false, verifyMode: "none" });
  one.setPskClientCallback(() => answer as never);
  const other = server();
  other.setPskServerCallback((name) =>
    name === "" ? null : ascii("k".repeat(32)),
  );
  return new BioPair(one, other, null).handshake().client.cipher()?.name;
};

/** Each works, with that outcome. */
const WORKS: Readonly<Record<string, readonly [() => unknown, unknown]>> = {
  "N-45 N-56: options |= ssl.OP_…": [
    () => {
      const context = client();
      const words: { options: number } = context as never;
      words.options |= ssl.OP_NO_TLSv1_2;
      return context.optionFlags & ssl.Options.OP_NO_TLSv1_2;
    },
    ssl.Options.OP_NO_TLSv1_2,
  ],
  "N-09 N-11: verifyFlags |= ssl.VERIFY_…, and out again": [
    () => {
      const context = client();
      const before = context.verifyFlags;
      context.verifyFlags |= ssl.VERIFY_X509_STRICT;
      const strict = context.verifyFlags;
      context.verifyFlags &= ~ssl.VERIFY_X509_STRICT;
      return [strict - before, context.verifyFlags - before];
    },
    [0x20, 0],
  ],
  "N-22: new SSLContext(ssl.PROTOCOL_…)": [
    () => new ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).protocol,
    17,
  ],
  "N-01 N-03: verifyMode = ssl.CERT_…": [
    () => {
      const context = server();
      context.verifyMode = ssl.CERT_REQUIRED;
      return context.verifyMode;
    },
    2,
  ],
  "N-80 N-82: an alert by its name in the module": [
    () => {
      const named = serverContext();
      named.sniCallback = () => ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME;
      const { alert } = caught(() =>
        new BioPair(clientContext(), named).handshake(),
      );
      return alert?.name;
    },
    "unrecognized_name",
  ],
  "E-04: an error's number by its name in the module": [
    () => wants().errno === ssl.SSL_ERROR_WANT_READ,
    true,
  ],
  "E-05: strerror is the message": [
    () => {
      const { strerror, message } = untrusted();
      return strerror === message && strerror.includes("CERTIFICATE_VERIFY");
    },
    true,
  ],
  "E-05: args has number and message": [
    () => wants().args,
    [2, "The operation did not complete (read)"],
  ],
  "X-50: None for the sources that are not there": [
    () => {
      const context = client();
      context.loadVerifyLocations({
        caFile,
        ...({ caPath: null, ca: null } as object),
      });
      return context.certStoreStats().x509Ca;
    },
    1,
  ],
  "F-04 F-05: None for all sources is the system's trust": [
    () => {
      const none = { caFile: null, caPath: null, caData: null } as object;
      const all = ssl.createDefaultContext({ platform: node.nodePlatform });
      const given = ssl.createDefaultContext({
        platform: node.nodePlatform,
        ...none,
      });
      return (
        given.certStoreStats().x509Ca === all.certStoreStats().x509Ca &&
        given.certStoreStats().x509Ca > 0
      );
    },
    true,
  ],
  "X-20: None for the key and the password": [
    () => {
      const both = file(
        "both.pem",
        testServer().certificatePem + testServer().keyPem,
      );
      server().loadCertChain({
        certFile: both,
        ...({ keyFile: null, password: null } as object),
      });
      return "loaded";
    },
    "loaded",
  ],
  "K-02: None for the files of wrapSocket()": [
    () => {
      const none = { keyFile: null, certFile: null, caCerts: null } as object;
      const [near] = ssl.memoryPair();
      const socket = ssl.wrapSocket(near, {
        ...none,
        doHandshakeOnConnect: false,
      });
      return socket.serverSide;
    },
    false,
  ],
  "X-94: a variable of the environment that is not set": [
    () => {
      const context = client();
      context.keyLogFilename = process.env["PURETLS_NO_SUCH_VARIABLE"];
      return context.keyLogFilename;
    },
    null,
  ],
  "O-23: cipher() is taken apart": [
    () => {
      const [name, version, bits] = pair().client.cipher() ?? [];
      return [typeof name, version, bits];
    },
    ["string", "TLSv1.3", 256],
  ],
  "O-23 O-25: cipher()[0], and of what is shared": [
    () => {
      const both = pair();
      const [shared] = both.server.sharedCiphers() ?? [];
      const cipher = both.client.cipher();
      return [cipher?.[0] === cipher?.name, shared?.[1], shared?.[2]];
    },
    [true, "TLSv1.3", 256],
  ],
  "O-11: read(len, buffer)": [
    () => {
      const both = pair();
      both.server.write(ascii("data"));
      both.exchange();
      const buffer = new Uint8Array(3);
      return [both.client.read(10, buffer), String.fromCharCode(...buffer)];
    },
    [3, "dat"],
  ],
  "L-08: a tuple from the callback of a pre-shared key": [
    () => ofPsk(["me", ascii("k".repeat(32))]),
    "TLS_CHACHA20_POLY1305_SHA256",
  ],
};

/** Each is refused, in these words. */
const REFUSED: Readonly<Record<string, readonly [() => unknown, string]>> = {
  "X-50: sources in a row": [
    () => called(client(), "loadVerifyLocations", caFile, null),
    "caFile",
  ],
  "X-20: files in a row": [
    () => called(client(), "loadCertChain", certFile, keyFile),
    "certFile, keyFile",
  ],
  "X-20: a password that is none, for a key that needs none": [
    () => {
      server().loadCertChain({ certFile, keyFile, password: true as never });
    },
    "password should be a string or callable, or bytes, not true",
  ],
  "X-01: a class under the name that a bundler gives it": [
    () => {
      class _Bundled {
        readonly made = 1;
        get verifyMode(): number {
          return this.made;
        }
      }
      refusePythonNames(_Bundled);
      return member(new _Bundled(), "verify_mode");
    },
    "Bundled: verify_mode is verifyMode here",
  ],
  "X-40: no list for ALPN": [
    () => {
      client().setAlpnProtocols("h2" as never);
    },
    'ALPN: "h2"; a list of names is allowed',
  ],
  "X-40: nothing for ALPN": [
    () => {
      client().setAlpnProtocols(undefined as never);
    },
    "ALPN: undefined; a list of names is allowed",
  ],
  "S-11: recv(n, flags)": [
    () => {
      const [near] = ssl.memoryPair();
      const context = clientContext();
      const socket = context.wrapSocket(near, {
        serverHostname: "server.test",
        doHandshakeOnConnect: false,
      });
      return socket.recv(1, new Uint8Array(1) as never);
    },
    "recv: bytes; an object of options is allowed",
  ],
  "E-13: verify_code of an error": [
    () => member(untrusted(), "verify_code"),
    "verify_code is verifyCode here",
  ],
  "E-14: verify_message of an error": [
    () => member(untrusted(), "verify_message"),
    "verify_message is verifyMessage here",
  ],
  "T-06: has_ticket of a session": [
    () => member(pair().client.session ?? {}, "has_ticket"),
    "has_ticket is hasTicket here",
  ],
  "E-01: SSLError(number, text)": [
    () => new ssl.SSLError(1 as never, "text" as never),
    "SSLError: a number; a text is allowed",
  ],
  "X-01: trust among a context's options": [
    () => new ssl.SSLContext({ cafile: caFile } as never),
    "it is verifyLocations of an SSLContext here",
  ],
  "X-01: a chain among a context's options": [
    () => new ssl.SSLContext({ certfile: certFile } as never),
    "it is certChain of an SSLContext here",
  ],
  "C-14: cert_time_to_seconds() of nothing": [
    () => ssl.certTimeToSeconds(undefined as never),
    "certTimeToSeconds: undefined; a text is allowed",
  ],
  "C-18: PEM as bytes": [
    () => ssl.pemCertToDerCert(ascii(testAuthority().pem) as never),
    "pemCertToDerCert: bytes; a text is allowed",
  ],
  "C-27: a store of no platform": [
    () => ssl.enumCertificates("CA"),
    "the platform has no stores to list",
  ],
  "N-55: a bit that has no meaning, as a sum prints it": [
    () => {
      const context = client();
      const words: { options: number } = context as never;
      words.options |= 0x4;
    },
    "optionFlags: 2186412116 is no sum of Options: 0x4 is not supported",
  ],
  "C-16: an address as a tuple": [
    () => node.getServerCertificate(["127.0.0.1", 1] as never),
    "getServerCertificate: a list; an object of options is allowed",
  ],
};

describe("habits of Python", () => {
  it.each(Object.entries(WORKS))("%s", (_title, [call, outcome]) => {
    expect(call()).toEqual(outcome);
  });

  it.each(Object.entries(REFUSED))("%s", async (_title, [call, says]) => {
    await expect((async () => await call())()).rejects.toThrow(says);
  });
});
