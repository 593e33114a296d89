/**
 * Sessions of connections that have ended: a server's next to CPython's, a
 * client's by RFC 5246 7.2.2 and RFC 9846 6.2.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { node as provider } from "../../../src/crypto/node.ts";
import { MemoryBIO, SSLContext, SSLSession } from "../../../src/index.ts";
import { describePython, PythonSsl } from "../../oracle/python.ts";
import {
  type Maker,
  ourMaker,
  pythonMaker,
  type Setup,
  type Side,
} from "../../oracle/sides.ts";
import { testAuthority, testServer } from "../../support/pki.ts";
import {
  BioPair,
  bytes,
  clientContext,
  serverContext,
  sslError,
} from "../support.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;
type Version = (typeof VERSIONS)[number];
/** Cannot be opened: bad_record_mac. */
const RECORD = Uint8Array.of(23, 3, 3, 0, 32, ...new Uint8Array(32));
const ENDS = ["close_notify", "end of file", "alert sent"] as const;

describePython("what is left in a server's store", (interpreter) => {
  let python: PythonSsl;
  beforeAll(() => {
    python = new PythonSsl(interpreter);
  });
  afterAll(() => {
    python.end();
  });

  const table = VERSIONS.flatMap((version) =>
    ENDS.flatMap((end) =>
      [false, true].map((resumed) => ({ version, end, resumed })),
    ),
  );
  it.each(table)("$version, resumed: $resumed, $end", async (row) => {
    const theirs = await left(pythonMaker(python), row);
    expect(await left(ourMaker, row)).toBe(theirs);
    expect(theirs).toBe(row.end === "close_notify");
  });
});

interface Row {
  readonly version: Version;
  readonly end: (typeof ENDS)[number];
  readonly resumed: boolean;
}

const { certificatePem, keyPem } = testServer();
const SERVER: Setup = {
  protocol: "PROTOCOL_TLS_SERVER",
  calls: [["load_cert_chain", { file: certificatePem }, { file: keyPem }]],
  wrap: { server_side: true },
};
/** OP_NO_TICKET: sessions by id, and tickets that are names in the store. */
const NO_TICKET = 1 << 14;
let sides = 0;

/**
 * Tells whether the session of a connection that ended so is resumed after it.
 */
async function left(make: Maker, row: Row): Promise<boolean> {
  const context = new SSLContext({
    provider,
    verifyLocations: { ca: testAuthority().pem },
    maximumVersion: row.version,
  });
  const first = `ended${String(sides++)}`;
  const newSide = (isFirst: boolean): Promise<Side> =>
    isFirst
      ? make(first, {
          ...SERVER,
          set: [["options", NO_TICKET], ...oneTicket(row.version)],
        })
      : make(`ended${String(sides++)}`, { ...SERVER, of: `${first}-context` });
  const ends = row.resumed ? (["close_notify", row.end] as const) : [row.end];
  let session: SSLSession | undefined;
  for (const [at, end] of ends.entries())
    session = (await connection(await newSide(at === 0), context, session, end))
      .session;
  const last = await connection(
    await newSide(false),
    context,
    session,
    "close_notify",
  );
  return last.reused;
}

/** Of several tickets OpenSSL forgets the last alone. */
function oneTicket(version: Version): NonNullable<Setup["set"]> {
  return version === "TLSv1.3" ? [["num_tickets", 1]] : [];
}

/** A whole connection; its session is a copy that does not learn of the end. */
async function connection(
  server: Side,
  context: SSLContext,
  session: SSLSession | undefined,
  end: Row["end"],
): Promise<{ readonly session: SSLSession; readonly reused: boolean }> {
  const [incoming, outgoing] = [new MemoryBIO(), new MemoryBIO()];
  const client = context.wrapBio(incoming, outgoing, {
    serverHostname: "server.test",
    ...(session && { session }),
  });
  const step = async (...call: [string, ...number[]]) => {
    await server.feed(outgoing.read());
    await server.call(...call);
    incoming.write(await server.drain());
    client.tryRead();
  };
  for (let i = 0; i < 3; i++) {
    client.tryHandshake();
    await step("do_handshake");
  }
  if (client.session === null) throw new Error("no session");
  const copy = SSLSession.deserialize(client.session.serialize(), context);
  const reused = client.sessionReused;
  await finish(server, end, async () => {
    client.tryUnwrap();
    await step("unwrap");
  });
  return { session: copy, reused };
}

