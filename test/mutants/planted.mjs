/**
 * Faults that were once in the code or that no test but BoGo's noticed, each with
 * the one test file that has to: `npm run mutants -- --planted` plants them, one
 * at a time.
 */

const TABLE = "test/ssl/authentication/table.test.ts";
const RULES = "test/ssl/authentication/rules.test.ts";
const ANSWERS = "src/ssl/connection/answers.ts";
const POLICY = "src/handshake/config/client-authentication.ts";
const CLIENT13 = "src/handshake/client/tls13";
/** Choices that BoGo alone noticed before. */
const OFFERS = "test/engine/sessions/offers.test.ts";
const SIGNATURES = "src/handshake/authentication/signatures-and-finished.ts";

/** `what` names the fault; `from` stands once in the file and becomes `to`. */
export const PLANTED = [
  {
    what: "the engine keeps the config that it began with",
    file: ANSWERS,
    from: 'return { type: "certificate_chosen", credentials, config };',
    to: 'return { type: "certificate_chosen", credentials };',
    test: TABLE,
  },
  {
    what: "needs are answered by the context that listened",
    file: ANSWERS,
    from: "connection.rules = { context, settings, config };",
    to: "",
    test: TABLE,
  },
  {
    what: "a proof made for another config holds",
    file: "src/handshake/authentication/authenticated-peer.ts",
    from: 'made.trust === trust ? undefined : "a proof by another config\'s rules"',
    to: "undefined",
    test: "test/engine/authentication/proofs.test.ts",
  },
  {
    what: "a resumed peer of another config is accepted",
    file: "src/handshake/sessions/session.ts",
    from: "made.trust === trust &&",
    to: "",
    test: "test/handshake/session.test.ts",
  },
  {
    what: "post-handshake authentication asks nobody in TLS 1.2",
    file: POLICY,
    from: '(policy.ask === "afterHandshake" && version === "TLSv1.2")',
    to: "false",
    test: TABLE,
  },
  {
    what: "an empty answer after the handshake goes on under required",
    file: POLICY,
    from: 'return phase === "afterHandshake" || asksInHandshake(policy, version);',
    to: "return asksInHandshake(policy, version);",
    test: TABLE,
  },
  {
    what: "a client of TLS 1.2 does not insist on must-staple",
    file: "src/handshake/authentication/authenticated-peer.ts",
    from: '(isClient || version === "TLSv1.3")',
    to: 'version === "TLSv1.3"',
    test: "test/engine/authentication/proofs.test.ts",
  },
  {
    what: "an exporter without extended main secret",
    file: "src/engine/exporter.ts",
    from: "state.info.extendedMainSecret !== true",
    to: "false",
    test: "test/handshake/extended-main-secret.test.ts",
  },
  {
    what: "a server asks for a certificate beside an external PSK",
    file: "src/handshake/server/tls13/machine.ts",
    from: "&&\n    !isByExternalPsk(peer)",
    to: "",
    test: RULES,
  },
  {
    what: "a client answers with a certificate beside an external PSK",
    file: `${CLIENT13}/machine.ts`,
    from: "return config.postHandshakeAuth && !isByExternalPsk(peer);",
    to: "return config.postHandshakeAuth;",
    test: "test/engine/authentication/requests.test.ts",
  },
  {
    what: "a failed connection keeps its secrets",
    file: "src/engine/forget.ts",
    from: "  wipeState(state);\n}",
    to: "}",
    test: "test/engine/sessions/forgotten.test.ts",
  },
  {
    what: "a stored session outlives a fatal alert",
    file: "src/engine/forget.ts",
    from: "if (byAlert || isBad) forgetStored",
    to: "if (isBad) forgetStored",
    test: "test/engine/sessions/ended-sessions.test.ts",
  },
  {
    what: "a client's session outlives a fatal alert",
    file: "src/engine/forget.ts",
    from: "const session = byAlert ? offeredSession(state) : undefined;",
    to: "const session = undefined;",
    test: "test/engine/sessions/ended-sessions.test.ts",
  },
  {
    what: "a strike is forgotten before early data is too old",
    file: "src/handshake/server/tls13/early-data.ts",
    from: "until: now + 2 * WINDOW,",
    to: "until: now + 2 * WINDOW - 1,",
    test: "test/engine/needs/strikes.test.ts",
  },
  {
    what: "SHA-1 in a CertificateVerify of TLS 1.3",
    file: SIGNATURES,
    from: "!fitsKey(scheme.row, keyKind(key), version, signer)",
    to: '!fitsKey(scheme.row, keyKind(key), "TLSv1.2", signer)',
    test: "test/engine/authentication/requests.test.ts",
  },
  {
    what: "a suite of another hash than the PSK's",
    file: "src/handshake/sessions/psk.ts",
    from: "psk === undefined || psk.hash !== suiteHash",
    to: "psk === undefined",
    test: OFFERS,
  },
  {
    what: "a ServerHello of TLS 1.2 after early data",
    file: "src/handshake/client/hello.ts",
    from: "if (early !== undefined) throw",
    to: "if (false) throw",
    test: OFFERS,
  },
  {
    what: "extended main secret differs on resumption, at a client",
    file: "src/handshake/client/tls12/server-hello.ts",
    from: "session.extendedMainSecret !== said.extendedMainSecret",
    to: "false",
    test: OFFERS,
  },
  {
    what: "extended main secret is gone on resumption, at a server",
    file: "src/handshake/server/tls12/resumption.ts",
    from: "if (session.extendedMainSecret && !isExtended)",
    to: "if (false)",
    test: "test/handshake/negotiation12.test.ts",
  },
  {
    what: "a session without extended main secret is resumed with it",
    file: "src/handshake/server/tls12/resumption.ts",
    from: "if (!session.extendedMainSecret && isExtended) return undefined;",
    to: "",
    test: "test/handshake/negotiation12.test.ts",
  },
  {
    what: "a client's dummy change_cipher_spec without compatibility mode",
    file: `${CLIENT13}/server-hello.ts`,
    from: "if (config.compatibilityMode && !helloRetried",
    to: "if (!helloRetried",
    test: OFFERS,
  },
  {
    what: "the same before early data",
    file: `${CLIENT13}/early-data.ts`,
    from: "if (config.compatibilityMode) io.send",
    to: "io.send",
    test: OFFERS,
  },
  {
    what: "a server's dummy change_cipher_spec without compatibility mode",
    file: "src/handshake/server/negotiate.ts",
    from: "return config.compatibilityMode || hello.legacySessionId.length > 0;",
    to: "return true;",
    test: "test/engine/records/wire-forms.test.ts",
  },
  {
    what: "ticket_age_add is not drawn anew",
    file: "src/handshake/server/tls13/tickets.ts",
    from: "ageAdd: randomAge(provider.random),",
    to: "ageAdd: 7,",
    test: OFFERS,
  },
  {
    what: "clients send early data by default",
    file: "src/handshake/config/config.ts",
    from: "earlyData: options.earlyData ?? false,",
    to: "earlyData: options.earlyData ?? true,",
    test: OFFERS,
  },
  {
    what: "servers accept early data by default",
    file: "src/handshake/config/session-options.ts",
    from: "maxEarlyData = 0,",
    to: "maxEarlyData = 100,",
    test: OFFERS,
  },
  {
    what: "a CertificateRequest is answered that nobody offered to answer",
    file: `${CLIENT13}/machine.ts`,
    from: "return config.postHandshakeAuth && !isByExternalPsk(peer);",
    to: "return !isByExternalPsk(peer);",
    test: "test/engine/authentication/requests.test.ts",
  },
];

/** The place of a planted fault in the file's source. */
export function plantedAt(code, { from, to }) {
  const start = code.indexOf(from);
  if (start < 0 || code.includes(from, start + 1))
    throw new Error(`does not stand once in the file: ${from}`);
  return { start, end: start + from.length, text: to };
}
