/** pg with a pool of one connection, and SCRAM bound to the channel. */
import pg from "pg";
import { acceptsTls } from "../child/greetings.mjs";

/** The mechanism that the last connection chose: -PLUS is bound to TLS. */
let mechanism;
const { prototype } = pg.Connection;
const { sendSASLInitialResponseMessage: send } = prototype;
prototype.sendSASLInitialResponseMessage = function (name, response) {
  mechanism = name;
  return send.call(this, name, response);
};

export const client = {
  asksForCertificate: true,
  waits: true,
  greets: acceptsTls,
  async open({ host, port, patience, user, password, ...tls }) {
    const pool = new pg.Pool({
      ...{ host, port, user, password, database: "postgres", max: 1 },
      ...{ connectionTimeoutMillis: patience, query_timeout: patience },
      ...{ enableChannelBinding: true, ssl: tls },
    });
    const lostIdle = new Promise((_, reject) => pool.on("error", reject));
    lostIdle.catch(() => undefined);
    pool.on("connect", (one) => one.on("error", () => undefined));
    const query = async (text, ...values) => {
      const { rows } = await pool.query(text, values);
      return rows[0].answer;
    };
    return {
      ask: () => query("select 'hello' as answer"),
      transfer: (bytes) => query("select $1::bytea as answer", bytes),
      whoami: async () => {
        const answer = await query(
          `select concat(version, ' ', client_dn) as answer
            from pg_stat_ssl where pid = pg_backend_pid()`,
        );
        return `${mechanism} ${answer}`;
      },
      wait: () => query("select pg_sleep(60)"),
      lost: () => query("select pg_sleep(60)"),
      lostIdle: () => lostIdle,
      close: () => pool.end(),
    };
  },
};
