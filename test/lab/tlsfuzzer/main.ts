/**
 * Plays probes of tlsfuzzer's scripts as scenarios and as they are, and compares the
 * verdicts: node test/lab/run.mjs tlsfuzzer --tlsfuzzer FOLDER --python PATH.
 */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Lab, labAuthorityPem, play } from "../../../src/lab/index.ts";
import { lasting, type Lasting } from "../report/opponents.ts";
import { makeFiles } from "../report/stacks.ts";
import { PROBES } from "./probes.ts";

const run = promisify(execFile);

/** Servers that answer HTTP; the certificate is of RSA, as the scripts want. */
const SERVERS: Readonly<
  Record<string, (cert: string, key: string, database: string) => string>
> = {
  OpenSSL: (cert, key) =>
    `openssl s_server -www -quiet -accept {port} -cert ${cert} -key ${key}`,
  GnuTLS: (cert, key) =>
    `gnutls-serv --http -p {port} --x509certfile ${cert} --x509keyfile ${key} --disable-client-cert`,
  BoringSSL: (cert, key) =>
    `bssl-tool server -loop -www -accept {port} -cert ${cert} -key ${key}`,
};

/** The folder of tlsfuzzer and its Python: by options, or by the environment. */
function given(
  args: readonly string[],
  name: string,
  variable: string,
): string | undefined {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? process.env[variable] : args[at + 1];
}

export async function main(args: readonly string[]): Promise<number> {
  const folder = given(args, "tlsfuzzer", "PURETLS_TLSFUZZER");
  const python = given(args, "python", "PURETLS_TLSFUZZER_PYTHON") ?? "python3";
  if (folder === undefined) {
    console.log(
      "skipped: --tlsfuzzer FOLDER or PURETLS_TLSFUZZER says where tlsfuzzer is",
    );
    return 0;
  }
  const scratch = mkdtempSync(join(tmpdir(), "lab-tlsfuzzer-"));
  let different = 0;
  try {
    const files = makeFiles(scratch, scratch, labAuthorityPem(), writeFileSync);
    const [cert, key] = [`${scratch}/rsa.pem`, `${scratch}/rsa.key`];
    execFileSync(
      "sh",
      [
        "-c",
        `openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${key} -out ${cert}`,
      ],
      { stdio: "ignore" },
    );
    const at = args.indexOf("--server");
    for (const [name, command] of Object.entries(SERVERS)) {
      if (at >= 0 && args[at + 1] !== name) continue;
      const server = lasting(
        command(cert, key, files.database),
        () =>
          readFileSync("/proc/net/tcp", "latin1") +
          readFileSync("/proc/net/tcp6", "latin1"),
      );
      different += await compare(name, server, resolve(folder), python);
      await server.close();
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
  return different;
}

/** Prints each probe on which the two differ, and the sums. */
async function compare(
  name: string,
  server: Lasting,
  folder: string,
  python: string,
): Promise<number> {
  const lab = new Lab({ hollow: false });
  let [ours, theirs, different, passed] = [0, 0, 0, 0];
  for (const probe of PROBES) {
    const begun = performance.now();
    const result = await play(probe.scenario, server, {
      lab,
      patience: { answer: 3000, settle: 100 },
    });
    const between = performance.now();
    const original = await playOriginal(
      folder,
      python,
      await server.port(),
      probe,
    );
    ours += between - begun;
    theirs += performance.now() - between;
    const isPass = result.verdict === "pass";
    if (isPass) passed++;
    if (isPass === original) continue;
    different++;
    console.log(
      `${name}: ${probe.script}: ${probe.name}: scenario ${result.verdict} (${result.seen}), script ${original ? "pass" : "fail"}`,
    );
  }
  const scripts = new Set(PROBES.map(({ script }) => script)).size;
  console.log(
    `${name}: ${PROBES.length - different} of ${PROBES.length} probes of ${scripts} scripts agree, ${passed} pass; scenarios took ${(ours / 1000).toFixed(1)} s, scripts ${(theirs / 1000).toFixed(1)} s`,
  );
  return different;
}

/** Runs one probe of a script, with its sanity conversations; true where the probe passes. */
async function playOriginal(
  folder: string,
  python: string,
  port: number,
  { script, name }: { script: string; name: string },
): Promise<boolean> {
  const file = join(folder, "scripts", `test-tls13-${script}.py`);
  const { stdout } = await run(
    python,
    [file, "-h", "127.0.0.1", "-p", String(port), name],
    {
      env: { ...process.env, PYTHONPATH: folder },
      maxBuffer: 2 ** 26,
      timeout: 60_000,
    },
  ).catch((error: unknown) => ({ stdout: outputOf(error) }));
  const failed = /^FAILED:\n((?:\t.*\n)*)/m.exec(stdout)?.[1] ?? "";
  const passes = Number(/^PASS: (\d+)$/m.exec(stdout)?.[1] ?? 0);
  return passes > 0 && !failed.includes(`'${name}'`);
}

function outputOf(error: unknown): string {
  const isOutput =
    typeof error === "object" && error !== null && "stdout" in error;
  return isOutput ? String(error.stdout) : "";
}
