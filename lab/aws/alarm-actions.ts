import type { AlarmTransition, LabContext } from "./contracts.ts";
import type { EventBus } from "./events/event-bus.ts";
import type { Lambda } from "./lambda/lambda.ts";
import type { Topics } from "./sns/topics.ts";

/** SNS shows the Region by its name for people. */
const REGION_NAME = "US East (N. Virginia)";

export interface AlarmTargets {
  readonly context: LabContext;
  readonly lambda: Lambda;
  readonly topics: Topics;
  readonly events: EventBus;
}

/**
 * Tells everybody about an alarm's transition: EventBridge always, then the actions of the new state. CloudWatch does
 * not check actions; one that leads nowhere, or that nobody permitted, is silent (aws.md 3), and the lab's log says so.
 */
export const deliverTransition = (targets: AlarmTargets, transition: AlarmTransition): void => {
  targets.events.put(transition.bridgeEvent);
  for (const actionArn of transition.actionArns) act(targets, transition, actionArn);
};

const act = ({ context, lambda, topics }: AlarmTargets, transition: AlarmTransition, actionArn: string): void => {
  const { alarmArn, alarmName } = transition;
  if (actionArn.startsWith("arn:aws:lambda:")) {
    const caller = { principal: "lambda.alarms.cloudwatch.amazonaws.com", sourceArn: alarmArn };
    lambda.acceptFrom(caller, actionArn, transition.directEvent);
  } else if (actionArn.startsWith("arn:aws:sns:")) {
    const sender = { principal: "cloudwatch.amazonaws.com", sourceArn: alarmArn };
    topics.publishFrom(sender, {
      topicArn: actionArn,
      subject: `${transition.to}: "${alarmName}" in ${REGION_NAME}`,
      message: JSON.stringify(transition.snsMessage),
    });
  } else context.log(`cloudwatch: the lab has no action ${actionArn} (alarm ${alarmName}); nothing happened`);
};
