/** A browser opens a page that runs the program, and says what came of it. */
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { bundle } from "./bundle.mjs";
import { start } from "./child.mjs";
import { snippetCheck, writeSnippet } from "./snippets.mjs";

/** The frame with the program of docs/runtimes.md, whose output goes to the server. */
const FRAME = `<!doctype html><title>puretls</title>
<script>
  console.log = (said) =>
    fetch("/line", { method: "POST", body: JSON.stringify({ said }) });
</script>
<script type="module" src="/snippet.js"></script>`;

/** The page for each scope of the script. */
const PAGES = {
  page: `<script src="/program.js"></script><iframe src="/frame"></iframe>`,
  worker: `<script>new Worker("/program.js");</script>`,
  "service-worker": `<script>navigator.serviceWorker.register("/program.js");</script>`,
};

/**
 * Runs the program in a scope of a browser: `page`, `worker`, `service-worker`.
 *
 * @param open starts the browser, given a folder of its own and the page's URL
 */
export async function runInBrowser(scope, open, context) {
  const { folder, input, emit, signal } = context;
  const script = await bundle(folder, "browser.mjs");
  const program = `globalThis.input = ${JSON.stringify(input)};\n${readFileSync(script, "utf8")}`;
  const snippet = writeSnippet("browser", context);
  const outfile = join(snippet.place, `${String(input.ports.openssl)}.js`);
  await bundle(folder, snippet.file, { format: "esm", outfile });
  const files = {
    "/": ["text/html", `<!doctype html><title>puretls</title>${PAGES[scope]}`],
    "/program.js": ["text/javascript", program],
    "/ca.pem": ["text/plain", input.material.ca],
    "/frame": ["text/html", FRAME],
    "/snippet.js": ["text/javascript", readFileSync(outfile, "utf8")],
  };
  const [finished, finish] = event();
  const [spoken, speak] = event();
  if (scope !== "page") speak();
  const take = (line) => {
    if (line.said !== undefined) {
      emit(snippetCheck(line.said));
      speak();
    } else if (line.done) void spoken.then(() => finish(line));
    else {
      emit(line);
      if (line.check === "program") finish({});
    }
  };
  const server = createServer(async (request, response) => {
    if (request.method === "POST") {
      let text = "";
      for await (const part of request.setEncoding("utf8")) text += part;
      take(JSON.parse(text));
      response.end();
      return;
    }
    const [type, body] = files[request.url] ?? [];
    response.writeHead(body === undefined ? 404 : 200, {
      "content-type": type ?? "text/plain",
    });
    response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const home = join(folder, `home-${String(server.address().port)}`);
  mkdirSync(home);
  try {
    const browser = await open({
      home,
      url: `http://localhost:${String(server.address().port)}/`,
      signal,
      env: { ...process.env, HOME: home },
    });
    const early = browser.ended.then((code) => {
      throw new Error(
        `the browser ended with ${String(code)}\n${browser.noise()}`,
      );
    });
    emit(await Promise.race([finished, early]));
    early.catch(() => {});
    browser.end();
    await browser.ended;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** A promise and the function that fulfils it. */
function event() {
  let happen;
  const happened = new Promise((resolve) => (happen = resolve));
  return [happened, happen];
}

/** Starts Chromium without a window. */
export function openChromium({ home, url, ...options }) {
  return start(
    "chromium-headless-shell",
    [
      // Its sandbox does not start for root.
      ...["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
      ...[`--user-data-dir=${join(home, "data")}`, "--remote-debugging-port=0"],
      url,
    ],
    options,
  );
}

/** Starts Firefox without a window. */
export function openFirefox({ home, url, ...options }) {
  const preferences = {
    "browser.shell.checkDefaultBrowser": false,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "datareporting.policy.dataSubmissionEnabled": false,
    "app.update.enabled": false,
  };
  writeFileSync(
    join(home, "user.js"),
    Object.entries(preferences)
      .map(([name, value]) => `user_pref("${name}", ${String(value)});\n`)
      .join(""),
  );
  return start(
    "firefox-esr",
    ["--headless", "--no-remote", "--profile", home, url],
    options,
  );
}

export const MINI_BROWSER =
  "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

/** Starts WebKitGTK's own small browser, on a screen in memory. */
export async function openWebKit({ url, env, signal }) {
  const screen = start(
    "Xvfb",
    ["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "800x600x24"],
    { signal },
  );
  const display = await screen.says(/\d+/);
  const browser = start(MINI_BROWSER, [url], {
    signal,
    env: { ...env, DISPLAY: `:${display[0]}`, GDK_BACKEND: "x11" },
  });
  return {
    ...browser,
    end: () => {
      browser.end();
      screen.end();
    },
  };
}
