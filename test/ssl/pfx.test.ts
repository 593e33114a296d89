/** `loadCertChain({ pfx })`: PKCS#12 files that OpenSSL wrote. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import { SSLContext, type SSLContextOptions } from "../../src/index.ts";
import {
  connect,
  createDefaultContext,
  nodePlatform,
  serve,
  type SSLServer,
} from "../../src/net/node.ts";
import {
  createCertificateAuthority,
  createPkcs12,
} from "../../src/pki/index.ts";
import { pkcs12 } from "../../src/x509/index.ts";
import { hasOpenssl } from "../support/openssl-certs.ts";
import { openssl } from "../pki/openssl.ts";
import { BioPair, rejection, sslError, thrown } from "./support.ts";

const provider = noble;
const root = createCertificateAuthority({ provider, name: "Root" });
const middle = root.issueIntermediate({ name: "Middle" });
const server = middle.issueServer({ hosts: ["a.test"] });
const password = "Straße 5 €";

function exported(...args: readonly string[]): Uint8Array {
  return openssl(
    [
      ...["pkcs12", "-export", "-in", "c.pem", "-inkey", "k.pem"],
      ...["-certfile", "m.pem", "-out", "o.p12", "-passout", "file:p", ...args],
    ],
    {
      "c.pem": server.pem,
      "k.pem": server.key.toPem(),
      "m.pem": middle.pem + root.pem,
      p: `${password}\n`,
    },
  ).file("o.p12");
}

const serverOf = (options: SSLContextOptions = {}): SSLContext =>
  new SSLContext({ protocol: "tlsServer", platform: { pkcs12 }, ...options });

/** The names of the chain that a client verifies. */
function verified(context: SSLContext): number {
  const client = new SSLContext({ verifyLocations: { ca: root.pem } });
  const pair = new BioPair(client, context, "a.test").handshake();
  return pair.client.getUnverifiedChain().length;
}

