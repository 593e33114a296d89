/** Browsers as clients of our server: what only they offer together. */
import { expect, it } from "vitest";
import { utf8Bytes } from "../../../src/bytes.ts";
import type { CertificateCompressor } from "../../../src/compression/index.ts";
import { brotli, zlib } from "../../../src/compression/node.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import type { ServerOptions } from "../../../src/engine/index.ts";
import {
  createEchKey,
  createEchServer,
  encodeEchConfigList,
} from "../../../src/ech/index.ts";
import { TraceDecoder } from "../../../src/trace/index.ts";
import { testCredential, testServerConfig } from "../../support/engines.ts";
import { testAuthority, testServer } from "../../support/pki.ts";
import {
  type Browser,
  describeBrowsers,
  type HostByDns,
} from "../support/programs/browsers.ts";
import { delegation } from "../support/delegation.ts";
import { serveDns } from "../support/dns-over-https.ts";
import {
  serverTalks,
  type Talked,
  useFiles,
} from "../support/puretls/engines.ts";
import { zstdRow } from "../support/programs/zstd.ts";

const PAGE = "<!doctype html><title>puretls</title><p>from puretls</p>";
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${String(PAGE.length)}\r\nConnection: close\r\n\r\n${PAGE}`;

const file = useFiles();
const ca = file("ca.pem", testAuthority().pem);

/** The connection over which the page was asked for. */
async function visited(
  browser: Browser,
  options: Partial<ServerOptions>,
  dnsFor?: (port: number) => Promise<HostByDns>,
): Promise<Talked> {
  const config = testServerConfig({
    alpnProtocols: ["http/1.1"],
    ...options,
  });
  const { port, next } = await serverTalks(config, (engine) => {
    engine.write(utf8Bytes(ANSWER));
    engine.close();
  });
  const visit = await browser.visit(port, ca, await dnsFor?.(port));
  // Browsers connect ahead of need: such a connection brings no request.
  for (;;) {
    const talked = await next();
    const { info, error } = talked.engine;
    // Without a page it waits for more; the test's end is its end.
    if (info === undefined && error?.reason === "peer_alert") return talked;
    if (talked.received.length === 0) continue;
    await visit.exit();
    return talked;
  }
}

/** The extensions of each ClientHello, in words. */
function extensionsOf({ wire }: Talked): string[][] {
  return new TraceDecoder({ provider: noble })
    .feed("client", wire)
    .flatMap(({ messages }) => messages)
    .filter(({ name }) => name === "client_hello")
    .map(({ fields }) => new Map(fields).get("extensions")?.split(", ") ?? []);
}

describeBrowsers(["chromium", "firefox"], (browser, name) => {
  it("loads a page in TLS 1.3 over the hybrid group", async () => {
    const talked = await visited(browser, {});
    expect(new TextDecoder().decode(talked.received)).toMatch(/^GET \/ HTTP/);
    expect(talked.engine.info).toMatchObject({
      version: "TLSv1.3",
      group: "X25519MLKEM768",
      serverName: "localhost",
    });
  });

  it("loads a page in TLS 1.2", async () => {
    const talked = await visited(browser, { versions: ["TLSv1.2"] });
    expect(new TextDecoder().decode(talked.received)).toMatch(/^GET \/ HTTP/);
    expect(talked.engine.info?.version).toBe("TLSv1.2");
  });

  it("loads a page after a HelloRetryRequest", async () => {
    const talked = await visited(browser, {
      groups: ["secp384r1"],
      helloRetryCookie: true,
    });
    expect(new TextDecoder().decode(talked.received)).toMatch(/^GET \/ HTTP/);
    expect(talked.engine.info?.group).toBe("secp384r1");
    expect(extensionsOf(talked)).toHaveLength(2);
  });

  it("sends GREASE ECH, which our server passes over", async () => {
    const talked = await visited(browser, {});
    const [extensions = []] = extensionsOf(talked);
    expect(extensions).toContain("encrypted_client_hello");
    expect(talked.engine.info?.encryptedClientHello).toBe(false);
  });

  const rows: readonly (readonly [string, CertificateCompressor])[] =
    name === "chromium"
      ? [["brotli", brotli]]
      : [
          ["zlib", zlib],
          ["brotli", brotli],
          ...(zstdRow ? ([["zstd", zstdRow]] as const) : []),
        ];

  it.each(rows)("accepts a certificate compressed by %s", async (_, row) => {
    let compressed = 0;
    const counted: CertificateCompressor = {
      ...row,
      compress: (data) => {
        compressed++;
        return row.compress(data);
      },
      evenIfLonger: true,
    };
    const { received } = await visited(browser, {
      certificateCompression: [counted],
    });
    expect(new TextDecoder().decode(received)).toMatch(/^GET \/ HTTP/);
    expect(compressed).toBeGreaterThan(0);
  });
});

describeBrowsers(["chromium"], (browser) => {
  it("sends its extensions in another order each time", async () => {
    const orders = new Set<string>();
    for (let visit = 0; visit < 2; visit++) {
      const [extensions = []] = extensionsOf(await visited(browser, {}));
      orders.add(extensions.join());
    }
    expect(orders.size).toBe(2);
  });
});

describeBrowsers(["firefox"], (browser) => {
  it("accepts a delegated credential, and offers record_size_limit", async () => {
    const { own, delegated } = delegation();
    const talked = await visited(browser, {
      credentials: [delegated, own],
      recordSizeLimit: 512,
    });
    expect(new TextDecoder().decode(talked.received)).toMatch(/^GET \/ HTTP/);
    expect(talked.engine.info?.credential).toBe(delegated);
    const [extensions = []] = extensionsOf(talked);
    expect(extensions).toContain("record_size_limit");
  });

  it.each([
    ["with our key", 1],
    ["at the second try, with an old one", 2],
  ])(
    "reads configs in the DNS, and hides the name %s",
    async (_, published) => {
      const host = "hidden.wild.test";
      const keyOf = (configId: number) =>
        createEchKey({ provider: noble, publicName: "server.test", configId });
      const current = keyOf(1);
      const { config } = published === 1 ? current : keyOf(published);
      const { certificatePem, keyPem } = testServer();
      const asked: (readonly string[])[] = [];
      const talked = await visited(
        browser,
        {
          encryptedClientHello: createEchServer({
            provider: noble,
            keys: [current],
          }),
        },
        async (port) => {
          const identity = { cert: certificatePem, key: keyPem };
          const ech = encodeEchConfigList([config]);
          const dns = await serveDns(identity, { port, ech });
          asked.push(dns.asked);
          return { host, dnsPort: dns.port };
        },
      );
      expect(asked.flat().join()).toMatch(/65 [^,]*hidden\.wild\.test/);
      expect(new TextDecoder().decode(talked.received)).toMatch(/^GET \/ HTTP/);
      expect(talked.engine.info?.encryptedClientHello).toBe(true);
      expect(talked.engine.info?.serverName).toBe(host);
    },
  );

  it("rejects a certificate whose compression is wrong", async () => {
    const { engine, received } = await visited(browser, {
      credentials: [testCredential()],
      certificateCompression: [
        { ...zlib, compress: () => Uint8Array.of(1, 2, 3) },
      ],
    });
    expect(received).toHaveLength(0);
    expect(engine.error?.alert).toMatch(/^(bad_certificate|decode_error)$/);
  });
});
