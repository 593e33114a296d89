/**
 * The message callback: a client and a server of ours and of CPython's, each
 * with CPython on the other side, report the same messages in the same order.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ProtocolMessage, SSLContext } from "../../src/index.ts";
import { testAuthority, testServer } from "../support/pki.ts";
import { type Argument, kept } from "./ours.ts";
import { describePython, PythonSsl } from "./python.ts";
import { ourMaker, pythonMaker, type Setup, type Side } from "./sides.ts";

type Seen = readonly [
  direction: string,
  version: number,
  contentType: number,
  messageType: number,
];

const HEADER = 256;
const INNER = 257;
const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const NEW_SESSION_TICKET = 4;

const file = (text: string): Argument => ({ file: text });
const { certificatePem, keyPem } = testServer();
const trusting: Setup = {
  calls: [["load_verify_locations", file(testAuthority().pem)]],
  wrap: { server_hostname: "server.test" },
};
const server: Setup = {
  protocol: "PROTOCOL_TLS_SERVER",
  calls: [["load_cert_chain", file(certificatePem), file(keyPem)]],
  wrap: { server_side: true },
};
const limited = (setup: Setup, version: string): Setup => ({
  ...setup,
  set: [["maximum_version", { constant: `TLSVersion.${version}` }]],
});
const suspicious: Setup = { ...trusting, calls: [] };

describePython("the message callback", (interpreter) => {
  let python: PythonSsl;
  beforeAll(() => {
    python = new PythonSsl(interpreter);
  });
  afterAll(() => {
    python.end();
  });

  /** The messages that one role saw of a handshake, data and close_notify. */
  async function seenBy(
    role: "client" | "server",
    isOurs: boolean,
    client: Setup,
    version: string,
  ): Promise<readonly Seen[]> {
    const seen: Seen[] = [];
    const make = (of: "client" | "server", setup: Setup): Promise<Side> =>
      (of === role && isOurs ? ourMaker : pythonMaker(python))(of, setup);
    const watched = limited(role === "client" ? client : server, version);
    await make(role, watched);
    if (isOurs)
      (kept(`${role}-context`) as SSLContext).messageCallback = (
        _by,
        message,
      ) => {
        seen.push(rowOf(message));
      };
    else await python.call({ messages: `${role}-context`, as: "seen" });
    const mine = await make(role, { ...watched, of: `${role}-context` });
    const peer =
      role === "client"
        ? await make("server", server)
        : await make("client", client);
    const exchange = async (): Promise<void> => {
      await peer.feed(await mine.drain());
      await mine.feed(await peer.drain());
    };
    for (let i = 0; i < 3; i++) {
      await mine.call("do_handshake");
      await exchange();
      await peer.call("do_handshake");
      await exchange();
    }
    await peer.call("write", { hex: "00" });
    await exchange();
    await mine.call("read", 10);
    await mine.call("write", { hex: "00" });
    await mine.call("unwrap");
    await exchange();
    await peer.call("read", 10);
    await peer.call("unwrap");
    await exchange();
    await mine.call("unwrap");
    if (isOurs) return seen;
    const answer = await python.call({ on: "seen" });
    if (!("value" in answer)) throw new Error(answer.message);
    return (answer.value as Seen[]).map(
      ([direction, v, type, message]) => [direction, v, type, message] as const,
    );
  }

  for (const version of ["TLSv1_3", "TLSv1_2"])
    for (const role of ["client", "server"] as const)
      for (const [title, client] of [
        ["a connection", trusting],
        ["a refused certificate", suspicious],
      ] as const)
        it(`L-01: ${title}, ${version}, the ${role}`, async () => {
          const ours = await seenBy(role, true, client, version);
          const theirs = await seenBy(role, false, client, version);
          for (const direction of ["read", "write"]) {
            const of = (seen: readonly Seen[]) =>
              messages(seen).filter(
                ([one, , type]) =>
                  one === direction &&
                  // How much of a flight is read before it is refused is free.
                  (client === trusting || type === ALERT),
              );
            expect(of(ours)).toEqual(of(theirs));
          }
          const told = messages(theirs).map(([, , type]) => type);
          expect(told).toContain(ALERT);
          if (client !== trusting) return;
          // What the peer sends is cut into the same records.
          const records = (seen: readonly Seen[]) =>
            seen.filter(
              ([direction, , type]) =>
                direction === "read" && (type === HEADER || type === INNER),
            );
          expect(records(ours)).toEqual(records(theirs));
          const written = ours.filter(([direction]) => direction === "write");
          expect(written.some(([, , type]) => type === HEADER)).toBe(true);
        });
});

const rowOf = (message: ProtocolMessage): Seen => [
  message.direction,
  message.version,
  message.contentType,
  message.messageType,
];

/**
 * Those that are comparable: CPython reports no change_cipher_spec that is
 * read, and sends its tickets apart.
 */
const messages = (seen: readonly Seen[]): readonly Seen[] =>
  seen.filter(
    ([direction, , type, message]) =>
      type !== HEADER &&
      type !== INNER &&
      !(direction === "read" && type === CHANGE_CIPHER_SPEC) &&
      !(type === 22 && message === NEW_SESSION_TICKET),
  );
