/**
 * Notes which members of `node:tls` a program reaches that `puretls/register` has put
 * there: a test that passes without any shows nothing. Loaded behind it.
 */
import { appendFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import tls from "node:tls";

const notes = process.env.PURETLS_REACHED;
const MEMBERS = [
  "connect",
  "createServer",
  "Server",
  "TLSSocket",
  "createSecureContext",
  "getCiphers",
  "getCACertificates",
  "setDefaultCACertificates",
];
const reached = new Set();

function note(name) {
  if (reached.has(name)) return;
  reached.add(name);
  appendFileSync(notes, `${name}\n`);
}

if (notes !== undefined) {
  for (const name of MEMBERS)
    tls[name] = new Proxy(tls[name], {
      apply(target, self, args) {
        note(name);
        return Reflect.apply(target, self, args);
      },
      construct(target, args, made) {
        note(name);
        return Reflect.construct(target, args, made);
      },
    });
  syncBuiltinESMExports();
}
