import { isDueAgain } from "../decision/pages.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { commitOnto } from "./commit.ts";
import { STATE_TIMEOUT_MS } from "./limits.ts";
import { flushOutbox } from "./outbox.ts";
import { page, type Run } from "./tell-rollback.ts";
import { hasTimeFor } from "./time-left.ts";
import type { Standing } from "./verify-pin.ts";

/** Every minute has a run of its own: under one latch the same is told again only after a while. */
export const tellUnverified = async (
  ports: Run,
  cutover: CutoverBindings,
  standing: Standing | null,
  why: string,
): Promise<void> => {
  const body = `${why.replace(/\.$/, "")}. The next tick goes on.`;
  // Two answers of the table may take longer than is left; people come first.
  if (standing === null || !hasTimeFor(ports, 2 * STATE_TIMEOUT_MS)) {
    await page(ports, cutover, "could not be verified on blue yet", body);
    return;
  }
  const told = { why, at: ports.clock.now() };
  const outcome = await commitOnto(ports, standing.state, ({ epoch, latch }) =>
    epoch === standing.state.epoch && latch !== undefined && isDueAgain(latch.told, told)
      ? {
          events: [{ kind: "latchUnverified", told }],
          account: {
            kind: "unverified",
            summary: `could not be verified on blue yet: ${why}`,
            at: told.at,
            tick: null,
            detail: { why },
            notify: { subject: `${cutover.name}: could not be verified on blue yet`, body, urgency: "page" },
          },
        }
      : null,
  );
  if (outcome.kind === "committed") await flushOutbox(ports, outcome.state);
  if (outcome.kind === "unknown") await page(ports, cutover, "could not be verified on blue yet", body);
};
