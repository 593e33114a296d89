/** The context that the options of `puretls connect` ask for. */
import { readFileSync } from "node:fs";
import { fromHex } from "../../bytes.ts";
import { type EchClient, createEchClient } from "../../ech/index.ts";
import { createDefaultContext } from "../../net/node.ts";
import {
  trustRawPublicKeys,
  X509_ERRORS,
  X509Error,
} from "../../x509/index.ts";
import type { SSLContext } from "../../ssl/ssl-context.ts";
import { CommandError, readList, type Terminal } from "../command.ts";
import { daneVerifier, readPublicKey, type Service } from "./dane.ts";
import { keyLogTo } from "../key-log.ts";
import { providerOf } from "../provider.ts";
import type { Values } from "./options.ts";

/** @throws CommandError, and the context's errors for what it does not have */
export function contextOf(
  values: Values,
  service: Service,
  terminal: Terminal,
): SSLContext {
  const { ca, cert, key, insecure, keylog } = values;
  if (key !== undefined && cert === undefined)
    throw new CommandError("--key goes with --cert");
  if (insecure === true)
    for (const other of ["ca", "crl", "dane", "raw-key"] as const)
      if (values[other] !== undefined)
        throw new CommandError(
          `--${other} and --insecure contradict each other`,
        );
  const context = createDefaultContext({
    env: terminal.env,
    provider: providerOf(values.provider),
    // With --insecure nobody's certificates are wanted, not even the system's.
    ...(insecure === true && { ca: [] }),
    ...(ca !== undefined && { caFile: ca }),
  });
  // The profile that the web needs: home-made authorities rarely are strict.
  context.verifyFlags = { strict: false, partialChain: true };
  if (insecure === true) {
    context.checkHostname = false;
    context.verifyMode = "none";
  }
  if (values.crl !== undefined) {
    context.addCrls(values.crl.map((file) => readFileSync(file)));
    context.verifyFlags = { crlCheck: "leaf" };
  }
  if (values["early-data"] !== undefined) context.earlyData = true;
  if (values.staple === true) context.ocspStapling = "request";
  if (cert !== undefined)
    context.loadCertChain({
      certFile: cert,
      ...(key !== undefined && { keyFile: key }),
    });
  if (values.psk !== undefined) {
    const psk = readPsk(values.psk);
    context.setPskClientCallback(() => psk);
  }
  if (keylog !== undefined) context.keyLog = keyLogTo(keylog);
  if (values.dane !== undefined) {
    for (const other of ["crl", "staple", "raw-key"] as const)
      if (values[other] !== undefined)
        throw new CommandError(`--${other} and --dane contradict each other`);
    context.verifier = daneVerifier(values.dane, service, ca);
  }
  const keys = values["raw-key"];
  if (keys !== undefined) {
    context.rawPublicKeys = trustRawPublicKeys(keys.map(readPublicKey));
    // A certificate, whoever issued it, is not the key that was named.
    context.verifier = {
      verify: () => {
        throw new X509Error(X509_ERRORS.untrusted_public_key);
      },
    };
  }
  limit(context, values);
  return context;
}

/** Limits what is offered: versions, suites, groups, algorithms, protocols. */
export function limit(
  context: SSLContext,
  values: Pick<Values, "tls" | "ciphers" | "groups" | "sigalgs" | "alpn">,
): void {
  if (values.tls !== undefined) {
    context.minimumVersion = `TLSv${values.tls}`;
    context.maximumVersion = `TLSv${values.tls}`;
  }
  if (values.ciphers !== undefined) {
    const words = readWords("--ciphers", values.ciphers);
    // RFC 9846 B.4: their names tell neither key exchange nor signature.
    const isOf13 = (name: string): boolean => /^TLS_(AES|CHACHA20)_/.test(name);
    const suites = words.filter(isOf13);
    const rest = words.filter((name) => !isOf13(name));
    named("--ciphers", () => {
      if (suites.length > 0) context.setCiphersuites(suites);
      if (rest.length > 0) context.setCiphers(rest.join(":"), { strict: true });
    });
  }
  const { groups, sigalgs, alpn } = values;
  if (groups !== undefined)
    named("--groups", () => {
      context.setGroups(readWords("--groups", groups));
    });
  if (sigalgs !== undefined)
    named("--sigalgs", () => {
      context.signatureAlgorithms = readWords("--sigalgs", sigalgs);
    });
  if (alpn !== undefined)
    named("--alpn", () => {
      const protocols = readList(alpn);
      if (protocols.length === 0) throw new CommandError("it names nothing");
      context.setAlpnProtocols(protocols);
    });
}

/** Words with commas or colons between them. */
function readWords(option: string, text: string): readonly string[] {
  const words = text.split(/[:,]/).filter((word) => word !== "");
  if (words.length === 0) throw new CommandError(`${option} names nothing`);
  return words;
}

/** Puts the option's name before what the library says of its value. */
function named(option: string, set: () => void): void {
  try {
    set();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${option}: ${message}`);
  }
}

/**
 * Reads a line NAME:HEXKEY, whose content is in no message.
 *
 * @throws CommandError
 */
function readPsk(file: string): { identity: string; key: Uint8Array } {
  const [line = ""] = readFileSync(file, "utf8").split(/\r?\n/);
  const [, identity = "", key = ""] = /^(.+):([0-9a-fA-F]+)$/.exec(line) ?? [];
  if (identity === "" || key.length % 2 !== 0)
    throw new CommandError(
      `--psk: the first line of ${file} must be NAME:HEXKEY`,
    );
  return { identity, key: fromHex(key) };
}

/** @throws Error with the file's name for what is no list, or none for us */
export function readEch(file: string): EchClient {
  const content = readFileSync(file);
  const text = content.toString("latin1").trim();
  const isBase64 = /^[\w+/]+={0,2}$/.test(text);
  try {
    return createEchClient(isBase64 ? Buffer.from(text, "base64") : content);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${file}: ${message}`, { cause: error });
  }
}
