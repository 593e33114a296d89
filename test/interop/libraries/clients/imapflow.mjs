/** ImapFlow; a message is stored and fetched. */
import { ImapFlow } from "imapflow";

export const client = {
  asksForCertificate: true,
  async open({ host, port, patience, servername, user, password, ...tls }) {
    const mailbox = new ImapFlow({
      ...{ host, port, secure: true, servername, tls, logger: false },
      ...{ auth: { user, pass: password }, disableAutoIdle: true },
      ...{ connectionTimeout: patience, greetingTimeout: patience },
    });
    let failure;
    mailbox.on("error", (error) => (failure = error));
    const gone = new Promise((resolve) =>
      mailbox.on("close", () => resolve("the close event")),
    );
    let connected;
    const connect = () => (connected ??= mailbox.connect());
    const hello = async () => {
      await connect();
      const [first] = await mailbox.list();
      return `hello from ${first.path}`;
    };
    return {
      ask: hello,
      transfer: async (bytes) => {
        await connect();
        const head = Buffer.from("Subject: bytes\r\n\r\n");
        const body = Buffer.from(lines(bytes.toString("base64")));
        await mailbox.append("INBOX", Buffer.concat([head, body]));
        await mailbox.mailboxOpen("INBOX");
        const { source } = await mailbox.fetchOne("*", { source: true });
        return Buffer.from(String(source.subarray(head.length)), "base64");
      },
      whoami: hello,
      lost: async () => `${await gone} ${failure?.code}`,
      close: () => mailbox.close(),
    };
  },
};

function lines(text) {
  return text.replaceAll(/.{1,76}/g, "$&\r\n");
}
