/** Protocols of lines that turn to TLS. */
import type { Dialogue, PlainTalk } from "./lines.ts";

/** The name that a client says of itself. */
const CLIENT = "puretls.invalid";

/** RFC 3207. */
export const smtp: Dialogue = (talk) => mail(talk, "EHLO");

/** RFC 2033 4.1, RFC 3207. */
export const lmtp: Dialogue = (talk) => mail(talk, "LHLO");

async function mail(talk: PlainTalk, hello: string): Promise<void> {
  await reply(talk, "220");
  await talk.send(`${hello} ${CLIENT}\r\n`);
  const offers = await reply(talk, "250");
  if (!offers.some((line) => /^250[ -]STARTTLS\s*$/i.test(line)))
    throw talk.refusal("with STARTTLS among what it offers", offers.join(" "));
  await talk.send("STARTTLS\r\n");
  await reply(talk, "220");
}

/** RFC 3501 6.2.1. */
export const imap: Dialogue = async (talk) => {
  const greeting = await talk.line();
  if (!/^\* (OK|PREAUTH)\b/i.test(greeting))
    throw talk.refusal('"* OK"', greeting);
  const offers = await tagged(talk, "a1", "CAPABILITY");
  if (!/\bSTARTTLS\b/i.test(offers))
    throw talk.refusal("with STARTTLS among what it offers", offers);
  await tagged(talk, "a2", "STARTTLS");
};

/** RFC 2595 4. */
export const pop3: Dialogue = async (talk) => {
  await positive(talk);
  await talk.send("STLS\r\n");
  await positive(talk);
};

/** RFC 4217 4. */
export const ftp: Dialogue = async (talk) => {
  await reply(talk, "220");
  await talk.send("AUTH TLS\r\n");
  await reply(talk, "234");
};

/** RFC 4642 2.2. */
export const nntp: Dialogue = async (talk) => {
  const greeting = await talk.line();
  if (!/^20[01]\b/.test(greeting)) throw talk.refusal("200 or 201", greeting);
  await talk.send("STARTTLS\r\n");
  await reply(talk, "382");
};

/** RFC 5804 2.2. */
export const sieve: Dialogue = async (talk) => {
  const offers = await sieveReply(talk);
  if (!/"STARTTLS"/i.test(offers))
    throw talk.refusal("with STARTTLS among what it offers", offers);
  await talk.send("STARTTLS\r\n");
  await sieveReply(talk);
};

/** RFC 6120 5.4. */
export const xmpp: Dialogue = async (talk, serverName) => {
  const to = serverName.replaceAll(/[^\w.:-]/g, "");
  await talk.send(
    `<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' to='${to}' xml:lang='en' version='1.0'>`,
  );
  const offers = await talk.until(
    /<\/(?:\w+:)?features>|<(?:\w+:)?features\s*\/>|<\/(?:\w+:)?stream>/,
  );
  if (!/<starttls[\s/>]/.test(offers))
    throw talk.refusal("with <starttls> among what it offers", offers);
  await talk.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  const answer = await talk.until(/<(?:proceed|failure)[^>]*>/);
  if (!answer.includes("<proceed")) throw talk.refusal("<proceed/>", answer);
  if (!answer.endsWith("/>")) await talk.until(/<\/proceed>/);
};

/** RFC 5321 4.2.1: the lines of a reply, the last of which has no dash. */
async function reply(talk: PlainTalk, code: string): Promise<string[]> {
  const lines: string[] = [];
  for (;;) {
    const line = await talk.line();
    lines.push(line);
    // RFC 959 4.2: lines between need not begin with the code.
    if (/^\d{3}( |$)/.test(line)) break;
    if (lines.length === 1 && !/^\d{3}-/.test(line)) break;
  }
  const last = lines.at(-1) ?? "";
  if (!last.startsWith(code)) throw talk.refusal(code, last);
  return lines;
}

async function positive(talk: PlainTalk): Promise<void> {
  const line = await talk.line();
  if (!/^\+OK\b/i.test(line)) throw talk.refusal('"+OK"', line);
}

async function tagged(
  talk: PlainTalk,
  tag: string,
  command: string,
): Promise<string> {
  await talk.send(`${tag} ${command}\r\n`);
  const lines: string[] = [];
  for (;;) {
    const line = await talk.line();
    lines.push(line);
    if (!line.startsWith(`${tag} `)) continue;
    if (!/^\w+ OK\b/i.test(line)) throw talk.refusal(`"${tag} OK"`, line);
    return lines.join(" ");
  }
}

async function sieveReply(talk: PlainTalk): Promise<string> {
  const lines: string[] = [];
  for (;;) {
    const line = await talk.line();
    lines.push(line);
    if (/^OK\b/i.test(line)) return lines.join(" ");
    if (/^(NO|BYE)\b/i.test(line)) throw talk.refusal('"OK"', line);
  }
}
