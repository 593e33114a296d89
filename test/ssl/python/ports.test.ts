/**
 * The ways in which two large users of Python's `ssl` work with it, line by line:
 * a client for HTTP that sets a context up by hand, and an event loop that drives
 * an SSLObject over memory BIOs.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  createDefaultContext,
  MemoryBIO,
  Options,
  SSLContext,
  SSLError,
  type SSLObject,
  SSLWantReadError,
  SSLWantWriteError,
  SSLZeroReturnError,
  TLSVersion,
  VerifyFlags,
  VerifyMode,
} from "../../../src/index.ts";
import { testAuthority } from "../../support/pki.ts";
import { ascii, BioPair, serverContext, text } from "../support.ts";

const folder = mkdtempSync(join(tmpdir(), "puretls-ports-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const caFile = join(folder, "ca.pem");
writeFileSync(caFile, testAuthority().pem);

/** As a client for HTTP makes its context; `required` is its cert_reqs. */
function httpContext(required: boolean, keyLog?: string): SSLContext {
  const context = new SSLContext("tlsClient");
  context.minimumVersion = TLSVersion.TLSv1_2;
  context.maximumVersion = TLSVersion.MAXIMUM_SUPPORTED;
  context.setCiphers("ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM");
  const python: { options: number } = context as never;
  python.options |=
    Options.OP_NO_SSLv2 |
    Options.OP_NO_SSLv3 |
    Options.OP_NO_COMPRESSION |
    Options.OP_NO_TICKET;
  context.verifyFlags |=
    VerifyFlags.VERIFY_X509_PARTIAL_CHAIN | VerifyFlags.VERIFY_X509_STRICT;
  context.postHandshakeAuth = true;
  if (required) {
    context.verifyMode = VerifyMode.CERT_REQUIRED;
    context.checkHostname = true;
  } else {
    context.checkHostname = false;
    context.verifyMode = VerifyMode.CERT_NONE;
  }
  context.hostnameChecksCommonName = false;
  if (keyLog !== undefined) context.keyLogFilename = keyLog;
  return context;
}

describe("a client for HTTP", () => {
  it("X-10 X-61 X-62 X-63 X-94 X-96: sets a context up by hand, in this order", () => {
    const path = join(folder, "keys.log");
    const context = httpContext(true, path);
    expect(context.keyLogFilename).toBe(path);
    context.loadVerifyLocations({ caFile, caPath: folder });
    context.setAlpnProtocols(["h2", "http/1.1"]);
    const server = serverContext({ alpnProtocols: ["http/1.1"] });
    const { client } = new BioPair(context, server).handshake();
    expect(client.selectedAlpnProtocol()).toBe("http/1.1");
    expect(client.getPeerCert()).toHaveProperty("subjectAltName");
    const der = client.getPeerCert(true);
    // As it is: no cast is needed for what takes no shared memory.
    const part: BlobPart[] = der === null ? [] : [der];
    expect(new Blob(part).size).toBe(der?.length);
    expect(readFileSync(path, "utf8")).toContain("CLIENT_TRAFFIC_SECRET_0");
  });

  it("X-61 X-62: verifies nobody when it is told so, name checks first", () => {
    const context = httpContext(false);
    const { client } = new BioPair(context, serverContext()).handshake();
    expect(client.getPeerCert()).toEqual({});
    expect(client.getPeerCert(true)).toBeInstanceOf(Uint8Array);
  });

  it("X-29a: tells a missing file from one that holds no certificate", () => {
    const context = httpContext(true);
    const load = (path: string) => () => {
      context.loadVerifyLocations({ caFile: path });
    };
    expect(load(join(folder, "none.pem"))).toThrow("No such file or directory");
    const empty = join(folder, "other.pem");
    writeFileSync(empty, "other");
    expect(load(empty)).toThrow(/no certificate or crl found/);
  });
});

/** An event loop's protocol over an SSLObject: it moves bytes, and waits. */
class LoopProtocol {
  readonly incoming = new MemoryBIO();
  readonly outgoing = new MemoryBIO();
  readonly object: SSLObject;
  readonly received: string[] = [];
  state: "handshake" | "wrapped" | "flushing" | "unwrapped" = "handshake";
  ended = false;
  readonly #backlog: Uint8Array[] = [];

