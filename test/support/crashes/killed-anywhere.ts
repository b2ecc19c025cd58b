import type { CutoverState } from "../../../src/decision/state.ts";
import type { GuardPorts, Notification } from "../../../src/guard/ports.ts";
import { verifyLedger } from "../../../src/ledger/verify-ledger.ts";
import { type FakeWorld, sha256 } from "../fake-world.ts";
import { type Death, Killed, mortal } from "../mortal.ts";
import { overheard } from "../overheard.ts";

/** A cutover right before the run that is to be killed. */
export interface Standing {
  readonly world: FakeWorld;
  readonly run: (through: GuardPorts) => Promise<unknown>;
  /** A minute of everything that comes by itself. */
  readonly later: (through: GuardPorts) => Promise<unknown>;
  /** Nothing is left to do, but for what the outbox still holds. */
  readonly rests: () => boolean;
}

export interface Ending {
  readonly death: Death | null;
  /** Of the run that was killed, the call it died at included. */
  readonly log: readonly string[];
  /** What is broken when it has come to rest, one sentence each. */
  readonly broken: readonly string[];
  /** Everything that was delivered from the killed run on. */
  readonly sent: readonly Notification[];
  /** Ids of what was delivered more than once. */
  readonly twice: readonly string[];
  /** What the run had asked others to do, and they had not begun when it died. */
  readonly asked: number;
}

const REST_WITHIN_MINUTES = 30;

/** One life: killed at one call or never, then later minutes until nothing is left to be done. */
const liveAndDie = async (
  begin: () => Promise<Standing>,
  death: Death | null,
  asked: "still comes" | "is lost",
): Promise<Ending> => {
  const { world, run, later, rests } = await begin();
  const versions: CutoverState[] = [world.state()];
  const before = world.notify.sent.length;
  let ids = 0;
  const ports: GuardPorts = {
    ...world.ports,
    state: overheard(world.store, (state) => versions.push(state)),
    // Not those of the world it was forked from.
    newId: () => {
      ids += 1;
      return `crash-${ids}`;
    },
  };
  const dying = mortal(ports, death);
  const killed = await run(dying.ports).then(
    () => false,
    (error: unknown) => {
      if (error instanceof Killed) return true;
      throw error;
    },
  );
  const log = [...dying.log];
  const left = world.invoke.jobs.length;
  if (asked === "is lost") world.invoke.jobs.length = 0;
  if (killed) await world.deliverAll(ports);
  const settled = () => rests() && world.state().outbox.length === 0;
  for (let minute = 0; minute < REST_WITHIN_MINUTES && !settled(); minute += 1) await later(ports);
  const sent = world.notify.sent.slice(before);
  const all = sent.map(({ id }) => id);
  return {
    ...{ death, log, sent, asked: left },
    broken: [...(settled() ? [] : ["it does not come to rest"]), ...unkept(world, versions)],
    twice: [...new Set(all.filter((id, index) => all.indexOf(id) !== index))],
  };
};

/** Records that are not in the ledger exactly once, messages that never came, and repeats that cannot be told as such. */
const unkept = (world: FakeWorld, versions: readonly CutoverState[]): readonly string[] => {
  const { records } = world.ledger;
  const { sent } = world.notify;
  const entries = versions.flatMap(({ outbox }) => outbox);
  const verdict = verifyLedger(
    [...records].sort((a, b) => a.seq - b.seq),
    sha256,
    world.state().ledgerHead,
  );
  return [
    ...(verdict.intact ? [] : [`the ledger: ${verdict.why}`]),
    ...entries.flatMap(({ id, record, notification }) => {
      const kept = record === undefined ? 1 : records.filter(({ hash }) => hash === record.hash).length;
      const told = notification === undefined || sent.some((one) => one.id === id);
      return [
        ...(kept === 1 ? [] : [`record ${id} is ${kept} times in the ledger`]),
        ...(told ? [] : [`message ${id} never came`]),
      ];
    }),
    ...sent
      .filter(({ id, subject, body }) =>
        sent.some((one) => (one.id === id) !== (one.subject === subject && one.body === body)),
      )
      .map(({ id, subject }) => `${id} (${subject}) and another say the same under two ids, or two things under one`),
  ];
};

/** The same life again and again: killed before and after each call that the run makes. The first was not killed. */
export const killedAnywhere = async (begin: () => Promise<Standing>): Promise<readonly Ending[]> => {
  const whole = await liveAndDie(begin, null, "still comes");
  const endings = [whole];
  for (let call = 1; call <= whole.log.length; call += 1)
    for (const when of ["before", "after"] as const) {
      const ending = await liveAndDie(begin, { call, when }, "still comes");
      endings.push(ending);
      if (ending.asked > 0) endings.push(await liveAndDie(begin, { call, when }, "is lost"));
    }
  return endings;
};

/** From the names of its calls alone: where a run that is killed has sent a message and not yet taken it out. */
export const betweenSendAndClear = (log: readonly string[]): readonly string[] => {
  const points: string[] = [];
  let sent = false;
  log.forEach((name, index) => {
    if (sent) points.push(sayDeath({ call: index + 1, when: "before" }, log));
    if (name === "notify.send") sent = true;
    if (name === "state.transition") sent = false;
    if (sent) points.push(sayDeath({ call: index + 1, when: "after" }, log));
  });
  return points;
};

const sayDeath = ({ call, when }: Death, log: readonly string[]): string =>
  `killed ${when} ${log[call - 1] ?? "nothing"} (call ${call})`;

export const sayEnding = ({ death, log }: Ending): string => (death === null ? "not killed" : sayDeath(death, log));
