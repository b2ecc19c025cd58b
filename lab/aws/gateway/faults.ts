/**
 * What can go wrong between a caller and AWS. `down` resets the connection before anything happened; `throttle` refuses
 * as AWS does (aws.md 1, Throttling); `delay` answers late; `apply-late` lets the call land only after `ms`, even where
 * the caller has given up by then; `lose-answer` applies it at once and never answers (aws.md 0, row 5). Milliseconds are
 * real: a caller's time-outs are.
 */
export type FaultEffect =
  | { readonly kind: "down" }
  | { readonly kind: "throttle" }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "apply-late"; readonly ms: number }
  | { readonly kind: "lose-answer" };

export interface GatewayFault {
  /** Signing name: `elasticloadbalancing`, `monitoring`, `dynamodb`, … */
  readonly service: string;
  /** Only this action; every action of the service where absent. */
  readonly action?: string;
  /** Only calls of this caller; everybody's where absent. */
  readonly caller?: string;
  /** How many calls it hits before it ends by itself; until removed where absent. */
  readonly times?: number;
  readonly effect: FaultEffect;
}

interface Injected {
  readonly fault: GatewayFault;
  left: number;
}

/** The faults in force. The first that matches a call hits it. */
export class FaultMenu {
  readonly #injected = new Set<Injected>();

  /** @returns what takes the fault out again; calling it twice is harmless. */
  inject(fault: GatewayFault): () => void {
    const injected = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
    this.#injected.add(injected);
    return () => {
      this.#injected.delete(injected);
    };
  }

  hit(call: { readonly service: string; readonly action: string; readonly caller: string }): FaultEffect | null {
    for (const injected of this.#injected) {
      const { fault } = injected;
      if (fault.service !== call.service) continue;
      if (fault.action !== undefined && fault.action !== call.action) continue;
      if (fault.caller !== undefined && fault.caller !== call.caller) continue;
      injected.left -= 1;
      if (injected.left <= 0) this.#injected.delete(injected);
      return fault.effect;
    }
    return null;
  }
}
