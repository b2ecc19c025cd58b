import type { ProcessOwner } from "../process/process-owner.ts";
import { deliverTransition } from "./alarm-actions.ts";
import type { CloudWatch } from "./cloudwatch/cloudwatch.ts";
import type { LabContext } from "./contracts.ts";
import { type DeployedStack, deployStack, type StackRequest } from "./deploy/deploy-stack.ts";
import { recordedResources } from "./deploy/recorded-resources.ts";
import { startTables, type Tables } from "./dynamodb/tables.ts";
import { createEventBus, type EventBus } from "./events/event-bus.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { createRoles, type Roles } from "./iam/roles.ts";
import { Lambda } from "./lambda/lambda.ts";
import { createScheduler, type Scheduler } from "./scheduler/scheduler.ts";
import { createTopics, type Topics } from "./sns/topics.ts";
import { createQueues, type Queues } from "./sqs/queues.ts";

/** The part of the account that traffic meets, and through which everybody calls. */
export interface Edge {
  readonly gateway: Pick<Gateway, "url" | "register" | "issueKey">;
  readonly cloudwatch: Pick<CloudWatch, "publish" | "publishEmf" | "onTransition" | "resources">;
}

/** The part of the account that runs and stores things. */
export interface ComputeAccount {
  readonly roles: Roles;
  readonly lambda: Lambda;
  readonly scheduler: Scheduler;
  readonly sns: Topics;
  readonly sqs: Queues;
  readonly dynamodb: Tables;
  readonly events: EventBus;
  /** Makes a packaged stack. @throws {Error} one sentence that names what the lab does not know or AWS would refuse. */
  deploy(request: StackRequest): Promise<DeployedStack>;
  /** Ends schedules, retries and every function's processes. Safe to repeat. */
  stop(): Promise<void>;
}

/**
 * Starts the account's compute and storage behind the edge's gateway: `lambda`, `sns` and `dynamodb` answer there.
 * @param processes - every function's process is handed to it, so that none outlives the lab.
 */
export const createComputeAccount = async (
  context: LabContext,
  { gateway, cloudwatch }: Edge,
  processes: Pick<ProcessOwner, "adopt">,
): Promise<ComputeAccount> => {
  const roles = createRoles();
  const queues = createQueues(context, cloudwatch);
  const topics = createTopics(context, queues);
  const tables = await startTables();
  const lambda = new Lambda({
    context,
    roles,
    queues,
    gatewayUrl: gateway.url,
    issueKey: (name, refusal) => gateway.issueKey(name, refusal),
    metrics: cloudwatch,
    adopt: (child) => processes.adopt(child),
  });
  const events = createEventBus(context, { lambda, queues });
  const scheduler = createScheduler({ context, lambda, roles, queues });
  for (const { api } of [lambda, topics, tables]) gateway.register(api);
  const quiet = cloudwatch.onTransition((transition) =>
    deliverTransition({ context, lambda, topics, events }, transition),
  );

  const own = [roles, queues, topics, tables, events, scheduler].map(({ provider }) => provider);
  return {
    roles,
    lambda,
    scheduler,
    sns: topics,
    sqs: queues,
    dynamodb: tables,
    events,
    deploy: (request) =>
      deployStack(
        { providers: (packages) => [...own, lambda.provider(packages), cloudwatch.resources, recordedResources] },
        request,
      ),
    stop: async () => {
      quiet();
      scheduler.stop();
      queues.stop();
      await lambda.stop();
      await tables.stop();
    },
  };
};
