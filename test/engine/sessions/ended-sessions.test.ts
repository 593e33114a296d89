/**
 * Sessions that end together with a connection: in both versions, in either
 * kind of storage, at each stage, by either side and by each kind of end.
 */
import { expect, it } from "vitest";
import { node as provider } from "../../../src/crypto/node.ts";
import {
  type ClientOptions,
  MemorySessionStore,
  type ServerOptions,
  type Session,
  TicketKeys,
  type TlsEngine,
} from "../../../src/engine/index.ts";
import {
  events,
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";

/** Ends a connection by an alert: a record that cannot be opened. */
const RECORD = Uint8Array.of(23, 3, 3, 0, 32, ...new Uint8Array(32));
const ALERTS = ["sent by the client", "sent by the server"] as const;
const ENDS = [...ALERTS, "end of file", "close_notify"] as const;
/** The stages at which a connection is ended: see {@link advance}. */
const STAGES = [
  "hello sent",
  "hello read",
  "flight read",
  "connected",
] as const;

interface Row {
  readonly version: "TLSv1.2" | "TLSv1.3";
  readonly kept: "in a store" | "in a ticket";
  readonly stage: (typeof STAGES)[number];
  readonly end: (typeof ENDS)[number];
}

const ROWS: readonly Row[] = (["TLSv1.2", "TLSv1.3"] as const).flatMap(
  (version) =>
    (["in a store", "in a ticket"] as const).flatMap((kept) =>
      STAGES.flatMap((stage) =>
        ENDS.map((end) => ({ version, kept, stage, end })),
      ),
    ),
);

// [5246-7.2.2-02]
it.each(ROWS)("$version, $kept, $stage: $end", (row) => {
  const { pair, session, store } = resumption(row);
  advance(pair, row.stage);
  const events = endBy(pair, row.end);
  const told = events.flatMap((event) =>
    event.type === "session_ended" ? [event.session] : [],
  );
  const byAlert = ALERTS.some((end) => end === row.end);
  // RFC 5246 7.2.2, RFC 9846 6.2: not after an alert, and only then.
  expect(told).toEqual(byAlert ? [session] : []);
  const wasServed = !(row.stage === "hello sent" && row.end === "end of file");
  const isForgotten = (byAlert || row.end === "end of file") && wasServed;
  expect(store.size).toBe(isForgotten ? 0 : sessionsLeft(row, pair, wasServed));
});

// [9846-6-03b]
it("TLSv1.3, in the middle of a later certificate: sent by the server", () => {
  const row = { version: "TLSv1.3", kept: "in a store" } as const;
  const { pair, session, store } = resumption(row, {
    client: {
      postHandshakeAuth: true,
      credentials: [testCredential("ec-p256", "client")],
      // The messages do not share a record.
      maxSendFragment: 64,
    },
    server: { postHandshakeAuth: true, clientAuthentication: "optional" },
  });
  shuttle(pair);
  const { client, server } = pair;
  server.requestCertificate();
  client.receive(server.takeOutput());
  for (const byte of client.takeOutput())
    if (server.state === "CONNECTED") server.receive(Uint8Array.of(byte));
  expect(server.state).toBe("WAIT_POST_HANDSHAKE_CV");
  expect(store.size).toBe(1);
  const told = endBy(pair, "sent by the server").flatMap((event) =>
    event.type === "session_ended" ? [event.session] : [],
  );
  expect(told).toEqual([session]);
  expect(store.size).toBe(0);
});

/**
 * A session of TLS 1.2 is used again and again; a ticket of TLS 1.3 is used up
 * when it is read, and its successor is kept once the connection stands.
 */
function sessionsLeft(
  { version, kept }: Row,
  { server }: Pair,
  wasServed: boolean,
): number {
  if (kept === "in a ticket") return 0;
  if (version === "TLSv1.2" || !wasServed) return 1;
  return server.info === undefined ? 0 : 1;
}

/** A connection that offers a session, and the store that has it. */
function resumption(
  { version, kept }: Pick<Row, "version" | "kept">,
  more: {
    readonly client?: Partial<ClientOptions>;
    readonly server?: Partial<ServerOptions>;
  } = {},
) {
  const store = new MemorySessionStore();
  const tickets = new TicketKeys({ provider });
  const versions = [version];
  const server = testServerConfig({
    provider,
    versions,
    numTickets: 1,
    ...(kept === "in a store"
      ? { sessionStore: store }
      : { ticketKeys: tickets }),
    ...more.server,
  });
  const options = { provider, versions, ...more.client };
  const first = shuttle(newPair(testClientConfig(options), server));
  const session = sessionOf(first.client);
  const client = testClientConfig({ ...options, session });
  return { pair: newPair(client, server), session, store };
}

function sessionOf(engine: TlsEngine): Session {
  const found = events(engine).find(({ type }) => type === "session");
  if (found?.type !== "session") throw new Error("no session");
  return found.session;
}

function advance({ client, server }: Pair, stage: Row["stage"]): void {
  if (stage === "hello sent") return;
  server.receive(client.takeOutput());
  if (stage === "hello read") return;
  client.receive(server.takeOutput());
  if (stage === "flight read") return;
  server.receive(client.takeOutput());
  expect(server.info?.resumed).toBe(true);
}

/** Ends a connection; returns the client's events. */
function endBy(pair: Pair, end: Row["end"]) {
  const { client, server } = pair;
  switch (end) {
    case "sent by the client":
      client.receive(RECORD);
      server.receive(client.takeOutput());
      break;
    case "sent by the server":
      server.receive(client.takeOutput());
      server.receive(RECORD);
      client.receive(server.takeOutput());
      break;
    case "end of file":
      client.receiveEof();
      server.receiveEof();
      break;
    case "close_notify":
      client.close();
      shuttle(pair);
      break;
  }
  return events(client);
}
