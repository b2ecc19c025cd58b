import type { Command } from "commander";
import type { ReplayOptions } from "./commands/policy-replay.ts";
import type { Stage } from "./stage.ts";

const REPLAY_HELP = `
Without a policy every tick is judged again as the guard judged it, and has to come to the recorded verdicts and decision:
what does not is listed, and the exit code is 1. With --policy or --against it says what would have changed; what comes
after the first other move is marked counterfactual, because other weights would have given other traffic.

A recording is what pawl ledger export writes, or a file of minutes that anybody can write, one JSON object a line:
{"at": "2026-01-05T12:00:00Z", "weight": 10, "green": {"requests": 120, "errors5xx": 0}, "forward": {"lagRecords": 3}}
"at" is the start of the minute that the values speak for, "weight" green's share in it (as before where it is left out).
The signals are those of a policy, by group and name; what is left out or null is unknown, and "absent" may say why:
{"absent": {"green.requests": "CloudWatch did not answer"}}. Only traffic.ruleInSync is true where it is left out; null
or "absent" makes that unknown too. Metrics count for that minute, the others are as read at its end, "p99Ms" is the
minute's own, and unknown where three minutes had fewer than 100 requests. pawl always wants to see green.requests and
green.healthyHosts, and its soak clock forward.lagRecords and reverse.lagRecords as well. A line may also hold what was decided, "decision": "hold" (a recorded "decommission" was
approved), the "verdicts" of gates by name, "verdicts": {"lag": "pass"}, and a "note"; a gate that the policy does not
have comes out as "not judged". Minutes are in order, each once; some may be missing.
Limits: 1 MiB a line, four weeks from one minute to the next; a recording may have any length.`;

/** `pawl policy replay`. */
export const addReplay = (policy: Command, { settle }: Stage): void => {
  policy
    .command("replay <recording>")
    .description("judge a recording (NDJSON) again, by the policy that was recorded or by another one")
    .option("--policy <file>", "play this policy instead of the recorded one, and say what would have changed")
    .option("--against <file>", "say what would change from there with this one")
    .addHelpText("after", REPLAY_HELP)
    .action(async (recording: string, { policy: played, against }: ReplayOptions) => {
      const { policyReplayCommand } = await import("./commands/policy-replay.ts");
      const files = {
        ...(played === undefined ? {} : { policy: played }),
        ...(against === undefined ? {} : { against }),
      };
      settle(await policyReplayCommand(recording, files));
    });
};