  constructor(context: SSLContext, serverHostname: string | null) {
    this.object = context.wrapBio(this.incoming, this.outgoing, {
      serverSide: serverHostname === null,
      serverHostname,
    });
  }

  /** The same buffer over and over, as buffered protocols have it. */
  feed(bytes: Uint8Array): void {
    this.incoming.write(bytes);
    this.turn();
  }

  turn(): void {
    if (
      this.state === "handshake" &&
      this.#done(() => this.object.doHandshake())
    )
      this.state = "wrapped";
    if (this.state === "wrapped") {
      this.#read();
      this.#write();
    }
    if (this.state === "flushing" && this.#done(() => this.object.unwrap()))
      this.state = "unwrapped";
  }

  write(data: Uint8Array): void {
    this.#backlog.push(data);
    this.turn();
  }

  shutDown(): void {
    this.state = "flushing";
    this.turn();
  }

  #read(): void {
    const buffer = new Uint8Array(16);
    const isMore = (): boolean => {
      const length = this.object.readInto(buffer, buffer.length);
      if (length === 0) this.ended = true;
      else this.received.push(text(buffer.subarray(0, length)));
      return length > 0;
    };
    this.#done(() => {
      while (isMore());
    });
    if (this.ended) this.shutDown();
  }

  #write(): void {
    this.#done(() => {
      for (;;) {
        const [first] = this.#backlog;
        if (first === undefined) return;
        const count = this.object.write(first);
        if (count < first.length) this.#backlog[0] = first.subarray(count);
        else this.#backlog.shift();
      }
    });
  }

  /** True when the call was done; false when it wants more. */
  #done(call: () => void): boolean {
    try {
      call();
      return true;
    } catch (error) {
      if (error instanceof SSLZeroReturnError) {
        this.ended = true;
        return true;
      }
      const isAgain =
        error instanceof SSLWantReadError || error instanceof SSLWantWriteError;
      if (!isAgain) throw error;
      return false;
    }
  }
}

describe("an event loop", () => {
  it("O-02 O-11 O-13 O-18 O-30: drives both roles over memory BIOs", () => {
    const context = createDefaultContext({ ca: testAuthority().pem });
    const client = new LoopProtocol(context, "server.test");
    const server = new LoopProtocol(serverContext(), null);
    const carry = (): void => {
      for (let i = 0; i < 6; i++) {
        server.feed(client.outgoing.read());
        client.feed(server.outgoing.read());
      }
    };
    client.write(ascii("GET / HTTP/1.1, with more than sixteen bytes"));
    carry();
    expect(client.state).toBe("wrapped");
    server.write(ascii("200"));
    carry();
    expect(server.received.join("")).toBe(
      "GET / HTTP/1.1, with more than sixteen bytes",
    );
    expect(client.received).toEqual(["200"]);
    expect(client.object.cipher()).toHaveProperty("bits", 256);
    expect(client.object.compression()).toBe(null);
    client.shutDown();
    carry();
    expect(server.ended).toBe(true);
    expect([client.state, server.state]).toEqual(["unwrapped", "unwrapped"]);
  });

  it("X-62 X-103: without a name it turns the check of names off first", () => {
    const context = createDefaultContext({ ca: testAuthority().pem });
    expect(() => new LoopProtocol(context, "")).toThrow(RangeError);
    context.checkHostname = false;
    const bios = [new MemoryBIO(), new MemoryBIO()] as const;
    expect(context.wrapBio(...bios).serverHostname).toBe(null);
  });

  it("E-06: a refusal reaches the callback with its class", () => {
    const client = new LoopProtocol(
      createDefaultContext({ ca: [] }),
      "server.test",
    );
    const server = new LoopProtocol(serverContext(), null);
    client.turn();
    server.feed(client.outgoing.read());
    expect(() => {
      client.feed(server.outgoing.read());
    }).toThrow(SSLError);
    expect(() => {
      server.feed(client.outgoing.read());
    }).toThrow("tlsv1 alert unknown ca");
  });
});
