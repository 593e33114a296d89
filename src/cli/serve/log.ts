/** The events of a server, as lines for people or lines of JSON. */
import { printable, printableAgain } from "../../bytes.ts";
import { SSLError } from "../../ssl/errors/errors.ts";
import type { SSLSocket } from "../../ssl/socket/ssl-socket.ts";
import { Certificate, X509Error } from "../../x509/index.ts";
import type { Terminal } from "../command.ts";
import { explain } from "../text/explain.ts";
import { subjectText } from "../text/name-text.ts";
import { jsonLine } from "../text/json.ts";

/** The end of a connection: an address and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export class ServerLog {
  readonly #terminal: Terminal;
  readonly #isJson: boolean;

  constructor(terminal: Terminal, isJson: boolean) {
    this.#terminal = terminal;
    this.#isJson = isJson;
  }

  listening(at: Endpoint): void {
    this.#say({ event: "listening", ...at }, `listening on ${place(at)}`);
  }

  connected(from: Endpoint, socket: SSLSocket, name: string | null): void {
    const suite = socket.cipher()?.name ?? "";
    const version = socket.version();
    this.#say(
      {
        event: "connected",
        ...from,
        ...{ version, suite },
        group: socket.group(),
        alpn: socket.selectedAlpnProtocol(),
        serverName: name,
        resumed: socket.sessionReused,
        earlyData: socket.earlyDataOutcome,
        clientCertificate: subjectOf(socket),
        verified: socket.getVerifiedChain().length > 0,
      },
      `${place(from)} ${version ?? ""} ${suite}`,
    );
  }

  failed(from: Endpoint, error: unknown): void {
    const { code, reason, alert } =
      error instanceof SSLError
        ? error
        : { code: codeOf(error), reason: null, alert: undefined };
    const message = explain(error);
    this.#complain(
      {
        event: "failed",
        ...from,
        error: { message, code, reason, alert: alert ?? null },
      },
      `puretls serve: ${place(from)}: ${message}`,
    );
  }

  /** A connection that ended without asking for TLS. */
  left(from: Endpoint): void {
    this.#say({ event: "left", ...from }, `${place(from)} left before TLS`);
  }

  certificate(outcome: string, file: string, detail: string | undefined): void {
    const more = detail === undefined ? "" : `: ${detail}`;
    const event = {
      event: "certificate",
      ...{ outcome, file },
      message: detail ?? null,
    };
    if (outcome === "failed")
      this.#complain(event, `puretls serve: ${printable(file)}${more}`);
    else this.#say(event, `${printable(file)} ${outcome}${more}`);
  }

  #say(event: object, line: string): void {
    this.#terminal.stdout.write(this.#isJson ? jsonLine(event) : `${line}\n`);
  }

  #complain(event: object, line: string): void {
    if (this.#isJson) this.#terminal.stdout.write(jsonLine(event));
    else this.#terminal.stderr.write(`${line}\n`);
  }
}

/** HOST:PORT, with brackets around an IPv6 address. */
function place({ address, port }: Endpoint): string {
  const host = address.includes(":") ? `[${address}]` : address;
  return `${host}:${port.toString()}`;
}

function subjectOf(socket: SSLSocket): string | null {
  const [leaf] = socket.getUnverifiedChain();
  if (leaf === undefined) return null;
  try {
    return printableAgain(subjectText(Certificate.parse(leaf).subject));
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return "(a certificate that cannot be read)";
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error ? String(error.code) : null;
}
