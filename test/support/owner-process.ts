import { ProcessOwner } from "../../lab/process/process-owner.ts";
import { stopBeforeExit } from "../../lab/process/stop-before-exit.ts";

/**
 * A process that owns others, for tests to end in every way. Arguments: a folder, which it wants removed in the end, and
 * its manner: "careful", "careless" (handles no signal) or "faulty" (on SIGUSR2 it throws where nobody catches).
 */
const [folder = "", manner = ""] = process.argv.slice(2);
if (manner !== "careless") stopBeforeExit();
const owner = new ProcessOwner(folder);
owner.removeAtEnd(folder);

const polite = owner.own({ name: "polite", command: "sleep", args: ["600"] });
// Ignores the request to end, as do its own children, one of them in a session of its own.
const stubborn = "trap '' TERM INT; setsid sleep 600 & sleep 600 & while :; do sleep 1; done";
const deaf = owner.own({ name: "deaf", command: "sh", args: ["-c", stubborn] });
const stopped = owner.own({ name: "stopped", command: "sleep", args: ["600"] });
await Promise.all([polite.start(), deaf.start(), stopped.start()]);
if (stopped.pid !== undefined) process.kill(stopped.pid, "SIGSTOP");

console.log("ready");
if (manner === "faulty")
  process.on("SIGUSR2", () => {
    throw new Error("nobody catches this");
  });
setInterval(() => {}, 1_000);
