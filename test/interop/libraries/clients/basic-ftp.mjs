/** basic-ftp; a file is stored and fetched, its data in resumed sessions. */
import { Readable, Writable } from "node:stream";
import { Client } from "basic-ftp";

export const client = {
  // It waits for ever for a handshake that is not answered.
  isPatient: true,
  async open({ host, port, patience, user, password, ...secureOptions }) {
    const ftp = new Client(patience);
    let opened;
    const access = () =>
      (opened ??= ftp.access({
        ...{ host, port, user, password, secure: true, secureOptions },
      }));
    return {
      ask: async () => {
        await access();
        return `hello from ${await ftp.pwd()}`;
      },
      transfer: async (bytes) => {
        await access();
        await ftp.uploadFrom(Readable.from([bytes]), "inbox/bytes");
        const pieces = [];
        const target = new Writable({
          write: (piece, _, done) => {
            pieces.push(piece);
            done();
          },
        });
        await ftp.downloadTo(target, "inbox/bytes");
        return Buffer.concat(pieces);
      },
      lost: async () => {
        await new Promise((resolve) => setTimeout(resolve, 400));
        return ftp.pwd();
      },
      close: () => ftp.close(),
    };
  },
};
