/**
 * OCSP responses fetched over HTTP, verified, and kept in a file that servers
 * staple. The request is OpenSSL's to the byte.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import { memoryPair, SSLContext, TlsUsageError } from "../../src/index.ts";
import {
  fetchOcspResponse,
  keepOcspFile,
  type OcspFileEvent,
  watchCertChain,
} from "../../src/net/node.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import { openssl } from "../pki/openssl.ts";

const provider = noble;
const authority = createCertificateAuthority({ provider, name: "CN=Status" });
const made = authority.issueServer({ hosts: ["a.test"] });
const chain = made.pem + authority.pem;
const HOUR = 3_600_000;

let server: Server;
let url = "";
/** Requests as they came, and the answer to the next ones. */
let asked: { method: string; body: Uint8Array }[] = [];
let status = 200;
let type = "application/ocsp-response";
let answer: (() => Uint8Array) | undefined;
let folder = "";

beforeEach(async () => {
  [asked, status, type] = [[], 200, "application/ocsp-response"];
  answer = () => authority.createOcspResponse(made);
  folder = mkdtempSync(join(tmpdir(), "puretls-ocsp-"));
  server = createServer((request, response) => {
    void requestOf(request).then((body) => {
      asked.push({ method: request.method ?? "", body });
      if (answer === undefined) return; // It never answers.
      response.writeHead(status, { "content-type": type }).end(answer());
    });
  });
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      resolve();
    }),
  );
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  url = `http://127.0.0.1:${port.toString()}/status`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function requestOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.method === "POST") return Buffer.concat(chunks);
  const path = request.url?.replace(/^\/status\//, "") ?? "";
  return Buffer.from(decodeURIComponent(path), "base64");
}

describe("a response", () => {
  it("is asked for by GET as OpenSSL asks, and is good", async () => {
    const staple = await fetchOcspResponse({ chain, url });
    expect(staple.nextUpdate).toBe(staple.thisUpdate + 7 * 24 * HOUR);
    const [first] = asked;
    expect(first?.method).toBe("GET");
    const theirs = openssl(
      [
        ...["ocsp", "-no_nonce", "-issuer", "ca.pem", "-cert", "leaf.pem"],
        ...["-reqout", "request.der", "-out", "request.der"],
      ],
      { "ca.pem": authority.pem, "leaf.pem": made.pem },
    );
    expect(theirs.status).toBe(0);
    expect(new Uint8Array(first?.body ?? [])).toEqual(
      theirs.file("request.der"),
    );
  });

  it("is asked for by POST where the address is long", async () => {
    const long = `${url}/${"x".repeat(200)}`;
    await fetchOcspResponse({ chain, url: long });
    await fetchOcspResponse({ chain, url });
    const [post, get] = asked;
    expect([post?.method, get?.method]).toEqual(["POST", "GET"]);
    expect(post?.body).toEqual(get?.body);
  });

  it("is found where the certificate says", async () => {
    const publishing = createCertificateAuthority({
      provider,
      name: "CN=Publishing",
      publishes: { ocspUrls: [url] },
    });
    const named = publishing.issueServer({ hosts: ["a.test"] });
    answer = () => publishing.createOcspResponse(named);
    await fetchOcspResponse({ chain: named.pem + publishing.pem });
    expect(asked).toHaveLength(1);
    await expect(fetchOcspResponse({ chain })).rejects.toThrow(TlsUsageError);
  });

  const other = createCertificateAuthority({ provider, name: "CN=Status" });
  const foreign: Record<string, () => Uint8Array> = {
    "that says revoked": () =>
      authority.createOcspResponse(made, { status: "revoked" }),
    "that says unknown": () =>
      authority.createOcspResponse(made, { status: "unknown" }),
    "of another authority": () => other.createOcspResponse(made),
    "about another certificate": () =>
      authority.createOcspResponse(
        authority.issueServer({ hosts: ["b.test"] }),
      ),
    "that is over": () =>
      authority.createOcspResponse(made, {
        thisUpdate: Date.now() - 3 * HOUR,
        nextUpdate: Date.now() - 2 * HOUR,
      }),
    "that is none": () => Uint8Array.of(1, 2, 3),
    "that is too long": () => new Uint8Array(70_000),
    "that is empty": () => new Uint8Array(0),
  };
  it.each(Object.entries(foreign))("%s is refused", async (_title, make) => {
    answer = make;
    await expect(fetchOcspResponse({ chain, url })).rejects.toThrow(Error);
  });

  it("of another status or type, or none at all, is an error", async () => {
    const fetch = () => fetchOcspResponse({ chain, url, timeout: 200 });
    status = 500;
    await expect(fetch()).rejects.toThrow(/status 500/);
    [status, type] = [200, "text/html"];
    await expect(fetch()).rejects.toThrow(/text\/html/);
    answer = undefined;
    await expect(fetch()).rejects.toThrow(/no answer in 200 ms/);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(fetch()).rejects.toThrow(/ECONNREFUSED/);
    await expect(
      fetchOcspResponse({ chain, url: "https://a.test/" }),
    ).rejects.toThrow(TlsUsageError);
    await expect(fetchOcspResponse({ chain: made.pem, url })).rejects.toThrow(
      TlsUsageError,
    );
  });
});

