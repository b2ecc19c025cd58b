import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { commander } from "../../../lab/process/commands.ts";

/** A process whose standard input and output are in our hands. */
const processWith = () => {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const commands = commander("host", stdin, stdout);
  const says = (line: object) => stdout.write(`${JSON.stringify(line)}\n`);
  return { commands, says, ends: () => stdout.end(), heard: () => String(stdin.read() ?? "") };
};

describe("commands to a process", () => {
  it("are answered each by its own number, in whatever order", async () => {
    const { commands, says, heard } = processWith();
    const [first, second] = [commands.ask("stats"), commands.ask("fault", { slowMs: 5 })];
    expect(heard()).toBe('{"id":1,"command":"stats"}\n{"id":2,"command":"fault","argument":{"slowMs":5}}\n');
    says({ id: 2, value: "second" });
    says({ id: 1, value: "first" });
    expect(await Promise.all([first, second])).toEqual(["first", "second"]);
  });

  it("fail with what the process says, and with its name", async () => {
    const { commands, says } = processWith();
    const asked = commands.ask("explode");
    says({ id: 1, error: 'unknown command "explode"' });
    await expect(asked).rejects.toThrow('host: unknown command "explode"');
  });

  it("fail when the process ends, now and afterwards", async () => {
    const { commands, ends } = processWith();
    const [asked, ready] = [commands.ask("stats"), commands.ready(1_000)];
    ends();
    await expect(asked).rejects.toThrow("host ended before it answered");
    await expect(ready).rejects.toThrow("host ended before it answered");
    await expect(commands.ask("stats")).rejects.toThrow("host has ended");
  });

  it("fail when no answer comes in time", async () => {
    const { commands } = processWith();
    await expect(commands.ask("stats", undefined, 20)).rejects.toThrow('host did not answer "stats" within 20 ms');
  });

  it("begin when the process says that it is ready", async () => {
    const { commands, says } = processWith();
    const ready = commands.ready(1_000);
    says({ id: 0 });
    await expect(ready).resolves.toBeUndefined();
  });
});
