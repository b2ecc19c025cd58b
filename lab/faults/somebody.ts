import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { LabAccount } from "../account.ts";
import { LAB_REGION } from "../aws/contracts.ts";

/** The load balancer's API as somebody with rights and a console has it, who knows nothing of pawl. */
export const somebodysLoadBalancer = ({ edge }: LabAccount): ElasticLoadBalancingV2Client => {
  const { accessKeyId, secretAccessKey } = edge.gateway.issueKey("somebody");
  return new ElasticLoadBalancingV2Client({
    region: LAB_REGION,
    endpoint: edge.gateway.url,
    credentials: { accessKeyId, secretAccessKey },
  });
};
