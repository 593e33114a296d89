/** Options for certificates that were made. */

export interface MadeCertificates {
  /** The first host of the server's certificate. */
  readonly host: string | undefined;
  /** Paths without `.pem` and `.key`. */
  readonly server: string | undefined;
  readonly client: string | undefined;
  readonly ca: string;
}

/** Lines to copy into a shell. */
export function usage(made: MadeCertificates): string[] {
  const { host, server, client } = made;
  const ca = shellWord(made.ca);
  const own = client === undefined ? [] : files(client);
  const lines: string[][] = [];
  if (server !== undefined)
    lines.push(
      ["puretls serve 8443", ...files(server)].concat(
        client === undefined ? [] : ["--verify required", `--ca ${ca}`],
      ),
    );
  const where = host === undefined ? ["HOST"] : destination(host);
  lines.push(["puretls connect", ...where, `--ca ${ca}`, ...own]);
  return lines.map((words) => words.join(" "));
}

/** A word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text)
    ? text
    : `'${text.split("'").join("'\\''")}'`;
}

function files(path: string): string[] {
  return [
    `--cert ${shellWord(`${path}.pem`)}`,
    `--key ${shellWord(`${path}.key`)}`,
  ];
}

/** `puretls serve` listens on 127.0.0.1 unless told otherwise. */
function destination(host: string): string[] {
  if (host === "localhost" || host === "127.0.0.1") return [`${host}:8443`];
  const name = host.startsWith("*.") ? `www${host.slice(1)}` : host;
  return ["127.0.0.1:8443", `--servername ${shellWord(name)}`];
}
