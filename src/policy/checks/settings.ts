import { DAY_MS, parseDuration } from "../../kernel/units.ts";
import { SIGNALS, signalAt } from "../../signals/catalogue.ts";
import { blindAfterMs, FLOOR_POLICY, LONGEST_MAX_AGE } from "../floor.ts";
import type { Policy } from "../policy-file.ts";
import { didYouMean } from "./did-you-mean.ts";
import { isTraffic } from "./gate-uses.ts";
import { type Finding, finding } from "./problem.ts";
import { unmeasuredFindings } from "./unmeasured.ts";

const LEAST_SOAK = "24h";
/** One look in vain is nothing, and two in a row happen: a consumer group that balances anew, a call that is throttled. */
const LEAST_BLIND = "3m";
/** CloudWatch reports a minute one or two minutes after it has ended. */
const LEAST_MAX_AGE = "3m";
/** Four weeks. Nobody waits longer on purpose. */
const LONGEST_WAIT = "672h";

/** What is wrong with the times and limits that a policy sets for itself. */
export const settingFindings = (policy: Policy): readonly Finding[] => [
  ...maxAgeFindings(policy),
  ...blindFindings(policy),
  ...soakFindings(policy),
  ...waitFindings(policy),
];

const waitFindings = ({ start, steps, soak, afterRollback }: Policy): readonly Finding[] =>
  [
    { at: "/start/minDwell", wait: start.minDwell },
    ...steps.map(({ minDwell }, index) => ({ at: `/steps/${index}/minDwell`, wait: minDwell })),
    { at: "/soak/duration", wait: soak.duration },
    { at: "/afterRollback/cooldown", wait: afterRollback.cooldown },
  ].flatMap(({ at, wait }) =>
    wait === undefined || parseDuration(wait) <= parseDuration(LONGEST_WAIT)
      ? []
      : [finding("long-wait", at, `${wait} are ${Math.round(parseDuration(wait) / DAY_MS)} days; is that meant?`)],
  );

const blindFindings = ({ blind }: Policy): readonly Finding[] => [
  ...blind.watch.flatMap((path, index) =>
    isTraffic(path, "blue")
      ? [
          finding(
            "blue-at-full",
            `/blind/watch/${index}`,
            `at 100 % green blue is silent: without ${path} pawl would be blind all through the soak. Watch green's signals`,
          ),
        ]
      : [],
  ),
  ...blind.watch.flatMap((path, index) =>
    signalAt(path) === null
      ? [
          finding(
            "unknown-signal",
            `/blind/watch/${index}`,
            () => `the catalogue has no signal "${path}".${didYouMean(path, Object.keys(SIGNALS))}`,
          ),
        ]
      : [],
  ),
  ...blind.watch.flatMap((path, index) =>
    unmeasuredFindings(path, `/blind/watch/${index}`, "without it pawl is blind from the first tick on"),
  ),
  ...(parseDuration(blind.after) > blindAfterMs({ blind })
    ? [
        finding(
          "blind-too-long",
          "/blind/after",
          `${blind.after} without sight of green is too long; at most ${FLOOR_POLICY.blind.after}`,
        ),
      ]
    : []),
  ...(blind.action === "rollback" && parseDuration(blind.after) < parseDuration(LEAST_BLIND)
    ? [
        finding(
          "blind-too-short",
          "/blind/after",
          `within ${blind.after} a look or two in vain would send a healthy green back; ${LEAST_BLIND} at least, 10m suits most`,
        ),
      ]
    : []),
];

const maxAgeFindings = ({ data }: Policy): readonly Finding[] => {
  const { maxAge } = data;
  if (parseDuration(maxAge) > parseDuration(LONGEST_MAX_AGE))
    return [
      finding(
        "max-age-too-long",
        "/data/maxAge",
        `with ${maxAge} an outage of the metrics would not be blindness for as long; at most ${LONGEST_MAX_AGE}, which is also all that pawl takes`,
      ),
    ];
  return parseDuration(maxAge) < parseDuration(LEAST_MAX_AGE)
    ? [
        finding(
          "max-age-too-short",
          "/data/maxAge",
          `with ${maxAge} pawl is blind to a healthy green whenever its metrics are as late as they often are, a minute or two; ${LEAST_MAX_AGE} at least`,
        ),
      ]
    : [];
};

const soakFindings = ({ soak, drill }: Policy): readonly Finding[] => {
  const findings: Finding[] = [];
  if (drill !== true && parseDuration(soak.duration) < parseDuration(LEAST_SOAK)) {
    const why = "until the soak is over blue is the way back, and some faults take a day to show";
    findings.push(
      finding(
        "short-soak",
        "/soak/duration",
        `${soak.duration} is less than ${LEAST_SOAK}; ${why}. Only "drill": true may be shorter`,
      ),
    );
  }
  if (soak.maxDuration !== undefined && parseDuration(soak.maxDuration) <= parseDuration(soak.duration)) {
    findings.push(
      finding(
        "soak-never-ends",
        "/soak/maxDuration",
        `${soak.maxDuration} is not longer than the soak itself, ${soak.duration}`,
      ),
    );
  }
  return findings;
};