describe("a file", () => {
  it("is fetched once, again at half of its time, and dropped at its end", async () => {
    const certFile = join(folder, "chain.pem");
    const ocspFile = join(folder, "ocsp");
    writeFileSync(certFile, chain);
    let now = 1000 * Math.floor(Date.now() / 1000); // DER has whole seconds.
    const began = now;
    const events: OcspFileEvent[] = [];
    const options = {
      ...{ certFile, ocspFile, url },
      provider: { ...noble, now: () => now },
      onRefresh: (event: OcspFileEvent) => events.push(event),
    };
    answer = () =>
      authority.createOcspResponse(made, {
        thisUpdate: now,
        nextUpdate: now + 8 * HOUR,
      });
    const [one, two] = [keepOcspFile(options), keepOcspFile(options)];
    one.close();
    two.close();
    expect(await one.refresh()).toBe(true);
    expect(await two.refresh()).toBe(false);
    now = began + 4 * HOUR - 1;
    expect(await two.refresh()).toBe(false);
    now = began + 4 * HOUR;
    expect(await two.refresh()).toBe(true);
    expect(asked).toHaveLength(2);

    status = 503;
    const before = readFileSync(ocspFile);
    now = began + 11 * HOUR;
    expect(await one.refresh()).toBe(false);
    expect(readFileSync(ocspFile)).toEqual(before);
    now = began + 13 * HOUR;
    expect(await one.refresh()).toBe(false);
    expect(existsSync(ocspFile)).toBe(false);
    expect(events.map(({ outcome }) => outcome)).toEqual([
      ...["fetched", "fetched", "failed", "failed", "expired"],
    ]);
  });

  it("stays where this process' clock is behind, and leaves nothing where it cannot be written", async () => {
    const certFile = join(folder, "chain.pem");
    const ocspFile = join(folder, "ocsp");
    writeFileSync(certFile, chain);
    const events: OcspFileEvent[] = [];
    let now = Date.now();
    const keeper = keepOcspFile({
      ...{ certFile, ocspFile, url },
      provider: { ...noble, now: () => now },
      onRefresh: (event) => events.push(event),
    });
    keeper.close();
    writeFileSync(ocspFile, authority.createOcspResponse(made));
    const before = readFileSync(ocspFile);
    now -= 24 * HOUR;
    status = 503;
    expect(await keeper.refresh()).toBe(false);
    expect(readFileSync(ocspFile)).toEqual(before);
    expect(events.map(({ outcome }) => outcome)).toEqual(["failed"]);

    [now, status] = [Date.now(), 200];
    rmSync(ocspFile);
    mkdirSync(ocspFile); // A file cannot take its place.
    expect(await keeper.refresh()).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(["chain.pem", "ocsp"]);
  });

  it("is stapled by a server that watches it", async () => {
    const certFile = join(folder, "chain.pem");
    const ocspFile = join(folder, "ocsp");
    writeFileSync(certFile, chain + made.key.toPem());
    const context = new SSLContext({ protocol: "tlsServer" });
    const watch = watchCertChain(context, { certFile, ocspFile });
    const visit = async (): Promise<boolean> => {
      const [near, far] = memoryPair();
      const client = new SSLContext({
        verifyLocations: { ca: authority.pem },
        ocspStapling: "require",
      });
      const there = context.wrapSocket(far, { serverSide: true });
      const here = client.wrapSocket(near, { serverHostname: "a.test" });
      const [outcome] = await Promise.allSettled([here.ready, there.ready]);
      await Promise.allSettled([here.close(), there.close()]);
      return outcome.status === "fulfilled";
    };
    expect(await visit()).toBe(false);
    const keeper = keepOcspFile({ certFile, ocspFile, url });
    await keeper.refresh();
    keeper.close();
    expect(watch.reload()).toBe(true);
    watch.close();
    expect(await visit()).toBe(true);
  });
});
