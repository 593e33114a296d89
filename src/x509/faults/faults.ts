/**
 * Every way in which a certificate, a key or a list can be refused: a value
 * each, so that a bundle has those that its modules throw. The numbers are
 * OpenSSL's X509_V_ERR ones, which programs already know; a code of ours may
 * share a number with another when OpenSSL does not tell them apart.
 */
export * from "./certificate.ts";
export * from "./path.ts";
export * from "./reading.ts";
export * from "./revocation.ts";
