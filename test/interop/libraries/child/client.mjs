/**
 * Puts a library's client through the checks, and prints a line of JSON for
 * each. Arguments: the library, and its target as JSON. The line `"kill"` asks
 * the parent to end the server.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { onNativeTls } from "./native.mjs";
import { mutePort, relayTo } from "./relay.mjs";
import { within, wordsOf } from "./words.mjs";

const [library, json] = process.argv.slice(2);
const { files, strangers, ...rest } = JSON.parse(json);
const read = (path) => readFileSync(path, "utf8");
const target = {
  host: "127.0.0.1",
  servername: "localhost",
  patience: 5000,
  ...Object.fromEntries(
    Object.entries(files).map(([name, path]) => [name, read(path)]),
  ),
  ...rest,
};

const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const unhandled = [];
for (const kind of ["uncaughtException", "unhandledRejection"])
  process.on(kind, (error) => {
    unhandled.push(wordsOf(error));
    process.stderr.write(`${kind}: ${error?.stack ?? error}\n`);
  });

let tls = "puretls";
onNativeTls(() => (tls = "node:tls"));

const { open, ...abilities } = (await import(`../clients/${library}.mjs`))
  .client;

/** Runs one check; what it throws is its outcome. */
async function check(name, run) {
  let outcome;
  try {
    outcome = await within(run());
  } catch (error) {
    outcome = wordsOf(error);
    process.stderr.write(`${name}: ${error?.stack ?? error}\n`);
  }
  print({ name, outcome });
}

/** Opens a session for one check, and closes it. */
async function session(options, use) {
  const opened = await open({ ...target, ...options });
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}

/** Waits for the end of what is under way when the connection is lost. */
async function lose(start, cut) {
  const lost = start();
  lost.catch(() => undefined);
  await sleep(200);
  cut();
  return await lost;
}

const ask = (opened) => opened.ask();

await check("request and answer", () => session({}, ask));

await check("10 MiB both ways", () =>
  session({}, async ({ transfer, upload }) => {
    const sent = Buffer.alloc(10 << 20);
    for (let at = 0; at < sent.length; at += 4) sent.writeUInt32LE(at, at);
    if (upload !== undefined) return upload(sent);
    const received = await transfer(sent);
    return sent.equals(received) ? "the same" : `${received.length} bytes`;
  }),
);

await check("one connection for three requests", async () => {
  const relay = await relayTo(target.port);
  const { port } = relay;
  try {
    return await session({ port }, async (opened) => {
      for (let count = 0; count < 3; count++) await opened.ask();
      return relay.sockets.length;
    });
  } finally {
    relay.close();
  }
});

await check("wrong name", () => session({ servername: "wrong.test" }, ask));

await check("wrong authority", () => session({ ca: read(strangers.ca) }, ask));

if (abilities.asksForCertificate) {
  await check("client certificate", () =>
    session({}, ({ whoami }) => whoami()),
  );
  await check("no client certificate", () =>
    session({ cert: undefined, key: undefined }, ({ whoami }) => whoami()),
  );
}

if (!abilities.isPatient)
  await check("a server that never answers", async () => {
    const mute = await mutePort(abilities.greets);
    try {
      return await session({ port: mute.port, patience: 400 }, ask);
    } finally {
      mute.close();
    }
  });

if (abilities.waits)
  await check("an answer that is late", () =>
    session({ patience: 400 }, ({ wait }) => wait()),
  );

await check("a connection that is reset", async () => {
  const relay = await relayTo(target.port);
  try {
    return await session({ port: relay.port }, async (opened) => {
      await opened.ask();
      return lose(opened.lostIdle ?? opened.lost, () => {
        for (const socket of relay.sockets) socket.resetAndDestroy();
      });
    });
  } finally {
    relay.close();
  }
});

await check("a server that is killed", () =>
  session({}, async (opened) => {
    await opened.ask();
    return lose(opened.lost, () => print("kill"));
  }),
);

// An idle connection of a pool is no reason for the process to stay.
if (abilities.lingers)
  await check("an idle connection is left", async () => {
    for (;;) {
      const left = await open({ ...target, patience: 1000 });
      const answer = await left.ask().catch(() => undefined);
      if (answer !== undefined) return answer;
    }
  });

print({ name: "unhandled errors", outcome: unhandled });
print({ name: "the client's TLS", outcome: tls });
// What still runs now holds the process against its will.
setTimeout(() => {
  const outcome = process.getActiveResourcesInfo();
  print({ name: "what holds the process", outcome });
  process.exit(9);
}, 6000).unref();
