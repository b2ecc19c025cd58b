/** Every fault that pawl itself may throw, with the facts that are safe to log and to show. Explained in docs/errors.md. */
export interface PawlFaults {
  readonly "settings-missing": { readonly names: readonly string[] };
  readonly "setting-malformed": { readonly name: string; readonly expected: string };
  readonly "event-malformed": { readonly expected: string; readonly fault: string };
  readonly "alarm-unknown": { readonly alarmArn: string };
  readonly "cutover-unknown": { readonly cutover: string; readonly known: readonly string[] };
  readonly "rollback-unverified": { readonly cutovers: readonly string[] };
  readonly "rollback-unrecorded": { readonly cutovers: readonly string[] };
  readonly "rollback-pin-gone": { readonly cutovers: readonly string[] };
  readonly "rollback-untold": { readonly cutovers: readonly string[] };
  readonly "bindings-refused": { readonly faults: readonly string[] };
  readonly "roles-too-large": { readonly faults: readonly string[] };
}

export type PawlFaultCode = keyof PawlFaults;

interface Telling<Facts> {
  readonly what: (facts: Facts) => string;
  readonly why: string;
  readonly next: string;
}

const TELLINGS: { readonly [Code in PawlFaultCode]: Telling<PawlFaults[Code]> } = {
  "settings-missing": {
    what: ({ names }) => `These settings are missing: ${names.join(", ")}.`,
    why: "pawl reads its settings from environment variables, once, before it does anything.",
    next: "Deploy the generated template unchanged, or set the variables where you run the command.",
  },
  "setting-malformed": {
    what: ({ name, expected }) => `The setting ${name} is not ${expected}.`,
    why: "pawl checks its settings before it does anything.",
    next: "Correct the parameter of the template, or the variable where you run the command.",
  },
  "event-malformed": {
    what: ({ expected, fault }) => `This event is not ${expected}: ${fault}.`,
    why: "A function acts only on events it understands completely.",
    next: "Find out who sent it: the schedule, an alarm, the EventBridge rule and pawl itself are the only ones who should.",
  },
  "alarm-unknown": {
    what: ({ alarmArn }) => `The alarm ${alarmArn} belongs to no cutover.`,
    why: "Only an alarm that a cutover.json lists may send traffic back.",
    next: "Add it to `alarms` with a severity and deploy, or remove pawl-rollback from its actions.",
  },
  "cutover-unknown": {
    what: ({ cutover, known }) =>
      `There is no cutover "${cutover}"; this release knows: ${known.join(", ") || "none"}.`,
    why: "The bindings of every cutover are packaged with the functions.",
    next: "Package and deploy with policies/<name>/cutover.json in place.",
  },
  "rollback-unverified": {
    what: ({ cutovers }) => `Not yet seen on blue: ${cutovers.join(", ")}.`,
    why: "A rollback has failed until two reads show the pin above the weighted rule; failing makes Lambda try again.",
    next: "Look at `pawl status`. The next tick goes on by itself; if it cannot, raise the pin in the console.",
  },
  "rollback-unrecorded": {
    what: ({ cutovers }) => `On blue, verified, and not recorded: ${cutovers.join(", ")}.`,
    why: "Until it is recorded nothing keeps the cutover latched but the raised pin; failing makes Lambda try again.",
    next: "Leave the pin up and arm nothing. Mend the table, or the settings of pawl-rollback; the next tick latches.",
  },
  "rollback-pin-gone": {
    what: ({ cutovers }) => `The rules show no way back, by whose doing is not known: ${cutovers.join(", ")}.`,
    why: "Only the table says whether decommission deleted the pin, or somebody else; failing makes Lambda ask it again.",
    next: "Run `pawl restore`, and look into the runbook: the pin is gone.",
  },
  "rollback-untold": {
    what: ({ cutovers }) =>
      `A rollback was asked for past the point of no return, and nobody could be told: ${cutovers.join(", ")}.`,
    why: "Nothing was written, and people have to decide; failing makes Lambda try again, and its alarm tells somebody.",
    next: "Run `pawl restore`. Mend the topic, its policy, its key.",
  },
  "bindings-refused": {
    what: ({ faults }) => `The bindings are refused: ${faults.join(" ")}`,
    why: "What is packaged must agree with what the template makes, or a rollback would not know its own alarms.",
    next: "Correct the files named above, then run `npm run package` again.",
  },
  "roles-too-large": {
    what: ({ faults }) => `The roles and permissions are too large: ${faults.join(" ")}`,
    why: "AWS refuses more, in the middle of a deployment; every route and alarm is named in them, one by one.",
    next: "Guard some cutovers from another account or Region, then run `npm run package` again.",
  },
};

export const PAWL_FAULT_CODES = Object.keys(TELLINGS) as readonly PawlFaultCode[];

/** A broken release, setting or event: nothing that trying again would mend. Expected trouble is a `Result` instead. */
export class PawlError<Code extends PawlFaultCode = PawlFaultCode> extends Error {
  override readonly name = "PawlError";
  readonly code: Code;
  readonly facts: PawlFaults[Code];
  /** The message in its three parts, for whoever shows them apart. */
  readonly telling: { readonly what: string; readonly why: string; readonly next: string };

  constructor(code: Code, facts: PawlFaults[Code], options?: ErrorOptions) {
    const { what, why, next }: Telling<PawlFaults[Code]> = TELLINGS[code];
    super(`${what(facts)} ${why} ${next}`, options);
    this.telling = { what: what(facts), why, next };
    this.code = code;
    this.facts = facts;
  }
}