/** Ends the server's connection. */
async function finish(
  server: Side,
  end: Row["end"],
  close: () => Promise<void>,
): Promise<void> {
  switch (end) {
    case "close_notify":
      await close();
      return;
    case "end of file":
      await server.eof();
      break;
    case "alert sent":
      await server.feed(RECORD);
      break;
  }
  expect(await server.call("read", 1)).toHaveProperty("error");
}

/** A client's session, and another connection that offers it. */
const usable = (client: SSLContext, session: SSLSession): boolean => {
  const pair = new BioPair(client, serverContext());
  pair.client.session = session;
  pair.client.tryHandshake();
  const hello = pair.clientOut.read();
  const plain = new BioPair(client, serverContext());
  plain.client.tryHandshake();
  // A session makes a hello longer: a ticket, or a PSK and its binder.
  return hello.length > plain.clientOut.read().length;
};

describe.each(VERSIONS)("a client's session of %s", (version) => {
  const server = serverContext();
  const resumed = (): { client: SSLContext; pair: BioPair } => {
    const client = clientContext({ maximumVersion: version });
    const first = talk(new BioPair(client, server));
    const pair = new BioPair(client, server);
    if (first.client.session !== null)
      pair.client.session = first.client.session;
    return { client, pair };
  };

  it.each(["client", "server"] as const)(
    "is not offered again after an alert of the %s on a connection that resumed it",
    (failing) => {
      const { client, pair } = resumed();
      const offered = pair.client.session;
      talk(pair);
      expect(pair.client.sessionReused).toBe(true);
      const newest = pair.client.session;
      if (offered === null || newest === null) throw new Error("no session");
      expect(usable(client, offered)).toBe(true);
      pair[`${failing}In`].write(RECORD);
      sslError(() => pair[failing].tryRead());
      pair.exchange();
      sslError(() => pair.client.tryRead());
      for (const session of [offered, newest])
        expect(usable(client, session)).toBe(false);
    },
  );

  it("is not offered again after an alert in the server's handshake", () => {
    const { client, pair } = resumed();
    const offered = pair.client.session;
    if (offered === null) throw new Error("no session");
    pair.client.tryHandshake();
    pair.exchange();
    pair.serverIn.write(RECORD);
    sslError(() => pair.server.tryHandshake());
    pair.exchange();
    // The server's whole flight stands before its alert.
    pair.client.tryHandshake();
    sslError(() => pair.client.tryRead());
    expect(usable(client, offered)).toBe(false);
  });

  it("is offered again after an end without close_notify", () => {
    const { client, pair } = resumed();
    const offered = pair.client.session;
    if (offered === null) throw new Error("no session");
    talk(pair);
    pair.clientIn.writeEof();
    sslError(() => pair.client.tryRead());
    expect(usable(client, offered)).toBe(true);
  });

  it("is offered again where a server declined it and the connection failed", () => {
    const client = clientContext({ maximumVersion: version });
    const first = talk(new BioPair(client, server));
    const { session } = first.client;
    if (session === null) throw new Error("no session");
    const pair = new BioPair(client, serverContext());
    pair.client.session = session;
    talk(pair);
    expect(pair.client.sessionReused).toBe(false);
    pair.clientIn.write(RECORD);
    sslError(() => pair.client.tryRead());
    expect(usable(client, session)).toBe(true);
  });
});

/** A handshake, and data behind which a ticket of TLS 1.3 is read. */
function talk(pair: BioPair): BioPair {
  pair.handshake();
  pair.server.write(bytes(1));
  pair.exchange();
  pair.client.read();
  return pair;
}
