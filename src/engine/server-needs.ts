/**
 * Needs that a server alone has. Its protocol brings them, so that a client's
 * bundle has nothing of session stores, strike registers and the choice of
 * configs.
 */
import { RAISE_NEED } from "../promises.ts";
import { TlsUsageError } from "../errors.ts";
import {
  type ServerConfig,
  underEnvironment,
} from "../handshake/config/config.ts";
import type { Need } from "../handshake/machine/io.ts";
import type { Session } from "../handshake/sessions/session.ts";
import { readSession } from "../handshake/sessions/session-check.ts";
import type { SessionStore } from "../handshake/sessions/session-store.ts";
import type {
  AskedStrikeRegister,
  StrikeRegister,
} from "../handshake/sessions/strike-register.ts";
import type { ServerNeeds } from "./protocol.ts";

export const serverNeeds: ServerNeeds = {
  ownAnswer(config, need) {
    if (need.type === "session") {
      const { sessionStore: store } = config;
      if (store === RAISE_NEED) return undefined;
      const session = taken(config, store, need.id);
      return { type: "session_found", session };
    }
    const { strikeRegister: register } = config;
    if (register?.strike === RAISE_NEED) return undefined;
    return { type: "struck", first: isStruck(register, need) };
  },
  ownAnswerOf(config, answer) {
    const { type } = answer;
    switch (type) {
      case "certificate_chosen":
        if (answer.config !== undefined)
          underEnvironment(answer.config, config);
        return answer;
      case "session_found":
        return { type, session: ownSession(config, answer.session) };
      case "struck": {
        // JavaScript answers anything: only a yes is one.
        const first: unknown = answer.first;
        return { type, first: first === true };
      }
    }
  },
};

/** A store that fails or returns garbage has no session. */
function taken(
  { protocol }: ServerConfig,
  store: SessionStore | undefined,
  id: Uint8Array,
): Session | undefined {
  try {
    return readSession(store?.take(id), protocol);
  } catch {
    return undefined;
  }
}

/** Fails closed: early data that may be a replay is refused. */
function isStruck(
  register: StrikeRegister | AskedStrikeRegister | undefined,
  { key, until }: Extract<Need, { type: "strike" }>,
): boolean {
  if (register === undefined || register.strike === RAISE_NEED) return false;
  try {
    return register.strike(key, until) === true;
  } catch {
    return false;
  }
}

/** @throws TlsUsageError for what a store had in place of a session */
function ownSession(
  { protocol }: ServerConfig,
  value: unknown,
): Session | undefined {
  if (value === undefined) return undefined;
  const session = readSession(value, protocol);
  if (session !== undefined) return session;
  throw new TlsUsageError(
    "resume: session: not a session; what sessionFromBytes() returns, or undefined, is allowed",
  );
}
