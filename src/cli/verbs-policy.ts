import type { Command } from "commander";
import type { EvalRequest } from "./commands/policy-eval.ts";
import { misused } from "./exit.ts";
import type { GlobalOptions, Stage } from "./stage.ts";
import { addAdopt, addDiff, addPublish } from "./verb-policy-change.ts";
import { addReplay } from "./verb-policy-replay.ts";
import { addSimulate } from "./verb-policy-simulate.ts";
import { addTest } from "./verb-policy-test.ts";

/** `pawl policy <verb>`. Those that only read files act on nothing and have no target. */
export const addPolicyVerbs = (program: Command, stage: Stage): void => {
  const policy = program.command("policy").description("policy and cutover files");
  addLint(policy, stage);
  addEval(policy, stage);
  addTest(policy, stage);
  addSimulate(policy, stage);
  addDiff(policy, stage);
  addReplay(policy, stage);
  addPublish(policy, stage);
  addAdopt(policy, stage);
};

const LINT_HELP = `
docs/lint.md explains every finding by its id. The exit code is 1 where there is an error, 0 where there are warnings at
most. Limits: 1 MiB a file, 200 levels of text, and of a rule 64 levels and 2000 parts.`;

const addLint = (policy: Command, { settle }: Stage): void => {
  policy
    .command("lint [paths...]")
    .description("check files, or every policy and cutover in folders; line and column of whatever is wrong")
    .option("--sarif", "print a SARIF 2.1.0 log, for code review")
    .addHelpText("after", LINT_HELP)
    .action(async (paths: readonly string[], options: { readonly sarif?: boolean }, command: Command) => {
      const { policyLintCommand } = await import("./commands/policy-lint.ts");
      const { policies } = command.optsWithGlobals<GlobalOptions>();
      settle(policyLintCommand(paths.length === 0 ? [policies] : paths, options));
    });
};

interface EvalOptions extends EvalRequest {
  readonly ndjson?: boolean;
  readonly minCoverage: string;
}

const EVAL_HELP = `
A rule is any JSON-logic, and may use pawl's operations over the minutes of a window. Each row of a window is one minute:
{"at": "2026-01-05T12:00:00Z", "green": {"requests": 120}}, "at" being its start.
With --ndjson each line of standard input is {"rule": …, "data": …} or {"rule": …, "window": […], "now": …}, and is
answered by one line {"value": …, "known": …, "reasons": […], "stock": …}, in order. "value" is null where it is unknown;
"stock" is what json-logic-js says, or {"threw": …}, or {"skipped": …} where it would cost too much or run data.
A line that cannot be evaluated is answered with the reason, and the exit code is then 1; a rule that comes to unknown
is an answer. Limits: 1 MiB a line or file, 200 levels of text, and of a rule 64 levels and 2000 parts. Beyond 20,000
expressions evaluated, each element of a list anew, and 10,000 elements or characters made, a rule is unknown.`;

const addEval = (policy: Command, { streams, terminal, settle, finish }: Stage): void => {
  policy
    .command("eval [rule]")
    .description("one rule over one datum or window, with its trace; or a batch of them from standard input")
    .option("--rule-file <file>", "read the rule from a file")
    .option("--data <json>", "what var reads")
    .option("--data-file <file>", "read the data from a file")
    .option("--window <file>", "read the minutes that operations look at from a file: a JSON list of rows")
    .option("--now <instant>", "where a window is looked at from, e.g. 2026-01-05T12:00:00Z")
    .option("--min-coverage <share>", "least observed share of a window's minutes", "0.9")
    .option("--ndjson", "answer lines of standard input, one by one")
    .addHelpText("after", EVAL_HELP)
    .action(async (rule: string | undefined, options: EvalOptions) => {
      const limits = { minCoverage: shareOf(options.minCoverage), newestMinute: "required" } as const;
      const { ndjson, minCoverage: _, ...request } = { ...options, ...(rule === undefined ? {} : { rule }) };
      if (ndjson !== true) {
        const { policyEvalCommand } = await import("./commands/policy-eval.ts");
        return settle(policyEvalCommand(request, limits));
      }
      if (Object.keys(request).length > 0)
        throw misused(
          "With --ndjson everything comes from standard input.",
          "A rule or data was given too.",
          "Put them into its lines; pawl policy eval --help says what a line holds.",
        );
      const { policyEvalBatch } = await import("./commands/policy-eval-batch.ts");
      finish(await policyEvalBatch({ ...streams, note: terminal.note }, limits));
    });
};

const shareOf = (text: string): number => {
  const share = Number(text);
  // Of blanks Number makes 0, and that would be no coverage at all.
  if (text.trim() !== "" && share >= 0 && share <= 1) return share;
  throw misused(`"${text}" is no share.`, "--min-coverage takes one from 0 to 1.", "Give for example 0.9.");
};
