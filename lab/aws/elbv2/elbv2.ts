import * as client from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsService } from "../contracts.ts";
import { schemaService } from "../wire/schema-service.ts";
import { changeOperations } from "./change.ts";
import { describeOperations } from "./describe.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { loadBalancerRights } from "./rights.ts";

/** The load balancer's API, behind the gateway. @param behindMs lab time by which a DescribeRules lags, per call. */
export const elbv2Service = (balancer: LoadBalancer, behindMs: () => number): AwsService =>
  schemaService({
    service: "elasticloadbalancing",
    protocol: "query",
    version: "2015-12-01",
    xmlNamespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    client,
    needs: loadBalancerRights,
    operations: { ...describeOperations(balancer, behindMs), ...changeOperations(balancer) },
  });
