/**
 * Peers whose library comes without a program: ours, in ../peers. All have one
 * command line, `client` or `server` and then `key=value`:
 *
 * | key | value |
 * |---|---|
 * | version | `TLSv1.2` or `TLSv1.3`, the only one |
 * | port | on 127.0.0.1 |
 * | ca, cert, key, dh | PEM files |
 * | name | client: the name to expect |
 * | auth | server: `none`, `optional`, `required` |
 * | suites, groups, alpn | lists with commas, RFC names; `openssl_suites` beside |
 * | psk | identity, colon, key in hexadecimal |
 * | etm, ems | `no` does without the extension |
 * | connections | `2`: a short connection first, the second resumes it |
 * | tickets | mbedTLS: `no` leaves session ids |
 * | early | Erlang: a file to send as early data; `any` on a server |
 * | ech | Go, rustls: a client's ECHConfigList |
 * | ech_config, ech_key | Go: a server's ECHConfig and private key |
 * | late | Python: the client's certificate is asked for after the handshake |
 * | compress, raw_ca, ocsp | rustls: see ../peers/rust/peer.rs |
 *
 * The client sends each piece of its standard input and waits for as much,
 * which it prints; at the end of its input it says close_notify. The server
 * sends back what it gets until close_notify. Both say `secure` and the facts on
 * standard error after each handshake, end with 0 only if all went well and the
 * peer said close_notify, and else say `error` and why.
 */
import { exchange, serve } from "../scenarios/conduct.ts";
import { opensslSuites } from "../scenarios/options.ts";
import type {
  ClientOptions,
  ClientRun,
  PeerServer,
  ServerOptions,
  TlsOptions,
} from "../scenarios/options.ts";
import { PeerProcess } from "../process.ts";

export type Command = readonly [program: string, ...args: string[]];

/** Asked again and again, so that a built program is built once. */
export type FindCommand = () => Command | Promise<Command>;

export interface OwnProgram {
  client(options: ClientOptions, payload: Uint8Array): Promise<ClientRun>;
  server(options: ServerOptions): Promise<PeerServer>;
}

export function ownProgram(find: FindCommand): OwnProgram {
  return {
    client: async (options, payload) => {
      const { port, ca, servername = "localhost", identity } = options;
      const [program, ...args] = await find();
      const client = new PeerProcess(program, [
        ...args,
        "client",
        ...pairs({ port: String(port), name: servername, ca, ...identity }),
        ...pairs(common(options)),
      ]);
      return exchange(client, payload);
    },
    server: async (options) => {
      const { identity, clientAuth: auth = "none", ca } = options;
      const [program, ...args] = await find();
      const server = await serve(
        "by itself",
        (port) =>
          new PeerProcess(program, [
            ...args,
            "server",
            ...pairs({ port: String(port), auth, ca, ...identity }),
            ...pairs({ dh: options.dhParameters, ...common(options) }),
          ]),
      );
      return server;
    },
  };
}

function common(
  options: TlsOptions,
): Readonly<Record<string, string | undefined>> {
  const { version = "TLSv1.3", suites, groups, alpn, psk } = options;
  return {
    version,
    suites: suites?.join(","),
    openssl_suites: suites && opensslSuites(suites),
    groups: groups?.join(","),
    alpn: alpn?.join(","),
    psk: psk && `${psk.identity}:${psk.key}`,
    etm: options.encryptThenMac === false ? "no" : undefined,
    ems: options.extendedMainSecret === false ? "no" : undefined,
    connections: options.resumes && "2",
    tickets: options.resumes === "by its id" ? "no" : undefined,
    early: options.earlyData,
    ...options.further,
  };
}

function pairs(
  options: Readonly<Record<string, string | undefined>>,
): string[] {
  return Object.entries(options).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${value}`],
  );
}
