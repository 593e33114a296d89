/**
 * SMTP and IMAP as far as a client's STARTTLS wants them tested. Mail is taken and
 * forgotten, and every folder is empty.
 */
import { latin1, latin1Bytes } from "../../bytes.ts";

/** Bytes there and back: a transport before TLS, a socket behind it. */
export interface Channel {
  /** The next bytes; null at the end. */
  read(): Promise<Uint8Array | null>;
  write(bytes: Uint8Array): Promise<void>;
}

export const MAIL_NAMES = ["smtp", "imap"] as const;
export type MailName = (typeof MAIL_NAMES)[number];

/** Bytes of a line: RFC 5321 4.5.3.1.6 has 1000. */
const LONGEST_LINE = 8192;
/** Lines before TLS begins: a client needs three. */
const MOST_LINES = 100;

/** Lines of a channel, and the answers to them. */
class Lines {
  readonly #channel: Channel;
  #buffer = "";

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** Bytes that came behind the last line. */
  get waiting(): number {
    return this.#buffer.length;
  }

  /**
   * The next line; undefined at the end.
   *
   * @throws Error for one that is too long
   */
  async next(): Promise<string | undefined> {
    for (;;) {
      const end = this.#buffer.indexOf("\n");
      if (end !== -1) {
        const line = this.#buffer.slice(0, end).replace(/\r$/, "");
        this.#buffer = this.#buffer.slice(end + 1);
        return line;
      }
      if (this.#buffer.length > LONGEST_LINE)
        throw new Error(`a line of more than ${LONGEST_LINE} bytes came`);
      const bytes = await this.#channel.read();
      if (bytes === null) return undefined;
      this.#buffer += latin1(bytes);
    }
  }

  async say(...lines: readonly string[]): Promise<void> {
    const text = lines.map((line) => `${line}\r\n`).join("");
    await this.#channel.write(latin1Bytes(text));
  }
}

/** The outcome of a conversation: TLS begins, or it is over. */
type Outcome = "tls" | "over";

/**
 * Speaks in the clear until the client asks for TLS.
 *
 * @returns false where it ended without
 * @throws Error for bytes behind STARTTLS, which somebody may have put there
 */
export async function untilStarttls(
  name: MailName,
  channel: Channel,
): Promise<boolean> {
  const lines = new Lines(channel);
  const outcome =
    name === "smtp" ? await smtp(lines, false) : await imap(lines, false);
  if (outcome === "tls" && lines.waiting > 0)
    // RFC 3207 4.2, RFC 9051 6.2.1: a server must not take them as protected.
    throw new Error(
      `${lines.waiting} bytes came unprotected behind STARTTLS; somebody may have put them there`,
    );
  return outcome === "tls";
}

/** Speaks under TLS until the client leaves. */
export async function mailUnderTls(
  name: MailName,
  channel: Channel,
): Promise<void> {
  const lines = new Lines(channel);
  await (name === "smtp" ? smtp(lines, true) : imap(lines, true));
}

/** RFC 5321, RFC 3207. */
async function smtp(lines: Lines, isSecure: boolean): Promise<Outcome> {
  if (!isSecure) await lines.say("220 puretls.invalid test server");
  for (let count = 0; isSecure || count < MOST_LINES; count++) {
    const line = await lines.next();
    if (line === undefined) return "over";
    const [verb = ""] = line.toUpperCase().split(" ");
    switch (verb) {
      case "EHLO":
        await lines.say(
          "250-puretls.invalid",
          isSecure ? "250 8BITMIME" : "250 STARTTLS",
        );
        break;
      case "STARTTLS":
        if (isSecure) await lines.say("503 TLS has begun");
        else {
          await lines.say("220 go ahead");
          return "tls";
        }
        break;
      case "DATA":
        await lines.say("354 end with a dot");
        for (;;) {
          const text = await lines.next();
          if (text === undefined) return "over";
          if (text === ".") break;
        }
        await lines.say("250 taken and forgotten");
        break;
      case "QUIT":
        await lines.say("221 bye");
        return "over";
      case "HELO":
      case "NOOP":
      case "RSET":
        await lines.say("250 fine");
        break;
      case "MAIL":
      case "RCPT":
        await lines.say(isSecure ? "250 fine" : "530 STARTTLS comes first");
        break;
      default:
        await lines.say("502 not known here");
    }
  }
  return "over";
}

/** RFC 9051. */
async function imap(lines: Lines, isSecure: boolean): Promise<Outcome> {
  const offers = isSecure
    ? "IMAP4rev1 AUTH=PLAIN SASL-IR"
    : "IMAP4rev1 STARTTLS LOGINDISABLED";
  if (!isSecure) await lines.say(`* OK [CAPABILITY ${offers}] test server`);
  for (let count = 0; isSecure || count < MOST_LINES; count++) {
    const line = await lines.next();
    if (line === undefined) return "over";
    const [, tag, verb = ""] = /^([\w.]{1,40}) +([A-Za-z]+)/.exec(line) ?? [];
    if (tag === undefined) {
      await lines.say("* BAD a tag and a command are wanted");
      continue;
    }
    switch (verb.toUpperCase()) {
      case "CAPABILITY":
        await lines.say(`* CAPABILITY ${offers}`, `${tag} OK done`);
        break;
      case "STARTTLS":
        if (isSecure) await lines.say(`${tag} BAD TLS has begun`);
        else {
          await lines.say(`${tag} OK go ahead`);
          return "tls";
        }
        break;
      case "LOGOUT":
        await lines.say("* BYE", `${tag} OK bye`);
        return "over";
      case "NOOP":
        await lines.say(`${tag} OK done`);
        break;
      case "LOGIN":
      case "AUTHENTICATE":
      case "LIST":
      case "LSUB":
        await lines.say(
          isSecure ? `${tag} OK done` : `${tag} NO STARTTLS comes first`,
        );
        break;
      default:
        await lines.say(`${tag} BAD not known here`);
    }
  }
  return "over";
}
