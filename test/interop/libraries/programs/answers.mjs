/** Answers of the HTTP servers, by Node's request and response. */

/** Tells the client's certificate, as the socket has it. */
export function whoIs(socket) {
  const { authorized, authorizationError } = socket;
  const { subject } = socket.getPeerCertificate();
  return JSON.stringify({
    name: subject?.CN,
    authorized,
    error: authorizationError ?? undefined,
    protocol: socket.getProtocol(),
  });
}

/** Handles one request: /hello, /echo, /whoami; /late has no answer. */
export async function answer(request, response) {
  const body = Buffer.concat(await request.toArray());
  if (request.url === "/late") return;
  if (request.url === "/echo") response.end(body);
  else if (request.url === "/whoami") response.end(whoIs(request.socket));
  else response.end("hello");
}
