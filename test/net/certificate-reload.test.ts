/** Certificates that change under a running server: watchCertChain(). */
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import { memoryPair, SSLContext, TlsUsageError } from "../../src/index.ts";
import {
  type CertChainEvent,
  type CertChainWatch,
  watchCertChain,
  type WatchCertChainOptions,
} from "../../src/net/node.ts";
import {
  createCertificateAuthority,
  generateKey,
} from "../../src/pki/index.ts";
import { contextState } from "../../src/ssl/context/context-state.ts";

const authority = createCertificateAuthority({ provider, name: "CN=Renewing" });
const issue = (subject: string, type: "ed25519" | "ec-p256" = "ec-p256") => {
  const key = generateKey({ provider, type });
  const made = authority.issueServer({ hosts: ["a.test"], subject, key });
  return { cert: made.chainPem, key: key.toPem() };
};

const HOUR = 3_600_000;

describe("a certificate on disk", () => {
  let folder = "";
  let certFile = "";
  let keyFile = "";
  let context: SSLContext;
  let events: CertChainEvent[];
  const watches: CertChainWatch[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "puretls-reload-"));
    certFile = join(folder, "cert.pem");
    keyFile = join(folder, "key.pem");
    context = new SSLContext({ protocol: "tlsServer" });
    events = [];
  });
  afterEach(() => {
    for (const watch of watches.splice(0)) watch.close();
    vi.useRealTimers();
    rmSync(folder, { recursive: true, force: true });
  });

  const put = ({ cert, key }: { cert: string; key: string }): void => {
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
  };
  const watching = (more: Partial<WatchCertChainOptions> = {}) => {
    const onReload = (event: CertChainEvent) => events.push(event);
    const options = { certFile, keyFile, onReload, ...more };
    const watch = watchCertChain(context, options);
    watches.push(watch);
    return watch;
  };

  /** The subject that a new client sees. */
  async function served(): Promise<string> {
    const [near, far] = memoryPair();
    const client = new SSLContext({ verifyLocations: { ca: authority.pem } });
    const there = context.wrapSocket(far, { serverSide: true });
    const here = client.wrapSocket(near, { serverHostname: "a.test" });
    await Promise.all([here.ready, there.ready]);
    const { subject } = here.getPeerCert() ?? {};
    await Promise.all([here.close(), there.close()]);
    return JSON.stringify(subject);
  }

  it("is served, and its renewal from the next connection on", async () => {
    put(issue("one"));
    const watch = watching();
    expect(await served()).toContain("one");
    expect(watch.reload()).toBe(false);
    put(issue("two"));
    expect(await served()).toContain("one");
    expect(watch.reload()).toBe(true);
    expect(await served()).toContain("two");
    expect(events).toEqual([{ outcome: "reloaded" }]);
  });

  it("stays while its files do not fit, and follows when they do", async () => {
    put(issue("one"));
    const watch = watching();
    const next = issue("two");
    writeFileSync(certFile, next.cert); // a renewal that is half done
    expect(watch.reload()).toBe(false);
    expect(watch.reload()).toBe(false);
    rmSync(keyFile);
    expect(watch.reload()).toBe(false);
    writeFileSync(keyFile, "no key");
    expect(watch.reload()).toBe(false);
    expect(await served()).toContain("one");
    expect(events.map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 4 }, () => "failed"),
    );
    for (const { error } of events) expect(error).toBeInstanceOf(Error);
    writeFileSync(keyFile, next.key);
    expect(watch.reload()).toBe(true);
    expect(await served()).toContain("two");
  });

  it("of another kind of key takes the place of the one before", async () => {
    put(issue("one"));
    context.loadCertChain(issue("other", "ed25519")); // not of these files
    const watch = watching();
    put(issue("two", "ed25519"));
    expect(watch.reload()).toBe(true);
    expect(await served()).toContain("two");
    put(issue("three"));
    expect(watch.reload()).toBe(true);
    expect(await served()).toContain("three");
  });

  describe("with an OCSP response", () => {
    const stapling = (subject: string) => {
      const made = authority.issueServer({ hosts: ["a.test"], subject });
      const response = (nextUpdate: number) =>
        authority.createOcspResponse(made, {
          thisUpdate: Date.now() - 2 * HOUR,
          nextUpdate,
        });
      return { cert: made.chainPem, key: made.key.toPem(), response };
    };
    /** True where the server staples. */
    const stapled = (): boolean =>
      contextState(context).settings.credentials.some(
        ({ credential }) =>
          "ocspResponse" in credential && credential.ocspResponse !== undefined,
      );
    let ocspFile = "";
    beforeEach(() => {
      ocspFile = join(folder, "ocsp");
    });

    it("is loaded without one that cannot be used, and with the next", async () => {
      const one = stapling("one");
      put(one);
      writeFileSync(ocspFile, one.response(Date.now() + HOUR));
      const watch = watching({ ocspFile });
      expect([events, stapled()]).toEqual([[], true]);

      // Renewed while the response is still about the old one.
      const two = stapling("two");
      put(two);
      expect(watch.reload()).toBe(true);
      expect(await served()).toContain("two");
      expect(stapled()).toBe(false);
      expect(watch.reload()).toBe(false);

      const three = stapling("three");
      put(three);
      const useless = [
        () => {
          writeFileSync(ocspFile, "no response");
        },
        () => {
          writeFileSync(ocspFile, three.response(Date.now() - HOUR));
        },
        () => {
          rmSync(ocspFile);
          mkdirSync(ocspFile);
        },
      ];
      for (const spoil of useless) {
        spoil();
        expect(watch.reload()).toBe(true);
        expect(await served()).toContain("three");
        expect(stapled()).toBe(false);
      }
      rmSync(ocspFile, { recursive: true });
      writeFileSync(ocspFile, three.response(Date.now() + HOUR));
      expect(watch.reload()).toBe(true);
      expect(stapled()).toBe(true);
      const words = ["unstapled", "unstapled", "unstapled", "unstapled"];
      expect(events.map(({ outcome }) => outcome)).toEqual([
        ...words,
        "reloaded",
      ]);
      for (const { error } of events.slice(0, -1))
        expect(error).toBeInstanceOf(Error);
    });

    it("drops one that runs out, and begins without one", () => {
      vi.useFakeTimers();
      const one = stapling("one");
      put(one);
      writeFileSync(ocspFile, one.response(Date.now() + HOUR));
      const watch = watching({ ocspFile });
      vi.advanceTimersByTime(HOUR + 7 * 60_000);
      expect(events.map(({ outcome }) => outcome)).toEqual(["unstapled"]);
      expect(stapled()).toBe(false);
      watch.close();
      events.length = 0;
      watching({ ocspFile });
      expect(events.map(({ outcome }) => outcome)).toEqual(["unstapled"]);
    });
  });

  it("may be a link that is set to another file", async () => {
    const made = [issue("one"), issue("two")];
    for (const [index, { cert, key }] of made.entries())
      writeFileSync(join(folder, `${index.toString()}.pem`), cert + key);
    const link = join(folder, "live.pem");
    symlinkSync("0.pem", link);
    const watch = watchCertChain(context, { certFile: link });
    watches.push(watch);
    expect(await served()).toContain("one");
    symlinkSync("1.pem", `${link}.new`);
    renameSync(`${link}.new`, link);
    expect(watch.reload()).toBe(true);
    expect(await served()).toContain("two");
  });

  it("is looked at by itself, until the watch is closed", () => {
    vi.useFakeTimers();
    put(issue("one"));
    const watch = watching({ interval: 5000 });
    put(issue("two"));
    vi.advanceTimersByTime(4999);
    expect(events).toHaveLength(0);
    vi.advanceTimersByTime(1);
    expect(events).toHaveLength(1);
    watch.close();
    put(issue("three"));
    vi.advanceTimersByTime(60_000);
    expect(events).toHaveLength(1);
  });

  it("must be there and fit the first time; a listener's errors cost nothing", () => {
    expect(() => watching()).toThrow(/ENOENT/);
    put({ ...issue("one"), key: issue("two").key });
    expect(() => watching()).toThrow(/KEY_VALUES_MISMATCH|key/);
    put(issue("one"));
    expect(() => watching({ interval: 0 })).toThrow(TlsUsageError);
    const watch = watching({
      onReload: () => {
        throw new Error("no metrics");
      },
    });
    put(issue("two"));
    expect(watch.reload()).toBe(true);
  });
});
