/** mysql2 with a pool of one connection. */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import mysql from "mysql2/promise";

export const client = {
  asksForCertificate: true,
  waits: true,
  async open(target) {
    const { host, port, patience, user, password, servername, ...ssl } = target;
    const pool = mysql.createPool({
      ...{ user, password, connectTimeout: patience, connectionLimit: 1 },
      ssl: { ...ssl, verifyIdentity: true },
      // The name of the certificate is that of the host.
      host: servername,
      stream: () => connect(port, host),
    });
    const query = async (sql, values, timeout) => {
      const [rows] = await pool.query({ sql, values, timeout });
      return rows[0].answer;
    };
    const hello = () => query("select 'hello' as answer");
    return {
      ask: hello,
      transfer: (bytes) => query("select ? as answer", [bytes]),
      whoami: hello,
      wait: () => query("select sleep(1) as answer", [], patience),
      lost: () => query("select sleep(60) as answer"),
      lostIdle: async () => {
        await sleep(400);
        return hello();
      },
      close: () => pool.end(),
    };
  },
};
