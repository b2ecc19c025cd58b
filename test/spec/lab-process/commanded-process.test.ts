import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startCommanded } from "../../../lab/process/commanded-process.ts";
import { ProcessOwner } from "../../../lab/process/process-owner.ts";

it("a process that cannot start is told with the last lines of its log", async () => {
  const dir = mkdtempSync(join(tmpdir(), "pawl-commanded-"));
  const owner = new ProcessOwner(dir);
  onTestFinished(async () => {
    await owner.stop();
    rmSync(dir, { recursive: true });
  });
  const script = join(dir, "host.mjs");
  writeFileSync(script, 'console.error("listen EADDRINUSE 127.0.0.1:1"); process.exit(1);');

  const start = startCommanded(owner, { name: "green-2", script, args: [], logFile: join(dir, "green-2.log") });

  await expect(start).rejects.toThrow(/^green-2 did not start\. .*green-2\.log ends:\n {2}listen EADDRINUSE 127/);
});
