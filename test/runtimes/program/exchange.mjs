/** The talk with foreign peers, which both sides know. */

/** The name in the certificate, and in the client's hello. */
export const SERVER_NAME = "a.test";

/** A line that a server sends back in reverse, as OpenSSL's s_server does. */
export const LINE = "hello, OpenSSL";

/** Bytes that go one way before the other way begins. */
export const HALF = 100_000;
