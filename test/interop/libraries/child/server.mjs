/**
 * Runs a server of a library: its name and options as JSON, which name files. It
 * listens on the port of 127.0.0.1 that they give, and prints `node:tls` when it
 * uses that.
 */
import { readFileSync } from "node:fs";
import { onNativeTls } from "./native.mjs";

const [library, json] = process.argv.slice(2);
const { port, files } = JSON.parse(json);
const [ca, cert, key] = [files.ca, files.serverCert, files.serverKey].map(
  (path) => readFileSync(path, "utf8"),
);
const options = { ca, cert, key, requestCert: true, rejectUnauthorized: false };
onNativeTls(() => process.stdout.write("node:tls\n"));
const { serve } = await import(`../programs/${library}.mjs`);
const server = await serve({ ...options, port });
server?.listen(port, "127.0.0.1");
