import type { WriteOutcome } from "./rules-port.ts";

/** What an error code of the load balancer's API says about the request, and what somebody has to do about it. */
export interface Refusal {
  /** True: the request was not carried out and never will be. False: nobody knows, so an intent stays open. */
  readonly definite: boolean;
  /** True: the same request may be taken later without anybody mending anything. */
  readonly retryable: boolean;
  /** One or two sentences to whoever is on call. */
  readonly remedy: string;
}

const never = (remedy: string): Refusal => ({ definite: true, retryable: false, remedy });
const later = (remedy: string): Refusal => ({ definite: true, retryable: true, remedy });
const unclear = (remedy: string): Refusal => ({ definite: false, retryable: true, remedy });

const THROTTLED = later(
  "It is tried again. If it lasts, find who else calls the load balancer's API in this account and Region: the limit is shared.",
);
const FORBIDDEN = never(
  "Give the role the right that the message names: redeploy the generated template, and look for a boundary or a service control policy that denies it.",
);
const NOT_SIGNED_IN = never("The caller's credentials are missing, expired or wrong: sign in again, or mend the role.");
const CLOCK_OFF = later("The caller's clock is more than minutes off: set it by NTP, and run it again.");
const BUG = never(
  "The API does not accept what it was sent. If it names an ARN, correct cutover.json; otherwise report it. Where the route has a pin, pawl rollback works by that.",
);
const LISTENER = never(
  "Nothing but the listener's default action was sent: the load balancer takes no change of a listener that is not valid itself. Mend of it what the message names.",
);
const DOWN = unclear(
  "The API itself had a fault. It is tried again; the AWS Health Dashboard says whether it is known.",
);

/**
 * By code, without the SDK's `Exception`. What the documents name for the calls that pawl makes, what every AWS API may
 * answer, and what the SDK throws before it sends anything.
 */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  RuleNotFound: never(
    "The rule is gone. A pin is deleted at the point of no return: see pawl restore. Otherwise create the rule again and correct its ARN in cutover.json.",
  ),
  ListenerNotFound: never("The listener is gone: correct routes[].listenerArn in cutover.json, package and deploy."),
  TargetGroupNotFound: never("Create the target group again, or correct routes[].blue and routes[].green."),
  LoadBalancerNotFound: never("Correct loadBalancerArn in cutover.json, package and deploy."),
  PriorityInUse: never(
    "Another rule has the number that is reserved for the pin: move that rule. Until then nothing but the weights sends traffic back.",
  ),
  OperationNotPermitted: never(
    "A default rule takes no weights by ModifyRule: put a catch-all rule in front of it, and make that the weighted rule, or leave weightedRuleArn out of the route.",
  ),
  InvalidLoadBalancerAction: never(
    "The rule's actions do not go together: exactly one of them routes, and it is last. Look at the rule; somebody changed it.",
  ),
  InvalidConfigurationRequest: never(
    "Switch off the stickiness of both target groups (stickiness.enabled=false): with it the rule must be sticky, at 0 and at 100 too.",
  ),
  IncompatibleProtocols: never("Give both target groups the protocol that the listener can forward to."),
  UnsupportedProtocol: never("Give both target groups the protocol that the listener can forward to."),
  TargetGroupAssociationLimit: never(
    "A target group belongs to one load balancer: take it out of the other one, or give this route its own.",
  ),
  TooManyUniqueTargetGroupsPerLoadBalancer: never(
    "The load balancer has as many target groups as it may, a quota that AWS does not raise: take unused ones out of its rules.",
  ),
  TooManyTargetGroups: never("An action forwards to at most five target groups: take the strangers out of the rule."),
  TooManyActions: never("The rule has more actions than it may: take out what is not needed before the forward."),
  TooManyRules: never("The load balancer has as many rules as it may: delete one, or raise the quota."),
  TooManyTargets: never("The load balancer has as many targets as it may: deregister some, or raise the quota."),
  TooManyRegistrationsForTargetId: never("A target is registered too often: deregister it where it is not needed."),
  DuplicateListener: LISTENER,
  TooManyListeners: LISTENER,
  TooManyCertificates: LISTENER,
  CertificateNotFound: LISTENER,
  SSLPolicyNotFound: LISTENER,
  ALPNPolicyNotSupported: LISTENER,
  TrustStoreNotFound: LISTENER,
  TrustStoreNotReady: later("The trust store that the listener checks its clients by is not ready. It is tried again."),
  ResourceInUse: never("Something else still uses it: the message names it."),
  PriorRequestNotComplete: later("An earlier change of the load balancer is still under way. It is tried again."),
  Throttling: THROTTLED,
  Throttled: THROTTLED,
  RequestLimitExceeded: THROTTLED,
  RequestThrottled: THROTTLED,
  TooManyRequests: THROTTLED,
  AccessDenied: FORBIDDEN,
  UnauthorizedOperation: FORBIDDEN,
  NotAuthorized: FORBIDDEN,
  OptInRequired: never(
    "The account is not signed up for the service in this Region, which no role mends: ask whoever owns the account.",
  ),
  AuthFailure: NOT_SIGNED_IN,
  ExpiredToken: NOT_SIGNED_IN,
  InvalidClientTokenId: NOT_SIGNED_IN,
  UnrecognizedClient: NOT_SIGNED_IN,
  SignatureDoesNotMatch: NOT_SIGNED_IN,
  InvalidSignature: NOT_SIGNED_IN,
  IncompleteSignature: NOT_SIGNED_IN,
  MissingAuthenticationToken: NOT_SIGNED_IN,
  // Thrown by the SDK while it looks for credentials: nothing has been sent.
  CredentialsProviderError: NOT_SIGNED_IN,
  RequestExpired: CLOCK_OFF,
  RequestTimeTooSkewed: CLOCK_OFF,
  ValidationError: BUG,
  InvalidParameterValue: BUG,
  InvalidParameterCombination: BUG,
  InvalidQueryParameter: BUG,
  MissingParameter: BUG,
  MissingAction: BUG,
  InvalidAction: BUG,
  MalformedQueryString: BUG,
  InternalFailure: DOWN,
  InternalError: DOWN,
  InternalServerError: DOWN,
  ServiceUnavailable: DOWN,
  RequestTimeout: DOWN,
  /** pawl's own: it never writes actions that it has not read. */
  NotRead: later(
    "The rules could not be read, and a write that does not know them could drop a login: it is tried again.",
  ),
  /** pawl's own, of a rule that has been read. */
  NotAsBound: later(
    "What is written there could drop a login, or, where the table does not answer, send traffic to a fenced blue. Put the rule back as cutover.json has it: it is tried again.",
  ),
};

