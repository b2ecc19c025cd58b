export type CutoverId = string;
/** `degraded`: green answers badly but answers; `hard-down`: waiting costs more than any write that is behind. */
export type AlarmSeverity = "degraded" | "hard-down";
export type Direction = "forward" | "reverse";
export type Side = "blue" | "green";

/** The rule that sends all to blue. Its two priority numbers are reserved for it: just above the weighted rule, and below. */
export interface PinBinding {
  readonly ruleArn: string;
  readonly raisedPriority: number;
  readonly parkedPriority: number;
}

/** One place where the load balancer splits traffic between blue and green. */
export interface RouteBinding {
  readonly listenerArn: string;
  /** Absent where the listener's default action splits the traffic. */
  readonly weightedRuleArn?: string;
  /** Absent in plain mode: going back then writes the weights, and has to outwait what is under way. */
  readonly pin?: PinBinding;
  /** Target group ARNs. */
  readonly blue: string;
  readonly green: string;
}

/** One CDC stream: a Debezium source connector, its topics, and a JDBC sink connector. */
export interface StreamBinding {
  /** Connector names on Kafka Connect. */
  readonly source: string;
  readonly sink: string;
  /** The sink's consumer group. */
  readonly group: string;
  /** Data topics, the ones whose records are rows; one partition each. */
  readonly topics: readonly string[];
  readonly slot: string;
  readonly publication: string;
  /** Replication origin that the sink's session carries on the receiving side. */
  readonly origin: string;
}

/** `cutover.json`: what is moved and where it is found. No addresses, no secrets. */
export interface CutoverBindings {
  readonly apiVersion: "pawl/v1";
  readonly name: CutoverId;
  readonly routes: readonly RouteBinding[];
  readonly loadBalancerArn: string;
  /** Hosts that must be healthy in each target group of green before and during the cutover. */
  readonly expectedHosts: number;
  readonly alarms: readonly { readonly arn: string; readonly severity: AlarmSeverity }[];
  /** ARNs of the Cognito user pools by which the routes' rules log people in: whoever writes such a rule needs a right on its pool. */
  readonly userPools?: readonly string[];
  readonly streams: Readonly<Record<Direction, StreamBinding>>;
  /** Schema-qualified table names; `key` is the primary key's column. */
  readonly tables: readonly { readonly name: string; readonly key: string }[];
  /** Writers that the weights do not move (cron jobs, queue consumers); stated, so that nobody forgets them. */
  readonly otherWriters: readonly string[];
}
