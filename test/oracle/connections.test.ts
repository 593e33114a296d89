/**
 * Connections over memory BIOs. Each script is played twice a role: once with
 * this library and once with CPython in that role, always against CPython; the
 * outcome of each call, and the state after it, have to be the same.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { testAuthority, testClient, testServer } from "../support/pki.ts";
import type { Argument, Call } from "./ours.ts";
import { describePython, essence, type Outcome, PythonSsl } from "./python.ts";
import { ourMaker, pythonMaker, type Setup, type Side } from "./sides.ts";

type Role = "client" | "server";
const VERSIONS = ["TLSv1_3", "TLSv1_2"] as const;
type Version = (typeof VERSIONS)[number];

/** The stage of a script. */
interface Stage {
  readonly client: Side;
  readonly server: Side;
  readonly version: Version;
  /** Carries bytes both ways, once. */
  exchange(): Promise<void>;
  /** Another end in the same role, of a context of its own. */
  another(setup: Setup): Promise<Side>;
  /** Calls on both until both are done. */
  handshake(): Promise<void>;
}

interface Script {
  readonly client?: Setup;
  readonly server?: Setup;
  readonly roles?: readonly Role[];
  readonly versions?: readonly Version[];
  readonly play: (stage: Stage) => Promise<void>;
}

const constant = (name: string): Argument => ({ constant: name });
const file = (text: string): Argument => ({ file: text });
const hex = (text: string): Argument => ({
  hex: Buffer.from(text).toString("hex"),
});
const ca = file(testAuthority().pem);
const serverChain: Call = [
  "load_cert_chain",
  file(testServer().certificatePem),
  file(testServer().keyPem),
];
const clientChain: Call = [
  "load_cert_chain",
  file(testClient().certificatePem),
  file(testClient().keyPem),
];
const CLIENT: Setup = {
  calls: [["load_verify_locations", ca]],
  wrap: { server_hostname: "server.test" },
};
const SERVER: Setup = {
  protocol: "PROTOCOL_TLS_SERVER",
  calls: [serverChain],
  wrap: { server_side: true },
};
const withCalls = (setup: Setup, ...calls: Call[]): Setup => ({
  ...setup,
  calls: [...(setup.calls ?? []), ...calls],
});
const asksClients = (mode: string): Setup => ({
  ...withCalls(SERVER, ["load_verify_locations", ca]),
  set: [["verify_mode", constant(mode)]],
});

/** The state that both are asked for after each call. */
const STATE: readonly Call[] = [
  ["version"],
  ["pending"],
  ["session_reused"],
  ["server_side"],
  ["server_hostname"],
  ["compression"],
];

