import type { OutsideFailure } from "../../kernel/result.ts";
import { EXIT } from "../exit.ts";
import { nextAfter } from "../failures.ts";

/** One thing that must be true before arming: how it is, and what to do where it is not so, or not known. */
export interface Finding {
  readonly verdict: "ok" | "refused" | "unknown";
  readonly what: string;
  readonly value: string;
  /** Empty where there is nothing to do. */
  readonly remedy: string;
}

export const holds = (what: string, value: string): Finding => ({ verdict: "ok", what, value, remedy: "" });
export const fails = (what: string, value: string, remedy: string): Finding => ({
  verdict: "refused",
  what,
  value,
  remedy,
});
export const unseen = (what: string, value: string, remedy: string): Finding => ({
  verdict: "unknown",
  what,
  value,
  remedy,
});

/** What could not be read is not known; what is not there is refused, with what that takes. */
export const unread = (what: string, failure: OutsideFailure, remedyIfAbsent: string): Finding =>
  failure.kind === "not-found"
    ? fails(what, failure.message, remedyIfAbsent)
    : unseen(what, failure.message, nextAfter(failure));

/** `…/9683b2d02a6cabee`: the end of an ARN is what tells two of them apart. */
export const endOf = (arn: string): string => arn.split("/").at(-1) ?? arn;

export const findingLines = ({ verdict, what, value, remedy }: Finding): readonly string[] => [
  `${verdict.padEnd(8)} ${what}: ${value}`,
  ...(remedy === "" ? [] : [`         do: ${remedy}`]),
];

/** Refused wins over unknown: what is known to be wrong is mended first. */
export const exitCodeOf = (findings: readonly Finding[]): 0 | 1 | 3 => {
  if (findings.some(({ verdict }) => verdict === "refused")) return EXIT.refused;
  return findings.some(({ verdict }) => verdict === "unknown") ? EXIT.outside : EXIT.done;
};
