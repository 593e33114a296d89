/** Writes docs/errors.md from the tables of reasons and of X.509 faults. */
import { expect, it } from "vitest";
import { TlsError } from "../../src/errors.ts";
import * as REASONS from "../../src/reasons.ts";
import { sslErrorOf } from "../../src/ssl/errors/reasons.ts";
import * as FAULTS from "../../src/x509/faults/faults.ts";

const HEADLESS = /^(what|who|where|whether|how|why)\b|\?/i;

it("each sentence is one that a person can act on", () => {
  for (const { says } of [...Object.values(REASONS), ...Object.values(FAULTS)])
    expect(says).not.toMatch(HEADLESS);
});

it("docs/errors.md lists every error (npm run docs:errors)", async () => {
  await expect(renderPage()).toMatchFileSnapshot("../../docs/errors.md");
});

function renderPage(): string {
  const reasons = Object.values(REASONS).map((row) => {
    const { name, reason } = sslErrorOf(new TlsError(row), undefined);
    return [
      `\`${row.name}\``,
      `\`${name}\` \`${reason ?? "–"}\``,
      row.alert === null ? "–" : `\`${row.alert}\``,
      row.says,
      `RFC ${row.rfc}`,
    ];
  });
  const faults = Object.values(FAULTS).map(({ code, verifyCode, says }) => [
    `\`${code}\``,
    String(verifyCode),
    says,
  ]);
  return `# Errors

Each error that ends a connection has a stable \`reason\`. The engine's
\`TlsError\` carries it, and \`puretls\` maps it to the class and the \`reason\` of
Python's \`ssl\`. The alert is the one that this side sends; an error without an
alert comes from an alert of the peer, from the transport, or from bytes that are
not TLS. \`npm run docs:errors\` makes this page from the tables in
\`src/reasons/\` and \`src/x509/faults/\`.

## Connections

${table(["reason", "in puretls", "alert sent", "message", "section"], reasons)}

## Certificates, keys and CRLs

\`X509Error.code\`, the \`verify_code\` of OpenSSL that stands for it, and the
message. In \`puretls\` it is an \`SSLCertVerificationError\`.

${table(["code", "verify code", "message"], faults)}
`;
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join(
    "\n",
  );
}
