/**
 * A server of TLS 1.3 looks for a PSK among those that a client offers, one
 * after the other (RFC 9846 4.3.11): a ticket that it sealed, a session in its
 * store, an external PSK. What may wait is a state.
 */
import { equal } from "../../../bytes.ts";
import { TlsError } from "../../../errors.ts";
import * as reason from "../../../reasons.ts";
import type { ServerConfig } from "../../config/config.ts";
import type { Answers, HandshakeIo } from "../../machine/io.ts";
import type { ClientHello } from "../../messages/client-hello.ts";
import {
  boundPsk,
  type ChosenPsk,
  externalKey,
  type Psk,
  resumptionPsk,
} from "../../sessions/psk.ts";
import { openTicket } from "../ticket-calls.ts";
import { sharedSuites } from "../negotiate.ts";
import { PSK_MODES, type PskMode } from "../../registries/psk-modes.ts";
import {
  isOfThisServer,
  resumedPeer,
} from "../../authentication/resumption.ts";
import type { Session } from "../../sessions/session.ts";
import type { PskSearch, WaitPsk, WaitSession } from "../states.ts";

/** A ticket that is nothing but a name in the store. */
export const STORED_TICKET_LENGTH = 32;

/** Goes on where the search has come to an end, with a PSK or without. */
export type PskFound<Next> = (
  search: PskSearch,
  psk: ChosenPsk | undefined,
  io: HandshakeIo,
) => Next;

/** Returns the PSK modes for this client, the server's best way first. */
export function commonModes(
  config: ServerConfig,
  hello: ClientHello,
): readonly PskMode[] {
  const theirs = hello.extensions.psk_key_exchange_modes ?? [];
  // [9846-4.2.1-02] [9846-4.3.9-04]
  return config.pskModes.filter((name) => theirs.includes(PSK_MODES[name]));
}

/** Looks at the identities from `search.index` on. */
export function searchPsk<Next>(
  search: PskSearch,
  found: PskFound<Next>,
  io: HandshakeIo,
): Next | WaitSession | WaitPsk {
  const { config, hello } = search;
  const identities = hello.extensions.pre_shared_key?.identities ?? [];
  const end =
    commonModes(config, hello).length === 0
      ? 0
      : Math.min(identities.length, config.limits.pskIdentities);
  // [9846-4.3.11-05]
  for (let { index } = search; index < end; index++) {
    const identity = identities[index]?.identity ?? new Uint8Array(0);
    const here = { ...search, index };
    const session = openTicket(config, identity);
    const psk = session && ofSession(here, session, identity);
    // [9846-4.3.11-10]
    if (psk !== undefined) return found(here, bound(here, psk), io);
    if (session !== undefined) continue;
    const isId = identity.length === STORED_TICKET_LENGTH;
    if (config.sessionStore !== undefined && isId)
      return waitSession(here, identity);
    if (config.psk !== undefined) return waitPsk(here, identity);
  }
  // [9846-4.3.11-06]
  return found(search, undefined, io);
}

/** The store had it, or not. */
export function afterSession<Next>(
  { search, need }: WaitSession,
  { session }: Answers["session_found"],
  found: PskFound<Next>,
  io: HandshakeIo,
): Next | WaitSession | WaitPsk {
  const psk = session && ofSession(search, session, need.id);
  if (psk !== undefined) return found(search, bound(search, psk), io);
  if (session === undefined && search.config.psk !== undefined)
    return waitPsk(search, need.id);
  return searchPsk({ ...search, index: search.index + 1 }, found, io);
}

/** The external PSK of an identity, or none. */
export function afterPsk<Next>(
  { search }: WaitPsk,
  { psk }: Answers["psk_found"],
  found: PskFound<Next>,
  io: HandshakeIo,
): Next | WaitSession | WaitPsk {
  // [9846-4.3.11-01b]
  const key = psk && externalKey(psk, search.config.trust);
  if (key !== undefined && hasSuite(search, key))
    return found(search, bound(search, key), io);
  return searchPsk({ ...search, index: search.index + 1 }, found, io);
}

/**
 * Finds the PSK that was chosen by the first hello in the second one: RFC 9846
 * 4.2.2 lets a client leave out only those that the suite does not go with.
 *
 * @throws TlsError
 */
export function searchAgain(search: PskSearch, { psk }: ChosenPsk): ChosenPsk {
  const { pre_shared_key: offered } = search.hello.extensions;
  if (offered === undefined)
    throw new TlsError(reason.missing_extension, { detail: "pre_shared_key" });
  const index = offered.identities.findIndex(({ identity }) =>
    equal(identity, psk.identity),
  );
  // [9846-4.2.2-02b]
  if (index < 0)
    throw new TlsError(reason.hello_changed_after_retry, {
      detail: "pre_shared_key",
    });
  return bound({ ...search, index }, psk);
}

function ofSession(
  search: PskSearch,
  session: Session,
  identity: Uint8Array,
): Psk | undefined {
  const { config, hello } = search;
  const { server_name: name } = hello.extensions;
  if (session.version !== "TLSv1.3") return undefined;
  if (!isOfThisServer(session, config, name)) return undefined;
  const peer = resumedPeer(session, config, name);
  if (peer === undefined) return undefined;
  // RFC 9846 4.7.1 would allow another suite of that hash. But a session does
  // not keep alive a suite that the two would not choose today.
  const [today] = sharedSuites(config, config.suites13, hello);
  const best = search.retry?.suite ?? today;
  // [9846-4.3.10-08]
  return session.cipherSuite.code === best?.code
    ? resumptionPsk(session, peer, identity)
    : undefined;
}

function hasSuite({ config, hello, retry }: PskSearch, { hash }: Psk): boolean {
  const suites = retry === undefined ? config.suites13 : [retry.suite];
  return suites.some(
    (suite) => suite.hash === hash && hello.cipherSuites.includes(suite.code),
  );
}

function bound(search: PskSearch, psk: Psk): ChosenPsk {
  const { config, hello, before, index } = search;
  const offered = hello.extensions.pre_shared_key;
  if (offered === undefined) throw new TlsError(reason.binder_mismatch);
  const hash = config.provider.hashes[psk.hash];
  return boundPsk({ hash, psk, index, offered, before, hello: hello.raw });
}

function waitSession(search: PskSearch, id: Uint8Array): WaitSession {
  return {
    machine: "serverHello",
    at: "WAIT_SESSION",
    config: search.config,
    search,
    need: { type: "session", id },
  };
}

function waitPsk(search: PskSearch, identity: Uint8Array): WaitPsk {
  return {
    machine: "serverHello",
    at: "WAIT_PSK",
    config: search.config,
    search,
    need: { type: "psk", request: { identity, hint: undefined } },
  };
}
