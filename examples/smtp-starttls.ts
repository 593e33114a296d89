/**
 * Python's STARTTLS: a plain connection that is upgraded in the middle.
 *
 *     smtp = smtplib.SMTP("mail.python.org", port=587)
 *     smtp.starttls(context=context)
 *
 * Arguments: HOST PORT CA-FILE
 */
import { argv } from "node:process";
import type { Transport } from "puretls";
import { createDefaultContext, fromNodeSocket, openTcp } from "puretls/node";

/** Reads one answer of an SMTP server: lines up to one like "220 text". */
async function answer(transport: Transport): Promise<string> {
  let text = "";
  while (!/^\d{3} .*\r\n/m.test(text)) {
    const bytes = await transport.read();
    if (bytes === null) throw new Error("the server has gone");
    text += new TextDecoder().decode(bytes);
  }
  return text;
}

const [host, port, caFile] = argv.slice(2);
if (host === undefined || caFile === undefined)
  console.log("usage: smtp-starttls HOST PORT CA-FILE");
else {
  const say = (line: string): Uint8Array =>
    new TextEncoder().encode(`${line}\r\n`);
  const plain = fromNodeSocket(await openTcp({ host, port: Number(port) }));
  await answer(plain);
  await plain.write(say("EHLO client.example"));
  await answer(plain);
  await plain.write(say("STARTTLS"));
  console.log((await answer(plain)).trim());
  // Anything that somebody slipped in behind that answer is refused here.
  const context = createDefaultContext({ caFile });
  const socket = context.wrapSocket(plain, { serverHostname: host });
  await socket.sendAll(say("EHLO client.example"));
  console.log(new TextDecoder().decode(await socket.recv()).trim());
  await socket.sendAll(say("QUIT"));
  console.log(socket.version());
  await socket.close();
}
