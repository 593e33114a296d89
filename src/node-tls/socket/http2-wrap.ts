/**
 * HTTP/2 over sockets of this library. Node wraps each socket that is not its own in a
 * class of its inside, and that wrap is the `socket` of a session. Here the wrap gets
 * the members of TLS and the addresses of the socket in it, and a write that it cannot
 * take is cancelled: Node asserts there that nothing is under way, which ends the process
 * when a client goes away while a server writes.
 */
import { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { getSystemErrorMap } from "node:util";
import { native } from "../base/native.ts";
import { SecureSocket } from "./secure-socket.ts";

/** Members of Node's `TLSSocket` and `net.Socket` that the wrap asks its socket for. */
const MEMBERS = [
  ...["authorized", "authorizationError", "alpnProtocol", "servername"],
  ...["encrypted", "getPeerCertificate", "getPeerX509Certificate"],
  ...["getCertificate", "getX509Certificate", "getProtocol", "getCipher"],
  ...["getEphemeralKeyInfo", "getSharedSigalgs", "getSession"],
  ...["getTLSTicket", "isSessionReused", "getFinished", "getPeerFinished"],
  ...["exportKeyingMaterial", "remoteAddress", "remotePort", "remoteFamily"],
  ...["localAddress", "localPort", "localFamily"],
] as const;

let isDone = false;

/** Readies Node's wrap for sockets of this library, once in a process. */
export function readyForHttp2(): void {
  if (isDone) return;
  isDone = true;
  const wrap = makeWrap();
  if (wrap === undefined) return;
  const prototype: unknown = Reflect.getPrototypeOf(wrap);
  if (!isObject(prototype)) return;
  for (const name of MEMBERS) forward(prototype, name);
  cancelSecondWrites(prototype, wrap);
}

/** The wrap of a socket, from the one place where Node shows one. */
function makeWrap(): object | undefined {
  const inside = new PassThrough();
  const socket: unknown = Reflect.construct(native.TLSSocket, [inside]);
  if (!isObject(socket)) return undefined;
  const handle: unknown = Reflect.get(socket, "_handle");
  const wrap: unknown = isObject(handle)
    ? Reflect.get(handle, "_parentWrap")
    : undefined;
  call(socket, "destroy");
  return isObject(wrap) ? wrap : undefined;
}

function forward(prototype: object, name: string): void {
  const before = describe(prototype, name);
  Object.defineProperty(prototype, name, {
    configurable: true,
    get(this: object): unknown {
      const socket = socketIn(this);
      if (socket === undefined)
        return before?.get === undefined
          ? before?.value
          : Reflect.apply(before.get, this, []);
      const member: unknown = Reflect.get(socket, name);
      return isCallable(member) ? member.bind(socket) : member;
    },
    set(this: object, value: unknown): void {
      Object.defineProperty(this, name, {
        ...{ value, configurable: true, enumerable: true, writable: true },
      });
    },
  });
}

function describe(
  prototype: object,
  name: string,
): PropertyDescriptor | undefined {
  for (
    let one: object | null = prototype;
    one;
    one = Reflect.getPrototypeOf(one)
  ) {
    const found = Reflect.getOwnPropertyDescriptor(one, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function cancelSecondWrites(prototype: object, wrap: object): void {
  const write: unknown = Reflect.get(prototype, "doWrite");
  const pending = Object.getOwnPropertySymbols(wrap).filter(({ description }) =>
    /^kCurrent(Write|Shutdown)Request$/.test(description ?? ""),
  );
  const cancelled = codeOf("ECANCELED");
  if (!isCallable(write)) return;
  Object.defineProperty(prototype, "doWrite", {
    ...{ configurable: true, writable: true },
    value: function (this: object, ...parameters: unknown[]): unknown {
      const isBusy = pending.some((name) => isObject(Reflect.get(this, name)));
      return isBusy && socketIn(this) !== undefined
        ? cancelled
        : Reflect.apply(write, this, parameters);
    },
  });
}

/** The number that Node's inside has for an error of the system. */
function codeOf(name: string): number {
  for (const [code, [found]] of getSystemErrorMap())
    if (found === name) return code;
  return -1;
}

/** True for the `socket` of a session over a socket of this library. */
export function wrapsOurs(value: unknown): boolean {
  try {
    return value instanceof Socket && socketIn(value) !== undefined;
  } catch {
    return false; // Of a session that has ended: Node throws.
  }
}

function socketIn(wrap: object): SecureSocket | undefined {
  const socket: unknown = Reflect.get(wrap, "stream");
  return socket instanceof SecureSocket ? socket : undefined;
}

function call(target: object, name: string): void {
  const method: unknown = Reflect.get(target, name);
  if (isCallable(method)) Reflect.apply(method, target, []);
}

type Callable = (...parameters: unknown[]) => unknown;

function isCallable(value: unknown): value is Callable {
  return typeof value === "function";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
