/** The peer of a command line. */
import type { Opponent } from "../../lab/index.ts";
import { clientByCommand, connectTo } from "../../lab/node/index.ts";
import { CommandError, readAddress } from "../command.ts";
import type { PeerValues } from "./options.ts";

/**
 * The peer that the options name; undefined for our own engine in memory.
 *
 * @throws CommandError for two of them, and a command without a port
 */
export function peerOf({
  peer,
  client,
  servername,
}: PeerValues): Opponent | undefined {
  if (peer !== undefined && client !== undefined)
    throw new CommandError("--peer and --client exclude each other");
  if (servername !== undefined && peer === undefined)
    throw new CommandError("--servername goes with --peer");
  if (peer !== undefined) {
    const address = readAddress(peer, 443);
    return connectTo({
      ...address,
      ...(servername !== undefined && { serverName: servername }),
    });
  }
  if (client === undefined) return undefined;
  if (!client.includes("{port}"))
    throw new CommandError(
      "--client: the command has no {port} in it, which it is to connect to",
    );
  return clientByCommand({ command: client });
}

/** @throws CommandError for what is no whole number of that option */
export function numberOf(
  text: string | undefined,
  option: string,
): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text))
    throw new CommandError(`--${option} takes a whole number, not "${text}"`);
  return Number(text);
}
