/** What a finding is called, how grave it is, and what it is about in one sentence. docs/lint.md says more of each. */
export interface LintRule {
  /** An `error` refuses the file; a `warning` is printed and does not. */
  readonly level: "error" | "warning";
  readonly says: string;
}

const error = (says: string): LintRule => ({ level: "error", says });
const warning = (says: string): LintRule => ({ level: "warning", says });

const FILE_RULES = {
  "unreadable-file": error("What was named is no file that can be read."),
  "too-large": error("The file is larger than any that pawl reads."),
  "empty-file": error("Nothing is in the file."),
  "not-text": error("The file is not UTF-8 text."),
  "too-deep": error("The text is nested deeper than any file that pawl reads."),
  "not-json": error("The text is not JSON."),
  "duplicate-key": error("A key stands twice in one object."),
  "missing-field": error("A field that has to be there is missing."),
  "unknown-field": error("A field that nothing reads."),
  "invalid-value": error("A field's value is not what may stand there."),
  "too-many-findings": error("There is more wrong with the file than is worth listing."),
  "invalid-fixture": error("A fixture file cannot be run as it is written."),
} as const;

const EXPRESSION_RULES = {
  "rule-too-large": error("A rule has too many parts, or is nested too deep."),
  "not-one-operator": error("An expression has no operator, or a second key."),
  "unknown-operator": error("An operator that policies do not have."),
  "wrong-operands": error("An operator is given operands that it cannot take."),
  "wrong-arguments": error("An operation is given arguments that it cannot take."),
  "misplaced-list": error("A list stands where one value belongs."),
  "bad-literal": error("A literal that no value can be compared with."),
  "unknown-signal": error("A signal that the catalogue does not have."),
  "unknown-parameter": error("A parameter that the policy does not have."),
  "out-of-reach": error("A signal is read where only the element of a list can be."),
  "whole-minute": error("A minute of a window is read as a whole, and is no value."),
  "not-by-minute": error("A figure over several minutes is read as if it were one a minute."),
  "wrong-type": error("Numbers, text and booleans are mixed up."),
  "unknown-state": error("A signal is compared with a state that it never has."),
  "not-a-condition": error("A rule comes to a number, a text or a list, and not to true or false."),
  "truth-of-value": warning("A number or a text is asked whether it is true."),
  "mixed-units": error("Two units are mixed up."),
  "out-of-range": error("A threshold lies where no value can."),
  "implausible-threshold": warning("A threshold is far from anything that occurs."),
  "constant-operand": error("An operand is decided beforehand."),
  "reads-nothing": error("A rule reads no signal."),
  "unmeasured-signal": warning("A signal is read that nothing measures yet."),
} as const;

const MEANING_RULES = {
  "never-passes": error("A gate can never pass."),
  "never-fails": error("A gate can never fail."),
  "never-fires": error("A rollback rule can never fire."),
  "always-fires": error("A rollback rule always fires."),
  "never-known": error("A rule has no truth at any value of what it reads."),
  "idle-part": warning("A part of a rule always comes to the same."),
  "gates-exclude-each-other": error("Gates of one step can never pass together."),
  "promote-and-rollback": error("A step's gates pass where a rollback rule fires."),
  "no-hysteresis": error("A rollback rule fires right beside where a step's gates pass."),
  "proof-takes-too-long": warning("A step has too little time for a proof at the expected traffic."),
  "window-too-long": warning("A gate looks back further than its step may last."),
  "too-little-traffic": warning("A gate, or blind, asks for more requests than are expected."),
  "wrong-role": error("Signals stand in each other's places in an operation."),
  "no-proof": error("An e-value is asked for that says nothing."),
  "weak-proof": warning("An e-value is asked for that chance often comes to."),
  "forgiving-bound": warning("A bound of a rate says less than the rate itself."),
  "not-worse": error("A rollback rule fires where green is as good as blue."),
  "late-minute": warning("A rollback rule is unknown while the newest minute is not reported."),
  "false-rollback": warning("A rollback rule is likely to send a healthy service back."),
  "not-all-examined": warning("There are too many rules to look at all of them in full."),
  "gate-backwards": error("A gate opens as a signal gets worse."),
  "opens-at-standstill": warning("A gate opens at states of a stream in which nothing is carried over."),
  "rollback-backwards": error("A rollback rule switches off as a signal gets worse."),
  "blind-rollback": error("A rollback rule fires because something is not seen."),
  "onto-dead-blue": error("A rollback rule fires as blue's hosts go."),
} as const;

const POLICY_RULES = {
  "unknown-gate": error("A gate that the policy does not have."),
  "unused-gate": warning("No step asks the gate."),
  "green-before-start": error("A gate reads green's traffic before there is any."),
  "blue-at-full": error("A gate, or blind, looks at blue's traffic when there is none."),
  "no-single-minute": error("A gate of the soak adds up a whole step or soak."),
  "stream-in-decommission": error("A gate reads a stream that decommission takes away."),
  "duplicate-name": error("Two things have one name."),
  "weights-not-rising": error("A step's weight is not above that of the step before."),
  "no-full-step": error("The last step is not 100."),
  "dwell-without-end": error("It is not said what a step that lasts too long comes to."),
  "dwell-too-short": error("A step's longest time is not longer than its shortest."),
  "dwell-at-full": warning("The last step has a longest time, which nothing looks at."),
  "max-age-too-long": error("Old news would be evidence."),
  "max-age-too-short": warning("Metrics that are as late as usual would be blindness."),
  "blind-too-long": error("pawl would be blind for longer than is allowed."),
  "blind-too-short": warning("A reading or two that fail would be blindness."),
  "short-soak": error("The soak is shorter than a day."),
  "long-wait": warning("A step, the soak or the time after a rollback lasts for more than four weeks."),
  "soak-never-ends": error("The soak has to be over before it can be."),
  "bad-freeze": error("A freeze is no time, or leaves no time to advance in."),
  "expired-freeze": warning("A freeze is over and holds nothing."),
  "long-freeze": warning("A freeze lasts for longer than a quarter of a year."),
  "bad-waiver": error("A waiver of what cannot be waived, or for too long."),
  "expired-waiver": warning("A waiver is over and does nothing."),
  "idle-waiver": warning("A waiver of a gate that is asked nowhere where it counts."),
  "hosts-differ": error("Policy and cutover expect different numbers of hosts."),
} as const;

const CUTOVER_RULES = {
  "wrong-parent": error("A rule or listener belongs to another one than is named."),
  "same-target": error("Blue and green are mixed up."),
  "pin-is-rule": error("The pin is the weighted rule itself."),
  "pin-priority": error("The pin cannot be raised above the weighted rule."),
  "pin-of-default": error("A pin stands beside a default action."),
  "no-pin": warning("A route has no pin: its rollback is verified only minutes later."),
  "pin-gap": warning("Other rules can stand between the pin and the weighted rule."),
  "pins-cross": warning("The numbers of two routes' pins cross on one listener."),
  "shared-rule": error("Two routes have one rule."),
  "listed-twice": error("One thing is listed twice."),
  "another-place": error("Something is in another Region or account."),
  "shared-by-streams": error("Both streams use one thing."),
  "topic-loop": error("A topic belongs to both streams."),
} as const;

/** Every finding of `pawl policy lint`. Ids are stable: a rule that goes takes its id with it. */
export const LINT_RULES = { ...FILE_RULES, ...EXPRESSION_RULES, ...MEANING_RULES, ...POLICY_RULES, ...CUTOVER_RULES };

export type LintRuleId = keyof typeof LINT_RULES;
