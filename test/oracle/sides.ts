/** Ends of a connection, ours and Python's, that take the same calls. */
import type { CryptoProvider } from "../../src/crypto/provider.ts";
import { MemoryBIO, type SSLContext, type SSLObject } from "../../src/index.ts";
import {
  type Argument,
  ask,
  assign,
  type Call,
  keep,
  kept,
  newContext,
  outcome,
} from "./ours.ts";
import type { Outcome, PythonSsl } from "./python.ts";

/** The construction of a context, in Python's names. */
export interface Setup {
  readonly protocol?: string;
  readonly set?: readonly (readonly [name: string, value: Argument])[];
  readonly calls?: readonly Call[];
  /** Arguments of `wrap_bio`. */
  readonly wrap?: Readonly<Record<string, Argument>>;
  /** The behaviour of its `sni_callback`. */
  readonly sni?: {
    readonly answer?: number;
    readonly raise?: boolean;
    readonly context?: string;
  };
  /** Of our contexts; default noble. */
  readonly provider?: CryptoProvider;
  /** Takes a context that was made before. */
  readonly of?: string;
}

export interface Side {
  call(...call: Call): Promise<Outcome>;
  set(name: string, value: Argument): Promise<Outcome>;
  /** Calls, and keeps the result under a name for later arguments. */
  keep(name: string, ...call: Call): Promise<void>;
  feed(bytes: Uint8Array): Promise<void>;
  eof(): Promise<void>;
  drain(): Promise<Uint8Array>;
}

export type Maker = (name: string, setup: Setup) => Promise<Side>;

const constant = (name: string): Argument => ({ constant: name });

/** Ends of CPython's. */
export function pythonMaker(python: PythonSsl): Maker {
  return async (name, setup) => {
    const { protocol = "PROTOCOL_TLS_CLIENT", wrap = {}, sni } = setup;
    const context = setup.of ?? `${name}-context`;
    if (setup.of === undefined)
      done(
        await python.call({
          new: context,
          context: {
            protocol: constant(protocol),
            set: setup.set ?? [],
            calls: setup.calls ?? [],
          },
        }),
      );
    if (sni !== undefined) done(await python.call({ sni: context, how: sni }));
    done(await python.call({ wrap: name, of: context, options: wrap }));
    return {
      call: (...call) => python.call({ on: name, call }),
      set: (attribute, value) =>
        python.call({ on: name, set: [attribute, value] }),
      keep: async (as, ...call) => {
        done(await python.call({ keep: as, on: name, call }));
      },
      feed: async (bytes) => {
        const feed = Buffer.from(bytes).toString("hex");
        done(await python.call({ on: name, feed }));
      },
      eof: async () => {
        done(await python.call({ on: name, eof: true }));
      },
      drain: async () => {
        const drained = await python.call({ on: name, drain: true });
        const { hex } = done(drained) as { hex: string };
        return Uint8Array.from(Buffer.from(hex, "hex"));
      },
    };
  };
}

/** Ends of ours. */
export const ourMaker: Maker = (name, setup) => {
  const { protocol = "PROTOCOL_TLS_CLIENT", wrap = {}, sni } = setup;
  const context = contextOf(name, protocol, setup);
  if (sni !== undefined)
    context.sniCallback = (connection) => {
      if (sni.context !== undefined)
        connection.context = kept(sni.context) as SSLContext;
      if (sni.raise === true) throw new Error("in the callback");
      return sni.answer;
    };
  const incoming = new MemoryBIO();
  const outgoing = new MemoryBIO();
  const { server_side: serverSide, server_hostname: host, session } = wrap;
  const object: SSLObject = context.wrapBio(incoming, outgoing, {
    serverSide: serverSide === true,
    ...(typeof host === "string" && { serverHostname: host }),
    ...(typeof session === "object" &&
      session !== null &&
      "object" in session && { session: kept(session.object) as never }),
  });
  return Promise.resolve({
    call: (...call: Call) => Promise.resolve(outcome(() => ask(object, call))),
    set: (attribute: string, value: Argument) =>
      Promise.resolve(
        outcome(() => {
          assign(object, attribute, value);
        }),
      ),
    keep: (as: string, ...call: Call) => {
      keep(as, ask(object, call));
      return Promise.resolve();
    },
    feed: (bytes: Uint8Array) => {
      incoming.write(bytes);
      return Promise.resolve();
    },
    eof: () => {
      incoming.writeEof();
      return Promise.resolve();
    },
    drain: () => Promise.resolve(outgoing.read()),
  });
};

function contextOf(name: string, protocol: string, setup: Setup): SSLContext {
  if (setup.of !== undefined) return kept(setup.of) as SSLContext;
  const context = newContext(protocol, setup.provider);
  for (const [attribute, value] of setup.set ?? [])
    assign(context, attribute, value);
  for (const call of setup.calls ?? []) ask(context, call);
  keep(`${name}-context`, context);
  return context;
}

function done(result: Outcome): unknown {
  if ("value" in result) return result.value;
  throw new Error(`${result.error}: ${result.message}`);
}
