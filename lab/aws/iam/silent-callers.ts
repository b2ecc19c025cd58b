/** The one service that does not say for which account it calls: a policy that asks for one keeps it out. */
export const SAYS_NO_ACCOUNT = "events.amazonaws.com";
