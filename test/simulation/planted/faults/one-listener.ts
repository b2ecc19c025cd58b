import { edit, type Fault } from "../fault.ts";

const DRIFT = "src/actuation/drift.ts";

/** Mistakes that show where several routes are on one listener. */
export const ONE_LISTENER: readonly Fault[] = [
  {
    name: "one-pin-a-listener",
    edits: [
      edit(
        "src/actuation/plan-writes.ts",
        `pins: pinnedRoutes(cutover).map((route) => ({ kind: "movePin", route, to: "raised" })),`,
        `pins: pinnedRoutes(cutover)
    .filter((route, at, all) => all.findIndex((one) => one.listenerArn === route.listenerArn) === at)
    .map((route) => ({ kind: "movePin", route, to: "raised" })),`,
      ),
    ],
    breaks: "P2",
    why: "of several routes on one listener only the first one's pin is raised",
    expected: { within: 5, amid: "routes-on-one-listener" },
  },
  {
    name: "listener-looked-at-for-its-first-route",
    edits: [
      edit(
        DRIFT,
        ": observeRoute(route, listener, cutover.routes);",
        ": observeRoute(cutover.routes.find((one) => one.listenerArn === route.listenerArn) ?? route, listener, cutover.routes);",
      ),
    ],
    breaks: "P3",
    why: "what the first route of a listener shows is taken for what the others on it show",
    expected: { within: 5, amid: "routes-on-one-listener" },
  },
  {
    name: "pin-may-take-the-others-along",
    edits: [
      edit(
        "src/actuation/intruders.ts",
        "return overtakenIn(listener, weighted, route);",
        'return overtakenIn === null ? "" : null;',
      ),
    ],
    breaks: "P2",
    why: "green is given traffic although going back on one route would take another one's requests along",
    expected: { within: 30, amid: "routes-on-one-listener" },
  },
];
