/**
 * Acts of a client, which each runtime plays with its own adapter against the
 * servers of ../stage.ts. An act returns what the test compares.
 */
import type { SSLSocket } from "../../../../src/index.ts";
import type { ClientOptions } from "../../../../src/net/connecting.ts";

export interface Settings {
  readonly ca: string;
  /** An authority that signed nothing here. */
  readonly strangerCa: string;
  /** The server that does what the first line says. */
  readonly stage: number;
  /** OpenSSL's program, which sends back what it gets. */
  readonly openssl: number;
  /** Nobody listens there. */
  readonly refused: number;
  /** It takes connections, and is silent. */
  readonly silent: number;
}

export type Dial = (port: number, options: ClientOptions) => Promise<SSLSocket>;

type Act = (dial: Dial, settings: Settings) => Promise<unknown>;

const serverHostname = "localhost";

const line = (text: string): Uint8Array =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** Bytes that differ from each other as far as a shift would show. */
export function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8)) & 0xff;
  return bytes;
}

async function readAll(socket: SSLSocket): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const part = await socket.recv();
    if (part.length === 0) break;
    parts.push(part);
    length += part.length;
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** An error as a test compares it. */
async function failure(call: Promise<unknown>): Promise<unknown> {
  try {
    const value = await call;
    return { resolved: value instanceof Uint8Array ? value.length : value };
  } catch (error) {
    if (!(error instanceof Error)) return { thrown: String(error) };
    const code: unknown = Reflect.get(error, "code");
    const reason: unknown = Reflect.get(error, "verifyName");
    const { name, message } = error;
    return { name, message, code: String(code), reason: String(reason) };
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Resolves to what is said of a call that has not settled by then. */
const pending = (call: Promise<unknown>, milliseconds: number) =>
  Promise.race([
    call.then(() => "settled"),
    pause(milliseconds).then(() => "waits"),
  ]);

export const ACTS: Readonly<Record<string, Act>> = {
  /** OpenSSL's program sends back a MiB. */
  async openssl(dial, { openssl, ca }) {
    const socket = await dial(openssl, { ca, serverHostname });
    const sent = pattern(1 << 20);
    const sending = socket.sendAll(sent);
    const got = new Uint8Array(sent.length);
    let length = 0;
    while (length < sent.length) {
      const part = await socket.recv();
      if (part.length === 0) break;
      got.set(part, length);
      length += part.length;
    }
    await sending;
    await socket.close();
    return [socket.version(), length, isSame(sent, got)];
  },

  async wrongName(dial, { stage, ca }) {
    return failure(dial(stage, { ca, serverHostname: "other.test" }));
  },

  async wrongAuthority(dial, { stage, strangerCa }) {
    return failure(dial(stage, { ca: strangerCa, serverHostname }));
  },

  async wrongOption(dial, { stage, ca }) {
    const options = { ca, serverHostname, servername: "a" };
    return failure(dial(stage, options));
  },

  async refused(dial, { refused, ca }) {
    return failure(dial(refused, { ca, serverHostname, timeout: 20_000 }));
  },

  async timeout(dial, { silent, ca }) {
    return failure(dial(silent, { ca, serverHostname, timeout: 300 }));
  },

  async abort(dial, { silent, ca }) {
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort(new Error("the program's own reason"));
    }, 300);
    const { signal } = controller;
    return failure(dial(silent, { ca, serverHostname, signal }));
  },

  async abortedBefore(dial, { stage, ca }) {
    const controller = new AbortController();
    controller.abort(new Error("the program's own reason"));
    const { signal } = controller;
    return failure(dial(stage, { ca, serverHostname, signal }));
  },

  /** This side ends first, and reads on. */
  async halfCloseHere(dial, { stage, ca }) {
    const socket = await dial(stage, { ca, serverHostname });
    await socket.sendAll(line("answer after the end\n"));
    await socket.sendAll(pattern(100_000));
    await socket.shutdown("write");
    const got = await readAll(socket);
    await socket.close();
    return [got.length, isSame(got, pattern(300_000)), socket.truncated];
  },

  /** The server ends first, and reads on. */
  async halfCloseThere(dial, { stage, ca }) {
    const socket = await dial(stage, { ca, serverHostname });
    await socket.sendAll(line("end first\n"));
    const got = await readAll(socket);
    await socket.sendAll(pattern(100_000));
    await socket.close();
    return [got.length, socket.truncated];
  },

  async reset(dial, { stage, ca }) {
    const socket = await dial(stage, {
      ca,
      serverHostname,
      suppressRaggedEofs: false,
    });
    await socket.sendAll(line("reset\n"));
    const read = await failure(socket.recv());
    await pause(50);
    const written = await failure(socket.sendAll(pattern(1 << 20)));
    socket.destroy();
    return [read, written];
  },

  /** An end without close_notify is no end. */
  async cut(dial, { stage, ca }) {
    const socket = await dial(stage, {
      ca,
      serverHostname,
      suppressRaggedEofs: false,
    });
    await socket.sendAll(line("cut\n"));
    const read = await failure(socket.recv());
    await socket.close();
    return read;
  },

  /** A reader that does not read stops the server. */
  async slowReader(dial, { stage, ca }) {
    const socket = await dial(stage, { ca, serverHostname });
    await socket.sendAll(line("flood\n"));
    await pause(1200);
    let length = 0;
    for (;;) {
      const part = await socket.recv();
      if (part.length === 0) break;
      length += part.length;
    }
    await socket.close();
    return length;
  },

  /** A server that does not read stops the writer. */
  async slowServer(dial, { stage, ca }) {
    const socket = await dial(stage, { ca, serverHostname });
    await socket.sendAll(line("sink\n"));
    const sending = socket.sendAll(new Uint8Array(24 << 20));
    const state = await pending(sending, 500);
    await sending;
    await socket.shutdown("write");
    const got = await readAll(socket);
    await socket.close();
    return [state, String.fromCharCode(...got)];
  },

  /** A close whose peer does not read ends in time. */
  async closeInTime(dial, { stage, ca }) {
    const socket = await dial(stage, { ca, serverHostname });
    await socket.sendAll(line("deaf\n"));
    const sending = failure(socket.sendAll(new Uint8Array(32 << 20)));
    await pause(2000);
    const closed = await failure(socket.close({ timeout: 500 }));
    return [await sending, closed];
  },
};

/** Plays the acts one after the other. */
export async function play(
  dial: Dial,
  settings: Settings,
  note: (text: string) => void = console.error,
): Promise<Record<string, unknown>> {
  const told: Record<string, unknown> = {};
  for (const [name, act] of Object.entries(ACTS)) {
    let late: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise((resolve) => {
      late = setTimeout(resolve, 20_000, "hangs");
    });
    const begun = Date.now();
    try {
      told[name] = await Promise.race([act(dial, settings), limit]);
    } catch (error) {
      const stack = error instanceof Error ? String(error.stack) : "";
      told[name] = `failed: ${String(error)} ${stack}`;
    }
    clearTimeout(late);
    note(`${name}: ${String(Date.now() - begun)} ms`);
  }
  return told;
}
