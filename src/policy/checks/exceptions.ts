import { fromIso, toIso } from "../../kernel/instant.ts";
import { DAY_MS, type EpochMs, epochMs, later } from "../../kernel/units.ts";
import { frozenAt, parseWeekly } from "../freeze.ts";
import type { Freeze, Policy, Waiver } from "../policy-file.ts";
import { waiverRefusal } from "../waivers.ts";
import { type Finding, finding } from "./problem.ts";

/** A waiver that long is a gate nobody wants: change the gate. */
const LONGEST_WAIVER_MS = 14 * DAY_MS;

/**
 * What is wrong with freezes and waivers.
 *
 * @param now - Without it nothing is said about what lies behind or too far ahead.
 */
export const exceptionFindings = (policy: Policy, now: EpochMs | null): readonly Finding[] => [
  ...policy.freeze.flatMap((freeze, index) => freezeFindings(freeze, `/freeze/${index}`, now)),
  ...endlessWeek(policy),
  ...policy.waivers.flatMap((waiver, index) => waiverFindings(policy, waiver, `/waivers/${index}`, now)),
  ...nothingLeft(policy, now),
];

/** Nobody freezes for longer than a quarter on purpose, and a slip in the year is no shorter. */
const LONGEST_FREEZE_MS = 92 * DAY_MS;

/** 31 February would silently become a day of March. */
const isInstant = (text: string): boolean => {
  const at = fromIso(text);
  return at !== null && toIso(at).startsWith(text.slice(0, -1));
};

const instantFindings = (rule: "bad-freeze" | "bad-waiver", text: string, at: string): readonly Finding[] =>
  isInstant(text)
    ? []
    : [finding(rule, at, `${text} is no day or time there is. Give one such as 2026-12-24T00:00:00Z`)];

const freezeFindings = ({ from, to, weekly }: Freeze, at: string, now: EpochMs | null): readonly Finding[] => {
  const once = from !== undefined && to !== undefined;
  if (weekly === undefined ? !once : from !== undefined || to !== undefined)
    return [finding("bad-freeze", at, 'a freeze has either "from" and "to", or "weekly"; say which it is')];
  if (weekly !== undefined) {
    const window = parseWeekly(weekly);
    return window !== null && window.from === window.to
      ? [
          finding(
            "bad-freeze",
            `${at}/weekly`,
            `"${weekly}" is no time at all or the whole week; give two different moments`,
          ),
        ]
      : [];
  }
  return once ? stretchFindings({ from, to }, at, now) : [];
};

const stretchFindings = (
  { from, to }: { readonly from: string; readonly to: string },
  at: string,
  now: EpochMs | null,
): readonly Finding[] => {
  const wrong = [
    ...instantFindings("bad-freeze", from, `${at}/from`),
    ...instantFindings("bad-freeze", to, `${at}/to`),
  ];
  if (wrong.length > 0) return wrong;
  const [begins, ends] = [fromIso(from) ?? 0, fromIso(to) ?? 0];
  const remedy = begins === ends ? "give a later end" : "exchange them";
  if (begins >= ends) return [finding("bad-freeze", `${at}/to`, `${to} does not come after ${from}; ${remedy}`)];
  if (now !== null && now >= ends)
    return [
      finding("expired-freeze", `${at}/to`, `it was over at ${to} and holds nothing; correct its year, or remove it`),
    ];
  const lasts = ends - Math.max(begins, now ?? begins);
  const why = `nothing advances for ${Math.round(lasts / DAY_MS)} days, up to ${to}`;
  return lasts > LONGEST_FREEZE_MS
    ? [finding("long-freeze", `${at}/to`, `${why}; correct its year, or do not arm a cutover that has to wait as long`)]
    : [];
};

/** Any week is like another, where only weekly windows are looked at. */
const endlessWeek = ({ freeze }: Policy): readonly Finding[] => {
  const weekly = freeze.filter((each) => parseWeekly(each.weekly ?? "") !== null);
  const frozen = frozenAt({ freeze: weekly }, epochMs(0));
  return frozen !== null && frozen.until === null
    ? [finding("bad-freeze", "/freeze", "the weekly windows leave no minute of the week: nothing would ever advance")]
    : [];
};

const waiverFindings = (policy: Policy, waiver: Waiver, at: string, now: EpochMs | null): readonly Finding[] => {
  const refusal = waiverRefusal(policy, waiver.gate);
  const earlier = policy.waivers.findIndex(({ gate }) => gate === waiver.gate);
  return [
    ...(refusal === null
      ? idleFindings(policy, waiver, `${at}/gate`)
      : [finding("bad-waiver", `${at}/gate`, `"${waiver.gate}" cannot be waived: ${refusal}`)]),
    ...(policy.waivers[earlier] === waiver
      ? []
      : [finding("bad-waiver", `${at}/gate`, `"${waiver.gate}" is waived twice; keep one of the two`)]),
    ...(isInstant(waiver.expires)
      ? expiryFindings(waiver, `${at}/expires`, now)
      : instantFindings("bad-waiver", waiver.expires, `${at}/expires`)),
  ];
};

/** A waiver counts for the way to the next step, and nowhere else. */
const idleFindings = ({ start, steps, decommission }: Policy, { gate }: Waiver, at: string): readonly Finding[] => {
  if ([start.require, ...steps.map(({ promoteWhen }) => promoteWhen)].flat().includes(gate)) return [];
  const why = decommission.require.includes(gate)
    ? "decommission alone asks it, and that goes by evidence: nothing there is waived"
    : "neither the start nor a step asks it";
  return [finding("idle-waiver", at, `the waiver of "${gate}" has no effect: ${why}. Correct the gate, or remove it`)];
};

const expiryFindings = ({ gate, expires }: Waiver, at: string, now: EpochMs | null): readonly Finding[] => {
  const ends = fromIso(expires);
  if (now === null || ends === null) return [];
  if (ends <= now)
    return [finding("expired-waiver", at, `the waiver of "${gate}" expired at ${expires} and does nothing; remove it`)];
  return ends > later(now, LONGEST_WAIVER_MS)
    ? [
        finding(
          "bad-waiver",
          at,
          `${expires} is more than 14 days ahead; a gate that long out of use has to be changed, not waived`,
        ),
      ]
    : [];
};

/** A step without a gate that counts would open by time alone. What has expired, or is refused, waives nothing. */
const nothingLeft = (policy: Policy, now: EpochMs | null): readonly Finding[] => {
  const { start, steps, waivers } = policy;
  const counts = ({ gate, expires }: Waiver): boolean =>
    waiverRefusal(policy, gate) === null && (fromIso(expires) ?? 0) > (now ?? 0);
  const waived = new Set(waivers.filter(counts).map(({ gate }) => gate));
  const places = [
    { name: "the start", gates: start.require },
    ...steps.map(({ id, promoteWhen }) => ({ name: `step ${id}`, gates: promoteWhen })),
  ];
  return places
    .filter(({ gates }) => gates.every((gate) => waived.has(gate)))
    .map(({ name }) =>
      finding("bad-waiver", "/waivers", `every gate of ${name} is waived: nothing would be asked there; leave one`),
    );
};
