/**
 * Sessions of connections that their own side gives up, and of stores that are
 * late. Python 3.11 with OpenSSL 3.0.22, in both versions: a server's `close()`
 * without `unwrap()` drops the stored session (SSL_free), also after the client's
 * close_notify; after its own close_notify it stays, whatever the client does. A
 * client's own stays.
 */
import { describe, expect, it } from "vitest";
import { toHex } from "../../../src/bytes.ts";
import type { Session } from "../../../src/engine/index.ts";
import { type ContextSessionStore, SSLContext } from "../../../src/index.ts";
import { testServer } from "../../support/pki.ts";
import {
  BioPair,
  bytes,
  clientContext,
  readyPair,
  type SocketPair,
  sslError,
} from "../support.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
/** Cannot be opened: bad_record_mac. */
const RECORD = Uint8Array.of(23, 3, 3, 0, 32, ...new Uint8Array(32));
const { certificatePem: cert, keyPem: key } = testServer();

/** A store whose puts arrive when the test releases them. */
class LateStore implements ContextSessionStore {
  readonly held = new Map<string, Session>();
  readonly #late: (() => void)[] = [];
  readonly #isLate: boolean;

  constructor(isLate: boolean) {
    this.#isLate = isLate;
  }

  take(id: Uint8Array): Session | undefined {
    const session = this.held.get(toHex(id));
    this.held.delete(toHex(id));
    return session;
  }

  put(id: Uint8Array, session: Session): Promise<void> | undefined {
    const keep = (): void => void this.held.set(toHex(id), session);
    if (!this.#isLate) {
      keep();
      return undefined;
    }
    return new Promise((resolve) =>
      this.#late.push(() => {
        keep();
        resolve();
      }),
    );
  }

  async arrive(): Promise<void> {
    for (const arrive of this.#late.splice(0)) arrive();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

const storing = (sessionStore: ContextSessionStore): SSLContext =>
  new SSLContext({
    protocol: "tlsServer",
    certChain: { cert, key },
    options: { noTicket: true },
    sessionStore,
  });

describe.each(VERSIONS)("a stored session of %s", (maximumVersion) => {
  const connection = async (store: LateStore): Promise<SocketPair> => {
    const client = clientContext({ maximumVersion });
    const pair = await readyPair({ client, server: storing(store) });
    await pair.server.sendAll(bytes(1));
    await pair.client.recv();
    return pair;
  };

  it("goes with a connection that its server destroys", async () => {
    const store = new LateStore(false);
    const { server, client } = await connection(store);
    expect(store.held.size).toBeGreaterThan(0);
    server.destroy();
    expect(store.held.size).toBe(0);
    expect(() => server.exportKeyingMaterial("EXPORTER-x", 32)).toThrow();
    client.destroy();
    // As in Python: nothing is wrong with the session that the client has.
    expect(client.session?.serialize().length).toBeGreaterThan(0);
  });

  it("stays after close(), and a destroy() behind it", async () => {
    const store = new LateStore(false);
    const { server, client } = await connection(store);
    await server.close();
    server.destroy();
    expect(store.held.size).toBeGreaterThan(0);
    client.destroy();
  });

  it("goes, too, where the client had sent close_notify", async () => {
    const store = new LateStore(false);
    const { server, client } = await connection(store);
    await client.close();
    expect(await server.recv()).toHaveLength(0);
    expect(store.held.size).toBeGreaterThan(0);
    server.destroy();
    expect(store.held.size).toBe(0);
    expect(() => server.exportKeyingMaterial("EXPORTER-x", 32)).toThrow();
  });

  it("goes with a connection that its server detaches", async () => {
    const store = new LateStore(false);
    const { server, client } = await connection(store);
    const transport = server.detach();
    expect(store.held.size).toBe(0);
    // Nothing was sent behind it.
    await transport.write(new TextEncoder().encode("plain text"));
    await expect(client.recv()).rejects.toThrow("wrong version number");
  });

  it("stays where the server unwraps", async () => {
    const store = new LateStore(false);
    const { server, client } = await connection(store);
    await Promise.all([server.unwrap(), client.unwrap()]);
    expect(store.held.size).toBeGreaterThan(0);
  });

  it("stays where the client says nothing after the server's own", async () => {
    const store = new LateStore(false);
    const { server, client, near } = await connection(store);
    await server.shutdown("write");
    await near.closeWrite();
    expect(await server.recv()).toHaveLength(0);
    expect(server.truncated).toBe(true);
    server.destroy();
    expect(store.held.size).toBeGreaterThan(0);
    client.destroy();
  });

  it("does not come back by a put that is late", async () => {
    const store = new LateStore(true);
    const pair = new BioPair(clientContext({ maximumVersion }), storing(store));
    pair.handshake();
    pair.serverIn.write(RECORD);
    sslError(() => pair.server.tryRead());
    await store.arrive();
    expect(store.held.size).toBe(0);
  });

  it("of a good connection is there once a late put has arrived", async () => {
    const store = new LateStore(true);
    const pair = new BioPair(clientContext({ maximumVersion }), storing(store));
    pair.handshake();
    await store.arrive();
    expect(store.held.size).toBeGreaterThan(0);
  });
});
