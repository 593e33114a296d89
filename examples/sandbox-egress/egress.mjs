/**
 * HTTPS for a guest that has no network: an emulator or a language of WASM in a page.
 * Its TLS ends here, in the page, by a certificate that is made for each name that the
 * guest asks for; the request goes out by `fetch`. The guest trusts `egress.caPem`, an
 * authority that lives in this memory alone.
 *
 * It is a proxy that reads what the guest sends: its own page's guest, and nobody else's.
 */
import { AlertDescription, SSLContext } from "puretls";
import { noble as provider } from "puretls/crypto/noble";
import { createCertificateAuthority } from "puretls/pki";

/** Headers of one connection, and those that `fetch` has acted on already. */
const DROPPED =
  /^(connection|keep-alive|transfer-encoding|content-(encoding|length)|host|accept-encoding|proxy-.*)$/i;

/** Most bytes of a request: its head and its body. */
const LIMIT = 1 << 20;

/**
 * Makes the egress of one guest.
 *
 * @param allows tells whether the guest may reach a host; by default any that `fetch` may
 */
export function createEgress({
  fetch = globalThis.fetch,
  allows = () => true,
}) {
  const authority = createCertificateAuthority({ provider, name: "Egress" });
  const contexts = new Map();
  const hosts = new WeakMap();
  const contextFor = (host) => {
    const { chainPem, key } = authority.issueServer({ hosts: [host] });
    const context = new SSLContext({ protocol: "tlsServer", provider });
    context.loadCertChain({ cert: chainPem, key: key.toPem() });
    context.setAlpnProtocols(["http/1.1"]);
    hosts.set(context, host);
    return context;
  };
  const fallback = contextFor("egress.invalid");
  fallback.sniCallback = (_connection, host) => {
    if (host === null || !allows(host))
      return AlertDescription.UNRECOGNIZED_NAME;
    if (!contexts.has(host)) contexts.set(host, contextFor(host));
    return { context: contexts.get(host) };
  };

  return {
    caPem: authority.pem,
    /** Answers one request of the guest, whose ciphertext the transport carries. */
    async serve(transport) {
      const socket = fallback.wrapSocket(transport, { serverSide: true });
      try {
        await socket.doHandshake();
        const { method, path, headers, body } = await requestOf(socket);
        const host = hosts.get(socket.context);
        for (const name of [...headers.keys()])
          if (DROPPED.test(name)) headers.delete(name);
        const init = { method, headers, redirect: "manual" };
        if (body.length > 0) init.body = body;
        await answer(socket, await fetch(`https://${host}${path}`, init));
      } catch (error) {
        if (socket.handshakeDone)
          await socket.sendAll(bytesOf("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
        throw error;
      } finally {
        await socket.close();
      }
    },
  };
}

/** Reads a request of HTTP/1.1, whose body has a length. */
async function requestOf(socket) {
  let text = "";
  let end = -1;
  while (end < 0) {
    const bytes = await socket.recv();
    if (bytes.length === 0 || text.length > LIMIT)
      throw new Error("the guest sent no whole head of a request");
    text += latin1(bytes);
    end = text.indexOf("\r\n\r\n");
  }
  const [first, ...lines] = text.slice(0, end).split("\r\n");
  const [method, path = ""] = first.split(" ");
  // Behind the host's name it would be more of that name, or a port.
  if (!path.startsWith("/"))
    throw new Error("a request's path begins with a slash");
  const headers = new Headers(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  const length = Number(headers.get("content-length") ?? 0);
  if (!(length <= LIMIT) || headers.has("transfer-encoding"))
    throw new Error("a body needs a content-length of at most 1 MiB");
  let body = text.slice(end + 4);
  while (body.length < length) {
    const bytes = await socket.recv();
    if (bytes.length === 0) throw new Error("the guest's request was cut off");
    body += latin1(bytes);
  }
  return { method, path, headers, body: bytesOf(body.slice(0, length)) };
}

/** Sends a response as it comes; its end is that of the connection. */
async function answer(socket, response) {
  const lines = [`HTTP/1.1 ${response.status} ${response.statusText}`];
  for (const [name, value] of response.headers)
    if (!DROPPED.test(name)) lines.push(`${name}: ${value}`);
  lines.push("connection: close", "", "");
  await socket.sendAll(bytesOf(lines.join("\r\n")));
  if (response.body === null) return;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return;
    await socket.sendAll(value);
  }
}

const bytesOf = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));

function latin1(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