const SCRIPTS: Readonly<Record<string, Script>> = {
  "O-02 O-28 O-06 O-07 O-23 O-37 S-24: a handshake, step by step": {
    async play({ client, server, exchange }) {
      await client.call("cipher");
      await client.call("do_handshake");
      await server.call("do_handshake");
      await exchange();
      await server.call("do_handshake");
      await exchange();
      await client.call("do_handshake");
      await exchange();
      await server.call("do_handshake");
      await exchange();
      await client.call("do_handshake");
      await server.call("do_handshake");
    },
  },
  "O-03: read and write begin the handshake": {
    async play({ client, server, exchange }) {
      await client.call("write", hex("early"));
      await server.call("read", 10);
      await exchange();
      await server.call("write", hex("early"));
      await client.call("read", 10);
    },
  },
  "P-02 O-20 O-25 O-33 O-35 X-36: questions before the handshake is done": {
    async play({ client, server }) {
      for (const side of [client, server]) {
        await side.call("getpeercert");
        await side.call("cipher");
        await side.call("shared_ciphers");
        await side.call("get_channel_binding", "tls-unique");
        await side.call("session_reused");
        await side.call("selected_npn_protocol");
      }
    },
  },
  "O-33 S-25: channel bindings that there are not": {
    async play({ client, server, handshake }) {
      await handshake();
      for (const side of [client, server])
        await side.call("get_channel_binding", "nosuch");
    },
  },
  "O-21 S-26 X-43: a protocol by ALPN": {
    client: withCalls(CLIENT, ["set_alpn_protocols", ["a", "b", "c"]]),
    server: withCalls(SERVER, ["set_alpn_protocols", ["c", "b"]]),
    async play({ client, server, handshake }) {
      await handshake();
      await client.call("selected_alpn_protocol");
      await server.call("selected_alpn_protocol");
    },
  },
  "X-44: no protocol in common": {
    client: withCalls(CLIENT, ["set_alpn_protocols", ["a"]]),
    server: withCalls(SERVER, ["set_alpn_protocols", ["b"]]),
    async play({ client, server, handshake }) {
      await handshake();
      await client.call("selected_alpn_protocol");
      await server.call("selected_alpn_protocol");
    },
  },
  "O-11 O-12 O-13 O-18 O-19 O-27: data, in the pieces that are asked for": {
    async play({ client, server, handshake, exchange }) {
      await handshake();
      for (const [one, other] of [
        [client, server],
        [server, client],
      ] as const) {
        await other.call("read", 0);
        await other.call("read", 10);
        await other.call("read", -1);
        await one.call("write", hex("hello"));
        await one.call("write", hex(""));
        await one.call("write", hex("there"));
        await exchange();
        await other.call("pending");
        await other.call("read", 2);
        await other.call("pending");
        await other.call("read", 100);
        await other.call("read", 100);
        await other.call("read", 100);
        for (const most of [-1, 0, 2, 9]) {
          await one.call("write", hex("more"));
          await exchange();
          await other.call("read", most, { buffer: 4 });
          await other.call("pending");
          await other.call("read", "2");
          await other.call("read", 4);
        }
      }
    },
  },
  "O-18: many records": {
    async play({ client, server, handshake, exchange }) {
      await handshake();
      await client.call("write", hex("x".repeat(40_000)));
      await server.call("write", hex("y".repeat(20_000)));
      await exchange();
      for (let i = 0; i < 4; i++) {
        await server.call("read", 20_000);
        await client.call("read", 20_000);
      }
    },
  },
  "O-14 O-15 O-16 O-30 E-07: half-close, then both": {
    async play({ client, server, handshake, exchange }) {
      await handshake();
      await client.call("unwrap");
      await client.call("write", hex("late"));
      await exchange();
      await server.call("read", 10);
      await server.call("read", 10);
      await server.call("write", hex("still"));
      await exchange();
      await client.call("read", 10);
      await server.call("unwrap");
      await exchange();
      await client.call("unwrap");
      await client.call("read", 10);
      await server.call("read", 10);
      await server.call("write", hex("late"));
    },
  },
  "O-31: unwrap before the handshake": {
    async play({ client, server }) {
      await client.call("unwrap");
      await server.call("unwrap");
    },
  },
  "O-32: unwrap with data unread": {
    async play({ client, server, handshake, exchange }) {
      await handshake();
      await client.call("write", hex("data"));
      await server.call("write", hex("data"));
      await exchange();
      await client.call("unwrap");
      await server.call("unwrap");
    },
  },
  "O-04 E-11: an end without close_notify": {
    async play({ client, server, handshake, exchange }) {
      await handshake();
      await client.call("write", hex("all"));
      await server.call("write", hex("all"));
      await exchange();
      await client.eof();
      await server.eof();
      for (const side of [client, server]) {
        await side.call("read", 10);
        await side.call("read", 10);
        await side.call("read", 10);
      }
    },
  },
  "N-54 L-04: an end without close_notify that is taken for an end": {
    client: {
      ...CLIENT,
      set: [["options", constant("OP_IGNORE_UNEXPECTED_EOF")]],
    },
    server: {
      ...SERVER,
      set: [["options", constant("OP_IGNORE_UNEXPECTED_EOF")]],
    },
    async play({ client, server, handshake }) {
      await handshake();
      await client.eof();
      await server.eof();
      for (const side of [client, server]) await side.call("read", 10);
    },
  },
  "O-39: an end in the handshake": {
    async play({ client, server, exchange }) {
      await client.call("do_handshake");
      await exchange();
      await server.call("do_handshake");
      await client.eof();
      await server.eof();
      await server.call("do_handshake");
      await client.call("do_handshake");
      await client.call("do_handshake");
    },
  },
  "O-40 E-03: plain HTTP for a server": {
    roles: ["server"],
    async play({ server }) {
      await server.feed(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
      await server.call("do_handshake");
    },
  },
  "O-40: a proxy's CONNECT for a server": {
    roles: ["server"],
    async play({ server }) {
      await server.feed(Buffer.from("CONNECT a:443 HTTP/1.1\r\n\r\n"));
      await server.call("do_handshake");
    },
  },
  "O-40: anything else for a server": {
    roles: ["server"],
    async play({ server }) {
      await server.feed(Buffer.from("SSH-2.0-OpenSSH_9.6\r\n"));
      await server.call("do_handshake");
    },
  },
  "O-40: plain HTTP for a client": {
    roles: ["client"],
    async play({ client }) {
      await client.call("do_handshake");
      await client.feed(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"));
      await client.call("do_handshake");
    },
  },
  "C-13 E-13 E-14 E-15 X-62: a certificate for another name": {
    client: { ...CLIENT, wrap: { server_hostname: "other.test" } },
    async play({ handshake }) {
      await handshake();
    },
  },
  "E-13 C-09: a certificate for another address": {
    client: { ...CLIENT, wrap: { server_hostname: "192.0.2.7" } },
    async play({ handshake }) {
      await handshake();
    },
  },
  "C-09 X-39: a certificate for an address": {
    client: { ...CLIENT, wrap: { server_hostname: "127.0.0.1" } },
    async play({ handshake }) {
      await handshake();
    },
  },
  "C-02: a wildcard's name": {
    client: { ...CLIENT, wrap: { server_hostname: "a.wild.test" } },
    async play({ handshake }) {
      await handshake();
    },
  },
  "N-04 E-06 E-13 E-15: nobody that is trusted": {
    client: { ...CLIENT, calls: [] },
    async play({ handshake }) {
      await handshake();
    },
  },
  "N-01 P-03 P-05: CERT_NONE": {
    client: {
      ...CLIENT,
      calls: [],
      set: [
        ["check_hostname", false],
        ["verify_mode", constant("CERT_NONE")],
      ],
    },
    async play({ client, server, handshake }) {
      await handshake();
      await client.call("getpeercert");
      await client.call("getpeercert", true);
      await server.call("getpeercert");
      await server.call("getpeercert", true);
    },
  },
  "P-04 P-05 P-06 P-10 P-14 P-15 P-16 O-20 S-23: the certificate of a server": {
    async play({ client, server, handshake }) {
      await handshake();
      await client.call("getpeercert");
      await client.call("getpeercert", true);
      await server.call("getpeercert");
    },
  },
  "N-03 P-04: a client's certificate that is wanted and there": {
    client: withCalls(CLIENT, clientChain),
    server: asksClients("CERT_REQUIRED"),
    async play({ server, client, handshake, exchange }) {
      await handshake();
      await server.call("getpeercert");
      await client.call("write", hex("hello"));
      await exchange();
      await server.call("read", 10);
    },
  },
  "N-02 P-01: a client's certificate that may be missing": {
    server: asksClients("CERT_OPTIONAL"),
    async play({ server, handshake }) {
      await handshake();
      await server.call("getpeercert");
      await server.call("getpeercert", true);
    },
  },
  "O-29 Q-03 E-06 E-15: a client's certificate that is wanted and missing": {
    server: asksClients("CERT_REQUIRED"),
    async play({ client, handshake, exchange }) {
      await handshake();
      await exchange();
      await client.call("read", 10);
    },
  },
  "N-07 E-13 E-15: no CRL": {
    client: {
      ...CLIENT,
      set: [["verify_flags", constant("VERIFY_CRL_CHECK_LEAF")]],
    },
    async play({ handshake }) {
      await handshake();
    },
  },
  "N-08 E-13: no CRLs of the chain": {
    client: {
      ...CLIENT,
      set: [["verify_flags", constant("VERIFY_CRL_CHECK_CHAIN")]],
    },
    async play({ handshake }) {
      await handshake();
    },
  },
  "E-13 E-15: a certificate for another purpose": {
    server: {
      ...SERVER,
      calls: [clientChain],
    },
    client: { ...CLIENT, set: [["check_hostname", false]] },
    async play({ handshake }) {
      await handshake();
    },
  },
  "X-32 N-82 E-06: an alert of the callback's": {
    server: { ...SERVER, sni: { answer: 112 } },
    async play({ handshake }) {
      await handshake();
    },
  },
  "X-32: another alert of the callback's": {
    server: { ...SERVER, sni: { answer: 49 } },
    async play({ handshake }) {
      await handshake();
    },
  },
  "X-34: a callback that throws": {
    server: { ...SERVER, sni: { raise: true } },
    roles: ["client"],
    async play({ handshake }) {
      await handshake();
    },
  },
  "X-30 X-37: a callback that lets it pass": {
    server: { ...SERVER, sni: {} },
    async play({ handshake }) {
      await handshake();
    },
  },
  "N-30 E-15: versions that do not meet": {
    client: {
      ...CLIENT,
      set: [["minimum_version", constant("TLSVersion.TLSv1_3")]],
    },
    server: {
      ...SERVER,
      set: [["maximum_version", constant("TLSVersion.TLSv1_2")]],
    },
    versions: ["TLSv1_3"],
    async play({ handshake }) {
      await handshake();
    },
  },
  "N-30 N-45: one side without TLS 1.3": {
    server: {
      ...SERVER,
      set: [["maximum_version", constant("TLSVersion.TLSv1_2")]],
    },
    versions: ["TLSv1_3"],
    async play({ client, handshake }) {
      await handshake();
      await client.call("cipher");
    },
  },
  "E-15 E-03: no suite in common": {
    client: withCalls(CLIENT, ["set_ciphers", "ECDHE+CHACHA20"]),
    server: withCalls(SERVER, ["set_ciphers", "ECDHE+AES256"]),
    versions: ["TLSv1_2"],
    async play({ handshake }) {
      await handshake();
    },
  },
  "N-48 X-70: the server's order of suites": {
    client: withCalls(CLIENT, ["set_ciphers", "ECDHE+AES128:ECDHE+AES256"]),
    server: withCalls(SERVER, ["set_ciphers", "ECDHE+AES256:ECDHE+AES128"]),
    versions: ["TLSv1_2"],
    async play({ client, handshake }) {
      await handshake();
      await client.call("cipher");
    },
  },
  "E-03 E-15: a record that was changed": {
    async play({ client, server, handshake }) {
      await handshake();
      await client.call("write", hex("hello"));
      await server.call("write", hex("hello"));
      for (const [one, other] of [
        [client, server],
        [server, client],
      ] as const) {
        const bytes = await one.drain();
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        await other.feed(bytes);
        await other.call("read", 10);
        await other.call("read", 10);
      }
    },
  },
  "O-05 O-08 O-09: what cannot be set": {
    async play({ client, server, handshake }) {
      await client.set("session", 7);
      await client.set("context", 7);
      await handshake();
      await client.keep("mine", "session");
      await client.set("session", { object: "mine" });
      await server.set("session", { object: "mine" });
    },
    roles: ["client"],
  },
  "O-38: a certificate that cannot be asked for later": {
    async play({ client, server, handshake }) {
      for (const side of [client, server]) {
        await side.call("verify_client_post_handshake");
      }
      await handshake();
      for (const side of [client, server])
        await side.call("verify_client_post_handshake");
    },
  },
  "O-09: a session of another context": {
    roles: ["client"],
    async play({ client, server, handshake, another }) {
      await handshake();
      await client.call("write", hex("x"));
      await server.call("write", hex("x"));
      await client.keep("session", "session");
      const other = await another(CLIENT);
      await other.set("session", { object: "session" });
    },
  },
  "B-01 B-03 O-13: half a record is no data": {
    async play({ client, server, handshake }) {
      await handshake();
      await client.call("write", hex("hello"));
      const bytes = await client.drain();
      await server.feed(bytes.subarray(0, 9));
      await server.call("read", 10);
      await server.call("pending");
      await server.feed(bytes.subarray(9));
      await server.call("read", 10);
    },
    roles: ["server"],
  },
};

describePython("connections", (interpreter) => {
  let python: PythonSsl;
  beforeAll(() => {
    python = new PythonSsl(interpreter);
  });
  afterAll(() => {
    python.end();
  });

  for (const [title, script] of Object.entries(SCRIPTS))
    for (const version of script.versions ?? VERSIONS)
      for (const role of script.roles ?? (["client", "server"] as const))
        it(`${title}: ${version}, the ${role}`, async () => {
          const ours = await log(python, script, version, role, true);
          const theirs = await log(python, script, version, role, false);
          expect(theirs.length).toBeGreaterThan(0);
          for (const [i, [call, outcome]] of theirs.entries()) {
            const own = ours[i]?.[1];
            if (own === undefined) throw new Error("nothing");
            expect([i, call, essence(own, outcome)]).toEqual([
              i,
              call,
              essence(outcome),
            ]);
            // What Python says of a connection that has failed is no rule.
            if (isFatal(outcome)) break;
          }
        });
});

/** Reasons of calls that leave the connection as it was. */
const HARMLESS = [
  "PROTOCOL_IS_SHUTDOWN",
  "SHUTDOWN_WHILE_IN_INIT",
  "WRONG_SSL_VERSION",
  "NOT_SERVER",
  "EXTENSION_NOT_RECEIVED",
];

function isFatal(outcome: Outcome): boolean {
  if ("value" in outcome) return false;
  const { error, reason } = outcome;
  return (
    /^SSL(EOF|CertVerification|Syscall)?Error$/.test(error) &&
    !HARMLESS.includes(reason ?? "")
  );
}

/** The answers of one role to each call, and its state after it. */
async function log(
  python: PythonSsl,
  script: Script,
  version: Version,
  role: Role,
  isOurs: boolean,
): Promise<(readonly [call: string, Outcome])[]> {
  const entries: (readonly [string, Outcome])[] = [];
  const theirs = pythonMaker(python);
  const make = async (of: Role, setup: Setup): Promise<Side> => {
    const limited = limit(setup, version);
    if (of !== role) return theirs(of, limited);
    const side = await (isOurs ? ourMaker : theirs)(of, limited);
    return {
      ...side,
      call: async (...call) => {
        const outcome = await side.call(...call);
        entries.push([JSON.stringify(call), outcome]);
        for (const question of STATE)
          entries.push([
            `${JSON.stringify(call)}, then ${question[0]}`,
            await side.call(...question),
          ]);
        return outcome;
      },
      set: async (name, value) => {
        const outcome = await side.set(name, value);
        entries.push([`${name} = ${JSON.stringify(value)}`, outcome]);
        return outcome;
      },
    };
  };
  const client = await make("client", script.client ?? CLIENT);
  const server = await make("server", script.server ?? SERVER);
  const exchange = async (): Promise<void> => {
    await server.feed(await client.drain());
    await client.feed(await server.drain());
  };
  const handshake = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await client.call("do_handshake");
      await exchange();
      await server.call("do_handshake");
      await exchange();
    }
  };
  const another = (setup: Setup) => make(role, setup);
  await script.play({ client, server, version, exchange, handshake, another });
  return entries;
}

function limit(setup: Setup, version: Version): Setup {
  if (version === "TLSv1_3") return setup;
  const most = ["maximum_version", constant("TLSVersion.TLSv1_2")] as const;
  return { ...setup, set: [...(setup.set ?? []), most] };
}
