/** The contexts that the options of `puretls serve` ask for. */
import { readFileSync } from "node:fs";
import { createDefaultContext } from "../../net/node.ts";
import type { SSLContext } from "../../ssl/ssl-context.ts";
import { CommandError, type Terminal } from "../command.ts";
import { limit } from "../connect/context.ts";
import { keyLogTo } from "../key-log.ts";
import { providerOf } from "../provider.ts";
import type { Values } from "./options.ts";

/**
 * Checks the options, and makes contexts of them: one for each certificate.
 *
 * @throws CommandError, and the context's errors for what it does not have
 */
export function contextMaker(
  values: Values,
  terminal: Terminal,
): () => SSLContext {
  const { ca, keylog, tickets: ticketText, verify = "none" } = values;
  const provider = providerOf(values.provider);
  if (verify !== "none" && ca === undefined)
    throw new CommandError(`--verify ${verify} needs --ca FILE`);
  const tickets = readTickets(ticketText);
  if (values["early-data"] === true && (tickets === 0 || values.tls === "1.2"))
    throw new CommandError(
      "--early-data needs tickets of TLS 1.3: not --tickets 0, nor --tls 1.2",
    );
  const keyLog = keylog === undefined ? undefined : keyLogTo(keylog);
  return () => {
    const context = createDefaultContext({
      purpose: "clientAuth",
      env: terminal.env,
      provider,
      ...(ca !== undefined && { caFile: ca }),
    });
    // The profile that the web needs: home-made authorities rarely are strict.
    context.verifyFlags = { strict: false, partialChain: true };
    context.verifyMode = verify;
    limit(context, values);
    if (tickets !== undefined) context.numTickets = tickets;
    if (tickets === 0) context.options = { noTicket: true };
    if (values["early-data"] === true) {
      context.earlyData = true;
      context.maxEarlyData = MOST_EARLY_DATA;
    }
    if (keyLog !== undefined) context.keyLog = keyLog;
    return context;
  };
}

/** Bytes of early data that a ticket allows: a request, as others allow it. */
const MOST_EARLY_DATA = 16_384;

function readTickets(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d$/.test(text))
    throw new CommandError(
      `--tickets takes a number from 0 to 9, not "${text}"`,
    );
  return Number(text);
}

/** The first line of a file, as OpenSSL reads `-passin file:`. */
export function readPassword(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  return readFileSync(file, "utf8").split(/\r?\n/, 1)[0] ?? "";
}