/** Some refusals come under the code of another one, and only their message tells. */
const TOLD_BY_MESSAGE: readonly { readonly codes: RegExp; readonly says: RegExp; readonly refusal: Refusal }[] = [
  {
    codes: /^InvalidLoadBalancerAction$/,
    says: /not authorized|describeUserPoolClient/i,
    refusal: never(
      "The rule logs people in by Cognito, and its writer may not look at the pool: list the pool in `userPools` of cutover.json, package and deploy. By hand, give the caller cognito-idp:DescribeUserPoolClient on it.",
    ),
  },
  // A function that thaws, too, may sign by the time at which it was frozen; the next request is signed by AWS's.
  {
    codes: /^(SignatureDoesNotMatch|InvalidSignature|AuthFailure)$/,
    says: /Signature (expired|not yet current)/i,
    refusal: CLOCK_OFF,
  },
];

export const REFUSAL_CODES: readonly string[] = Object.keys(REFUSALS);

/** A code that nobody has met yet says nothing: it never ends an intent. */
const UNHEARD_OF: Refusal = unclear("pawl does not know this answer: it goes by what it reads back. Report the code.");

export const refusalOf = (code: string, message = ""): Refusal =>
  TOLD_BY_MESSAGE.find(({ codes, says }) => codes.test(code) && says.test(message))?.refusal ??
  (Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined) ??
  UNHEARD_OF;

/** One line for logs and pages: how a write ended, and after a refusal what to do. */
export const sayOutcome = (outcome: WriteOutcome): string => {
  if (outcome.kind === "refused")
    return `${outcome.code}: ${outcome.message.replace(/\.$/, "")}. ${refusalOf(outcome.code, outcome.message).remedy}`;
  return outcome.kind === "applied" ? "answered" : outcome.message;
};

/** One of several writes: what it was about, and how it ended. */
export interface Sent {
  readonly what: string;
  readonly outcome: WriteOutcome;
}

/** How each of them ended, with what it was about: the load balancer's own words do not say which one they speak of. */
export const sayEach = (sent: readonly Sent[]): readonly string[] =>
  sent.map(({ what, outcome }) => `${sayOutcome(outcome)} (${what})`);
