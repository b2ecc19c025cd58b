import { LAB_ACCOUNT_ID, LAB_REGION, type ResourceProvider } from "../contracts.ts";
import { closed, propertiesReader, TAGS, TEXT } from "../resource-properties.ts";

const LOG_GROUP = "AWS::Logs::LogGroup";
const BUCKET = "AWS::S3::Bucket";
const BUCKET_POLICY = "AWS::S3::BucketPolicy";

const READERS = {
  [LOG_GROUP]: propertiesReader<{ readonly LogGroupName?: string }>(
    LOG_GROUP,
    closed({ LogGroupName: TEXT, RetentionInDays: { type: "integer", minimum: 1 }, Tags: TAGS }),
  ),
  [BUCKET]: propertiesReader<{ readonly BucketName?: string }>(
    BUCKET,
    closed({ BucketName: TEXT, BucketEncryption: { type: "object" }, Tags: TAGS }),
  ),
  [BUCKET_POLICY]: propertiesReader<object>(
    BUCKET_POLICY,
    closed({ Bucket: TEXT, PolicyDocument: { type: "object" } }, ["Bucket", "PolicyDocument"]),
  ),
};

/**
 * Resources that need to exist by name only: the lab keeps functions' logs as files, and reads deployment packages
 * from the folder they were built into instead of a bucket.
 */
export const recordedResources: ResourceProvider = {
  types: Object.keys(READERS),
  create: async (logicalId, type, raw) => {
    if (type === LOG_GROUP) {
      const name = READERS[LOG_GROUP](logicalId, raw).LogGroupName ?? logicalId;
      return { ref: name, attributes: { Arn: `arn:aws:logs:${LAB_REGION}:${LAB_ACCOUNT_ID}:log-group:${name}:*` } };
    }
    if (type === BUCKET) {
      const name = READERS[BUCKET](logicalId, raw).BucketName ?? logicalId.toLowerCase();
      return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } };
    }
    READERS[BUCKET_POLICY](logicalId, raw);
    return { ref: logicalId, attributes: {} };
  },
};
