import { edit, type Fault } from "../fault.ts";

const SOAK_FILE = "src/decision/soak.ts";
const RESTART = `if (seen.gates === "fail" || bad) return restartSoak(soak, seen.tick);`;
const COUNTED = `seen.gates === "pass" ? fresh.filter((minute) => seen.verdict(minute) === "healthy") : []`;

/** Mistakes of the clock that decides when the way back may be given up. */
export const SOAK: readonly Fault[] = [
  {
    name: "minute-counted-twice",
    edits: [
      edit(
        SOAK_FILE,
        "fresh: minutes.filter((minute) => minute > counted),",
        "fresh: minutes.filter((minute) => minute >= counted),",
      ),
    ],
    breaks: "P5",
    why: "the newest minute consumed is consumed again at the next tick",
    expected: { within: 20 },
  },
  {
    name: "minutes-are-final-too-soon",
    edits: [
      edit(SOAK_FILE, "earlier(minuteOf(tick), FINAL_AFTER_MS + MINUTE_MS)", "earlier(minuteOf(tick), 3 * MINUTE_MS)"),
    ],
    breaks: "P5",
    why: "a minute is counted before its errors have arrived",
    expected: { within: 60 },
  },
  {
    name: "unproven-minutes-count",
    edits: [edit(SOAK_FILE, COUNTED, `fresh.filter((minute) => seen.verdict(minute) !== "bad")`)],
    breaks: "P5",
    why: "a minute that nobody saw counts as healthy time",
    expected: { within: 5 },
  },
  {
    name: "soak-goes-on-after-a-break",
    edits: [edit(SOAK_FILE, RESTART, "")],
    breaks: "P5",
    why: "a failing gate does not begin the soak again",
    expected: { within: 70 },
  },
  {
    name: "late-errors-are-forgiven",
    edits: [edit(SOAK_FILE, "[...consumed, ...fresh].some", "fresh.some")],
    breaks: "P5",
    why: "a minute that turns out bad after it was counted changes nothing",
    expected: { within: 200, amid: "late-errors" },
  },
  {
    name: "half-the-soak",
    edits: [
      edit(
        "src/decision/phase-obstacles.ts",
        "if (facts.soak.healthyMs >= requiredMs) return [];",
        "if (facts.soak.healthyMs >= requiredMs / 2) return [];",
      ),
    ],
    breaks: "P5",
    why: "half of the time is enough",
    expected: { within: 20 },
  },
  {
    name: "soak-by-the-wall-clock",
    edits: [
      edit(
        SOAK_FILE,
        "healthyMs: durationMs(soak.healthyMs + healthy.length * MINUTE_MS),",
        "healthyMs: durationMs(Math.max(0, seen.tick - (soak.startedAt ?? seen.tick))),",
      ),
    ],
    breaks: "P5",
    why: "the time since 100 % counts, whether anybody looked or not",
    expected: { within: 5 },
  },
];
