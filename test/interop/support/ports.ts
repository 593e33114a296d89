/**
 * Ports on loopback. Whether a server listens is read in /proc/net: to connect
 * would use up one of the accepts that it was told to do.
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";

/** Tells whether the kernel lists sockets: on Linux only. */
export const CAN_PROBE = existsSync("/proc/net/tcp");

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port =
        address !== null && typeof address === "object" ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** True when some socket listens on the port, IPv4 or IPv6. */
export function isListening(port: number): boolean {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return ["/proc/net/tcp", "/proc/net/tcp6"]
    .filter((table) => existsSync(table))
    .some((table) =>
      readFileSync(table, "utf8")
        .split("\n")
        .map((row) => row.trim().split(/\s+/))
        // Columns: number, local address, remote address, state (0A: LISTEN).
        .some(
          ([, local, , state]) =>
            state === "0A" && local?.split(":")[1] === wanted,
        ),
    );
}
