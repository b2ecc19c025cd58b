/** What the demo and its report want to know of a target group, besides CloudWatch: exact, undelayed, real clock. */
export interface GroupTraffic {
  /** Requests handed to a target whose answer is not complete. */
  readonly inFlight: number;
  readonly requests: number;
  /** Answers of targets by class: `{"2": 412, "5": 3}`. */
  readonly answersByClass: Readonly<Record<string, number>>;
  /** Requests that the load balancer itself had to answer with 502 or 504. */
  readonly unanswered: number;
  /** Real milliseconds since 1970; null before the first request. */
  readonly lastRequestAt: number | null;
  /** When a target first answered 5XX, real milliseconds since 1970. */
  readonly firstErrorAt: number | null;
}

type Mutable = { -readonly [Member in keyof GroupTraffic]: GroupTraffic[Member] } & {
  answersByClass: Record<string, number>;
};

export class TrafficView {
  readonly #groups = new Map<string, Mutable>();

  of(targetGroupArn: string): Mutable {
    const known = this.#groups.get(targetGroupArn);
    if (known !== undefined) return known;
    const counts = {
      inFlight: 0,
      requests: 0,
      answersByClass: {},
      unanswered: 0,
      lastRequestAt: null,
      firstErrorAt: null,
    };
    this.#groups.set(targetGroupArn, counts);
    return counts;
  }

  sent(targetGroupArn: string): void {
    const group = this.of(targetGroupArn);
    group.inFlight += 1;
    group.requests += 1;
    group.lastRequestAt = Date.now();
  }

  answered(targetGroupArn: string, status: number): void {
    const group = this.of(targetGroupArn);
    const kind = String(Math.floor(status / 100));
    group.answersByClass[kind] = (group.answersByClass[kind] ?? 0) + 1;
    if (kind === "5") group.firstErrorAt ??= Date.now();
  }

  unanswered(targetGroupArn: string): void {
    this.of(targetGroupArn).unanswered += 1;
  }

  finished(targetGroupArn: string): void {
    this.of(targetGroupArn).inFlight -= 1;
  }
}
