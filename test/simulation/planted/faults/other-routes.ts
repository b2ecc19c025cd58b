import { edit, type Fault } from "../fault.ts";

const DRIFT = "src/actuation/drift.ts";

/** Mistakes that show where somebody's hands are on one route of several. */
export const OTHER_ROUTES: readonly Fault[] = [
  {
    name: "only-the-first-route-is-looked-at",
    edits: [
      edit(
        DRIFT,
        "const drifts = sights.map((sight) => driftOf(sight, desired));",
        "const drifts = sights.slice(0, 1).map((sight) => driftOf(sight, desired));",
      ),
    ],
    breaks: "P3",
    why: "what somebody does to the second route is nobody's business",
    expected: { within: 5, amid: "hands-on-other-routes" },
  },
  {
    name: "foreign-route-hides-the-others",
    edits: [
      edit(
        DRIFT,
        `["pin-raised", "more-blue", "more-green", "foreign-shape", "in-sync"]`,
        `["foreign-shape", "pin-raised", "more-blue", "more-green", "in-sync"]`,
      ),
    ],
    breaks: "P3",
    why: "a route whose shape is foreign hides that another one gives green more, or was sent back",
    expected: { within: 50, amid: "hands-on-other-routes" },
  },
];