describe.runIf(hasOpenssl())("loadCertChain({ pfx })", () => {
  const folder = mkdtempSync(join(tmpdir(), "puretls-pfx-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const pfx = hasOpenssl() ? exported() : new Uint8Array();
  const path = join(folder, "own.p12");
  writeFileSync(path, pfx);

  it.each([
    ["OpenSSL's default", []],
    ["the legacy profile", ["-legacy"]],
    ["no MAC", ["-nomac"]],
  ])("serves what OpenSSL wrote: %s", (_what, args) => {
    const context = serverOf();
    context.loadCertChain({ pfx: exported(...args), password });
    // The root stays at home: the chain is that of the file.
    expect(verified(context)).toBe(2);
  });

  it("accepts a password as bytes or from a callback, and as an option of a context", () => {
    const bytes = new TextEncoder().encode(password);
    for (const given of [password, bytes, () => password, () => bytes])
      expect(verified(serverOf({ certChain: { pfx, password: given } }))).toBe(
        2,
      );
  });

  it("reads a file by its path, with the platform of Node", () => {
    const context = createDefaultContext({ purpose: "clientAuth" });
    context.loadCertChain({ pfxFile: path, password });
    expect(verified(context)).toBe(2);
    expect(nodePlatform.pkcs12).toBe(pkcs12);
  });

  it("does not block with loadCertChainAsync(), whose password may be late", async () => {
    const many = exported("-iter", "30000");
    const context = serverOf();
    let others = 0;
    const timer = setInterval(() => others++, 0);
    await context.loadCertChainAsync({
      pfx: many,
      password: () => Promise.resolve(password),
    });
    clearInterval(timer);
    expect(others).toBeGreaterThan(2);
    expect(verified(context)).toBe(2);
    await serverOf().loadCertChainAsync({ pfx, password });
    const wrong = context.loadCertChainAsync({ pfx, password: "wrong" });
    expect(await rejection(wrong)).toMatchObject({
      ...{ library: "PKCS12", reason: "MAC_VERIFY_FAILURE" },
    });
    const both = context.loadCertChainAsync({ pfx, password, keyFile: path });
    expect(await rejection(both)).toBeInstanceOf(TypeError);
  });

  it("serves and connects with a file, over TCP", async () => {
    const verifyMode = "required";
    const context = createDefaultContext({
      purpose: "clientAuth",
      ca: root.pem,
    });
    const accepted = async (listening: SSLServer) => {
      const { socket } = await listening.accept();
      await socket.recv();
      await socket.close();
      return socket.getUnverifiedChain().length;
    };
    const first = await serve({ port: 0, pfxFile: path, password });
    const done = accepted(first);
    const socket = await connect({
      ...{ host: "127.0.0.1", port: first.address?.port ?? 0 },
      ...{ serverHostname: "a.test", ca: root.pem },
    });
    expect(socket.getUnverifiedChain()).toHaveLength(2);
    await socket.sendAll(Uint8Array.of(1));
    await socket.close();
    await done;
    await first.close();
    const client = middle.issueClient({ name: "me" });
    const { key, chain } = client;
    const own = createPkcs12({ provider, password, key, chain, iterations: 1 });
    context.verifyMode = verifyMode;
    context.loadCertChain({ pfx, password });
    const second = await serve({ port: 0, context });
    const seen = accepted(second);
    const other = await connect({
      ...{ host: "127.0.0.1", port: second.address?.port ?? 0 },
      ...{ serverHostname: "a.test", ca: root.pem, pfx: own, password },
    });
    await other.sendAll(Uint8Array.of(1));
    await other.close();
    expect(await seen).toBe(2);
    await second.close();
  });

  it("reports faults in OpenSSL's words", () => {
    const refusal = (data: Uint8Array, given = password) => {
      const { library, reason, message } = sslError(() => {
        serverOf().loadCertChain({ pfx: data, password: given });
      });
      expect(message).toContain("pfx: ");
      return `${String(library)} ${String(reason)}`;
    };
    expect(refusal(pfx, "wrong")).toBe("PKCS12 MAC_VERIFY_FAILURE");
    expect(refusal(pfx, "")).toBe("PKCS12 MAC_VERIFY_FAILURE");
    expect(refusal(pfx.subarray(0, 100))).toBe("ASN1 DECODE_ERROR");
    expect(refusal(exported("-nokeys"))).toBe("SSL NO_CERTIFICATE_ASSIGNED");
    expect(refusal(exported("-nocerts"))).toBe("SSL NO_CERTIFICATE_ASSIGNED");
    const dear = exported("-iter", "65536");
    dear.set([0x7f, 0xff, 0xff], dear.length - 3);
    expect(refusal(dear)).toBe("PKCS12 PARSE_ERROR");
  });

  it("is refused beside certificates and keys, and without a reader", () => {
    for (const more of [
      { cert: server.pem },
      { key: server.key.toPem() },
      { certFile: path },
      { keyFile: path },
    ])
      expect(
        thrown(() => {
          serverOf().loadCertChain({ pfx, password, ...more });
        }),
      ).toBeInstanceOf(TypeError);
    const { message, code } = sslError(() => {
      serverOf({ platform: {} }).loadCertChain({ pfx, password });
    });
    expect(code).toBe("ERR_UNSUPPORTED_PLATFORM");
    expect(message).toContain("platform: { pkcs12 }");
  });

  it("a platform may have a smaller budget", () => {
    const careful = {
      ...pkcs12,
      parse: ((data, options) =>
        pkcs12.parse(data, {
          ...options,
          maximumIterations: 1000,
        })) satisfies typeof pkcs12.parse,
    };
    const { reason } = sslError(() => {
      serverOf({ platform: { pkcs12: careful } }).loadCertChain({
        ...{ pfx, password },
      });
    });
    expect(reason).toBe("PARSE_ERROR");
  });

  it("looks at the chain as at one of PEM: security levels, stapling", () => {
    const context = serverOf();
    context.setCiphers("DEFAULT:@SECLEVEL=4");
    const { key, chain } = server;
    const own = createPkcs12({ provider, password, key, chain, iterations: 1 });
    const { reason } = sslError(() => {
      context.loadCertChain({ pfx: own, password });
    });
    expect(reason).toBe("EE_KEY_TOO_SMALL");
    const ocspResponse = middle.createOcspResponse(server);
    serverOf().loadCertChain({ pfx: own, password, ocspResponse });
  });
});
