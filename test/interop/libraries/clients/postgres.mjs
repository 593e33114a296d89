/** postgres.js with one connection. */
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { acceptsTls } from "../child/greetings.mjs";

export const client = {
  asksForCertificate: true,
  greets: acceptsTls,
  async open({ host, port, patience, user, password, ...ssl }) {
    const sql = postgres({
      ...{ host, port, user, password, database: "postgres", ssl, max: 1 },
      ...{ connect_timeout: patience / 1000, backoff: () => 0.01 },
    });
    const hello = async () => {
      const [row] = await sql`select 'hello' as answer`;
      return row.answer;
    };
    return {
      ask: hello,
      transfer: async (bytes) => {
        const [row] = await sql`select ${bytes}::bytea as answer`;
        return row.answer;
      },
      whoami: async () => {
        const [row] = await sql`select concat(version, ' ', client_dn) as answer
          from pg_stat_ssl where pid = pg_backend_pid()`;
        return row.answer;
      },
      lost: () => sql`select pg_sleep(60)`,
      lostIdle: async () => {
        await sleep(400);
        return hello();
      },
      close: () => sql.end({ timeout: 0 }),
    };
  },
};
