/**
 * Sessions kept by the server, in a store that may be elsewhere (OpenSSL's
 * OP_NO_TICKET): the client holds a session id only, and each id is taken out
 * once. `take` and `put` may return promises.
 */
import {
  type ContextSessionStore,
  memoryPair,
  SSLContext,
  type SSLSession,
} from "puretls";
import { noble as provider } from "puretls/crypto/noble";
import { sessionFromBytes, sessionToBytes } from "puretls/engine";
import { createSelfSigned } from "puretls/pki";

/** Stands for Redis: GETDEL and SET of bytes, each a round trip. */
const rows = new Map<string, Uint8Array>();
const roundTrip = (): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, 1));

const sessionStore: ContextSessionStore = {
  take: async (id) => {
    await roundTrip();
    const bytes = rows.get(id.join());
    rows.delete(id.join()); // together with the get, so that no two have it
    return bytes && sessionFromBytes(bytes);
  },
  put: async (id, session) => {
    // These bytes stand for the client's login: keep them like a key.
    const bytes = sessionToBytes(session);
    await roundTrip();
    rows.set(id.join(), bytes);
  },
};

const made = createSelfSigned({ provider, hosts: ["a.example"] });
const server = new SSLContext({
  protocol: "tlsServer",
  certChain: { cert: made.pem, key: made.key.toPem() },
  options: { noTicket: true },
  sessionStore,
});

async function visit(
  client: SSLContext,
  session: SSLSession | null = null,
): Promise<{ session: SSLSession | null; resumed: boolean }> {
  const [near, far] = memoryPair();
  const there = server.wrapSocket(far, { serverSide: true });
  const here = client.wrapSocket(near, {
    serverHostname: "a.example",
    ...(session && { session }),
  });
  await Promise.all([here.ready, there.ready]);
  await there.sendAll(new TextEncoder().encode("hello"));
  await here.recv();
  const resumed = here.sessionReused === true;
  await Promise.all([here.close(), there.close(), roundTrip()]);
  return { session: here.session, resumed };
}

for (const maximumVersion of ["TLSv1.3", "TLSv1.2"] as const) {
  const client = new SSLContext({
    maximumVersion,
    verifyLocations: { ca: made.pem },
  });
  const first = await visit(client);
  if (first.resumed) throw new Error("there is nothing to go on from yet");
  const second = await visit(client, first.session);
  if (!second.resumed) throw new Error("the store had the session");
  rows.clear();
  const third = await visit(client, second.session);
  if (third.resumed) throw new Error("what the store lost begins anew");
}
