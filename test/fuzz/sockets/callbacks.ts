/** The program's callbacks, which behave as the fuzzer's program says. */
import { toHex } from "../../../src/bytes.ts";
import type { Session } from "../../../src/engine/index.ts";
import { SIGNATURE_SCHEMES } from "../../../src/handshake/registries/signature-schemes.ts";
import {
  MemoryBIO,
  type SSLContext,
  type SSLSession,
} from "../../../src/index.ts";
import { VERIFIER } from "../engine/world.ts";
import type { Clock } from "./clock.ts";
import type { CallbackName, Program } from "./program.ts";
import { KEY, type Prepared, SERVER_CHAIN } from "./settings.ts";
import { Planned } from "./transport.ts";
import { HOST } from "../engine/world.ts";

/** Later than a session store may be. */
const LATE = 250;

export class Callbacks {
  readonly #program: Program;
  readonly #clock: Clock;
  /** Before that all of them answer as they should. */
  armed = false;
  /** Calls of each callback since then. */
  readonly called = new Map<CallbackName, number>();

  constructor(program: Program, clock: Clock) {
    this.#program = program;
    this.#clock = clock;
  }

  /** Behaves as a callback that may be asynchronous. */
  behave<T>(
    name: CallbackName,
    right: () => T | Promise<T>,
    wrong: unknown,
    swapped?: T,
  ): T | Promise<T> {
    const manner = this.#program.callbacks[name];
    if (!this.armed || manner === undefined) return right();
    this.called.set(name, (this.called.get(name) ?? 0) + 1);
    switch (manner) {
      case "answers":
        return right();
      case "throws":
        throw new Planned(name);
      case "rejects":
        return Promise.reject(new Planned(name));
      case "late":
        return new Promise((resolve) => {
          this.#clock.after(LATE, () => {
            resolve(right());
          });
        });
      case "rejectsLate":
        return new Promise((_resolve, reject) => {
          this.#clock.after(LATE, () => {
            reject(new Planned(name));
          });
        });
      case "never":
        return new Promise(() => undefined);
      case "nonsense":
        // Programs in JavaScript answer anything.
        return wrong as T;
      case "swaps":
        return swapped === undefined ? right() : swapped;
    }
  }

  /** Calls one whose answer is not waited for. */
  tell(name: CallbackName): void {
    const manner = this.#program.callbacks[name];
    if (!this.armed || manner === undefined) return;
    this.called.set(name, (this.called.get(name) ?? 0) + 1);
    if (manner === "throws") throw new Planned(name);
  }

  has(name: CallbackName): boolean {
    return this.#program.callbacks[name] !== undefined;
  }
}

/** The setting's contexts with the program's callbacks in them. */
export function contextsOf(
  { setting, client, server, other, providers }: Prepared,
  callbacks: Callbacks,
): { readonly client: SSLContext; readonly server: SSLContext } {
  const near = client.extend();
  const far = server.extend();
  const swapped = other.extend();
  if (setting.resumes) swapped.ticketKeys = far.ticketKeys;
  for (const context of [near, far]) {
    if (callbacks.has("keylog"))
      context.keyLog = () => {
        callbacks.tell("keylog");
      };
    if (callbacks.has("onSession"))
      context.onSession = () => {
        callbacks.tell("onSession");
      };
  }
  if (callbacks.has("sni"))
    far.sniCallback = () =>
      callbacks.behave(
        "sni",
        () => undefined,
        { context: {} },
        { context: swapped },
      );
  if (callbacks.has("alpn"))
    far.alpnCallback = ({ protocols: [first = null] }) =>
      callbacks.behave<string | null>("alpn", () => first, 7);
  if (callbacks.has("verifier") && !setting.fails)
    for (const context of [near, far])
      context.verifier = {
        verify: (peer, at) =>
          callbacks.behave("verifier", () => VERIFIER.verify(peer, at), {}),
      };
  if (callbacks.has("signer"))
    far.loadCertChain({
      cert: SERVER_CHAIN.cert,
      key: {
        sign: (scheme, content) =>
          callbacks.behave(
            "signer",
            () => {
              const { signers, random } = providers.server;
              const { signature } = SIGNATURE_SCHEMES[scheme];
              const sign = signers[signature];
              if (sign === undefined) throw new Planned("no such scheme");
              return sign(KEY.privateKey, content, random);
            },
            "signed",
          ),
      },
    });
  addStore(far, callbacks, setting.store === true);
  if (setting.psk === true) addPsk(near, far, callbacks);
  return { client: near, server: far };
}

function addStore(
  context: SSLContext,
  callbacks: Callbacks,
  always: boolean,
): void {
  if (!always && !callbacks.has("storeTake") && !callbacks.has("storePut"))
    return;
  const kept = new Map<string, Session>();
  context.sessionStore = {
    take: (id) =>
      callbacks.behave<Session | undefined>(
        "storeTake",
        () => {
          const found = kept.get(toHex(id));
          kept.delete(toHex(id));
          return found;
        },
        { id: "no session" },
      ),
    put: (id, session) =>
      callbacks.behave(
        "storePut",
        () => {
          kept.set(toHex(id), session);
        },
        "kept",
      ),
  };
}

function addPsk(
  client: SSLContext,
  server: SSLContext,
  callbacks: Callbacks,
): void {
  const psk = { identity: "device 7", key: new Uint8Array(32).fill(3) };
  client.setPskClientCallback(() =>
    callbacks.behave("psk", () => psk, { key: 5 }),
  );
  server.setPskServerCallback(() =>
    callbacks.behave("psk", () => psk.key, { key: 5 }),
  );
}

/** The session that an honest connection leaves with the client. */
export function earlierSession(
  client: SSLContext,
  server: SSLContext,
): SSLSession | null {
  const [a, b, c, d] = [
    new MemoryBIO(),
    new MemoryBIO(),
    new MemoryBIO(),
    new MemoryBIO(),
  ];
  const near = client.wrapBio(a, b, { serverHostname: HOST });
  const far = server.wrapBio(c, d, { serverSide: true });
  for (let turn = 0; turn < 4; turn++) {
    near.tryHandshake();
    c.write(b.read());
    far.tryHandshake();
    a.write(d.read());
  }
  near.tryRead();
  return near.session;
}
