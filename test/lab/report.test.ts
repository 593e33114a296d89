/** Reports: JSON, JUnit and text, of findings and of what is well. */
import { describe, expect, it } from "vitest";
import {
  edit,
  item,
  playInMemory,
  reportJUnit,
  reportText,
  resultJson,
  scenario,
  scenarioOf,
} from "../../src/lab/index.ts";

const results = [
  scenario("tls13").named("well").requires("9846-4-01").expectConnected(),
  scenario("tls13").named('a "finding" <&').expectRefusal(),
  scenario("tls13")
    .named("not to be played")
    .beforeSend("client_hello", edit.field("nothing"))
    .expectAlert(),
].map((one) => playInMemory(one, { trace: true }));

describe("reports", () => {
  it("say in JSON what failed, and how to play it again", () => {
    const json: unknown = JSON.parse(JSON.stringify(results.map(resultJson)));
    expect(json).toMatchObject([
      { verdict: "pass", requirements: ["9846-4-01"], peer: "server" },
      {
        verdict: "fail",
        step: 1,
        expected: "an alert or a close",
        seen: "silence",
        seed: 1,
        scenario: { version: "tls13", role: "client" },
      },
      { verdict: "error", seen: expect.stringContaining("nothing") as string },
    ]);
    const [, finding] = results;
    if (finding === undefined) throw new Error("a result is wanted");
    const { scenario: data } = resultJson(finding);
    if (data === undefined) throw new Error("a scenario is wanted");
    expect(playInMemory(scenarioOf(data)).verdict).toBe("fail");
  });

  it("say in JUnit's XML what failed", () => {
    const xml = reportJUnit(results, "a <server>");
    expect(xml).toContain(
      '<testsuite name="a &lt;server&gt;" tests="3" failures="1" errors="1"',
    );
    expect(xml).toContain('<testcase name="a &quot;finding&quot; &lt;&amp;"');
    expect(xml).toContain("ClientHello");
    expect(xml.match(/<testcase /g)?.length).toBe(3);
  });

  it("say in words what failed, with its trace", () => {
    const text = reportText(results, { verbose: true });
    expect(text).toContain("pass   well");
    expect(text).toContain("step 1: expected an alert or a close, saw silence");
    expect(text).toContain("EncryptedExtensions");
    expect(text).toContain("1 passed, 1 failed, 1 could not be played");
  });

  it("have nothing of a peer that a terminal would act on", () => {
    const [, finding] = [
      0,
      playInMemory(
        scenario("tls13")
          .expectConnected()
          .send(item.data("\u001b[31m"))
          .expectSilence(),
        { trace: true },
      ),
    ] as const;
    expect(reportText([finding])).not.toContain("\u001b");
    expect(reportJUnit([finding])).not.toContain("\u001b");
  });
});
