/**
 * Calls of a program's callbacks in the middle of a handshake: what they throw ends
 * the connection with that very error.
 */
import { TlsError } from "../errors.ts";
import { no_application_protocol as noApplicationProtocol } from "../reasons/negotiation.ts";
import type { AlpnOffer } from "../ssl/context/settings.ts";
import type {
  ClientAnswer,
  ServerPsk,
} from "../ssl/material/pre-shared-keys.ts";
import {
  requireBytes,
  requireObject,
  requireText,
  viewOf,
} from "./base/checks.ts";
import { nodeError, typeError, wrongType, wrongValue } from "./base/errors.ts";
import type { ProgramCallback } from "./socket-options.ts";

/** Bytes of a key and of its name that OpenSSL, and so Node, takes at most. */
const MAX_KEY = 512;
const MAX_IDENTITY = 256;

/** The errors of a connection's callbacks. */
export class ProgramCalls {
  /** The first error that a callback threw or called back with. */
  error: Error | undefined;
  readonly #onError: (error: Error) => void;

  /** @param onError is called with that error */
  constructor(onError: (error: Error) => void) {
    this.#onError = onError;
  }

  /** Runs a callback. @throws what it throws, which is kept */
  run<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw this.keep(error);
    }
  }

  /** Keeps an error for the socket. */
  keep(error: unknown): Error {
    const kept = error instanceof Error ? error : new Error(String(error));
    if (this.error === undefined) {
      this.error = kept;
      this.#onError(kept);
    }
    return kept;
  }

  /** The answer of a callback that calls back once with an error or a value. */
  answered(begin: (done: (error: unknown, value?: unknown) => void) => void) {
    return new Promise<unknown>((resolve, reject) => {
      let isDone = false;
      const done = (error: unknown, value?: unknown): void => {
        if (isDone)
          reject(
            this.keep(
              nodeError(
                "ERR_MULTIPLE_CALLBACK",
                "a callback of the handshake was called more than once",
              ),
            ),
          );
        else if (error) reject(this.keep(error));
        else resolve(value);
        isDone = true;
      };
      try {
        begin(done);
      } catch (error) {
        reject(this.keep(error));
      }
    });
  }

  /** Node's `ALPNCallback`: its choice, or the alert no_application_protocol. */
  chosenProtocol(
    callback: ProgramCallback,
    self: unknown,
    { serverName, protocols }: AlpnOffer,
  ): string {
    const choose = (): string => {
      const offer = { servername: serverName ?? "", protocols: [...protocols] };
      const chosen: unknown = Reflect.apply(callback, self, [offer]);
      if (chosen === undefined) throw new TlsError(noApplicationProtocol);
      if (typeof chosen === "string" && protocols.includes(chosen))
        return chosen;
      throw typeError(
        "ERR_TLS_ALPN_CALLBACK_INVALID_RESULT",
        "ALPNCallback: it chose a protocol that the client does not offer; one of its protocols or undefined is allowed",
      );
    };
    try {
      return choose();
    } catch (cause) {
      if (!(cause instanceof TlsError)) this.keep(cause);
      throw new TlsError(noApplicationProtocol, { cause });
    }
  }

  /** A client's `pskCallback`. */
  clientKey(
    callback: ProgramCallback,
    self: unknown,
    hint: string | null,
  ): ClientAnswer {
    return this.run(() => {
      const answer: unknown = Reflect.apply(callback, self, [hint]);
      if (answer === undefined || answer === null) return null;
      requireObject("pskCallback", answer);
      const identity: unknown = Reflect.get(answer, "identity");
      const key = keyOf(Reflect.get(answer, "psk"));
      requireText("pskCallback: identity", identity);
      if (Buffer.byteLength(identity) > MAX_IDENTITY)
        throw wrongValue(
          "pskCallback: identity",
          identity,
          `at most ${String(MAX_IDENTITY)} bytes are allowed`,
        );
      return { identity, key };
    });
  }

  /** A server's `pskCallback`. */
  serverKey(
    callback: ProgramCallback,
    self: unknown,
    identity: string,
  ): ServerPsk {
    return this.run(() => {
      const answer: unknown = Reflect.apply(callback, self, [self, identity]);
      if (answer === undefined || answer === null) return null;
      if (ArrayBuffer.isView(answer)) return keyOf(answer);
      if (typeof answer !== "object")
        throw wrongType(
          "pskCallback",
          answer,
          "an object, Buffer, TypedArray or DataView",
        );
      return keyOf(Reflect.get(answer, "psk"));
    });
  }
}

function keyOf(psk: unknown): Uint8Array {
  requireBytes("pskCallback: psk", psk);
  if (psk.byteLength <= MAX_KEY) return viewOf(psk);
  throw wrongValue(
    "pskCallback: psk",
    psk,
    `at most ${String(MAX_KEY)} bytes are allowed`,
  );
}
