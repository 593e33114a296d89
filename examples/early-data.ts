/**
 * Early data (0-RTT, RFC 9846 2.3): a client with a session sends data in its
 * first flight. Whoever records that flight can send it again, so the server
 * accepts a ticket's early data once, and both use it only for requests that
 * may be repeated: here a GET.
 */
import { memoryPair, SSLContext, type SSLSession } from "puretls";
import { noble as provider } from "puretls/crypto/noble";
import { createSelfSigned } from "puretls/pki";

const made = createSelfSigned({ provider, hosts: ["a.example"] });
const server = new SSLContext({
  protocol: "tlsServer",
  certChain: { cert: made.pem, key: made.key.toPem() },
  maxEarlyData: 1024, // opt-in: none by default
});
const client = new SSLContext({
  verifyLocations: { ca: made.pem },
  earlyData: true, // opt-in on this side too
});
const GET = new TextEncoder().encode("GET /status");

interface Visit {
  readonly session: SSLSession | null;
  readonly outcome: "none" | "accepted" | "rejected" | null;
  /**
   * The request as the server received it: in early data, or after the
   * handshake.
   */
  readonly early: string;
  readonly late: string;
}

async function visit(session: SSLSession | null): Promise<Visit> {
  const [near, far] = memoryPair();
  const there = server.wrapSocket(far, { serverSide: true });
  const here = client.wrapSocket(near, {
    serverHostname: "a.example",
    doHandshakeOnConnect: false,
    ...(session && { session }),
  });
  // Nothing goes out early without a session that allows it.
  const sent = await here.sendEarlyData(GET);
  await Promise.all([here.doHandshake(), there.ready]);
  const { earlyDataOutcome: outcome } = here;
  // What was not taken has to be said again, this time for good.
  if (outcome !== "accepted") await here.sendAll(GET);
  else if (sent < GET.length) await here.sendAll(GET.subarray(sent));
  const early = there.readEarlyData() ?? new Uint8Array();
  const late =
    early.length < GET.length ? await there.recv() : new Uint8Array();
  await there.sendAll(new TextEncoder().encode("fine"));
  await here.recv(); // the tickets come with the answer
  await Promise.all([here.close(), there.close()]);
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  const next = here.session;
  return { session: next, outcome, early: text(early), late: text(late) };
}

const first = await visit(null);
if (first.outcome === "accepted" || first.late !== "GET /status")
  throw new Error("the first visit has no session");

const second = await visit(first.session);
if (second.outcome !== "accepted" || second.early !== "GET /status")
  throw new Error("the second one says it early");

// The same ticket again: resumed, but its early data was taken already.
const third = await visit(first.session);
if (third.outcome !== "rejected" || third.early !== "")
  throw new Error("early data must not be taken twice");
if (third.late !== "GET /status") throw new Error("it was to be said again");
