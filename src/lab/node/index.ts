/**
 * Peers of the lab behind sockets of Node, Bun and Deno: a server at a host and a port, and
 * a client that a command starts.
 *
 * @module
 */
export { clientByCommand, type CommandOptions } from "./command.ts";
export { connectTo, type ConnectToOptions } from "./connect.ts";
