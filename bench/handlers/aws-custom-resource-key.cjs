// A key as people make it without this package, and without the URL of the script.
exports.awsCustomResourceKey = (scope, id, TokenDomains) => {
  // Loaded as late as a user's own file would: it is part of aws-cdk-lib.
  const { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId, PhysicalResourceIdReference } = require(
    'aws-cdk-lib/custom-resources',
  );
  const call = (action, parameters) => ({
    service: 'wafv2', action, region: 'us-east-1', parameters: { Scope: 'CLOUDFRONT', ...parameters },
  });
  const create = {
    ...call('createAPIKey', { TokenDomains }), physicalResourceId: PhysicalResourceId.fromResponse('APIKey'),
  };
  return new AwsCustomResource(scope, id, {
    onCreate: create,
    onUpdate: create,
    onDelete: call('deleteAPIKey', { APIKey: new PhysicalResourceIdReference() }),
    installLatestAwsSdk: false,
    policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: AwsCustomResourcePolicy.ANY_RESOURCE }),
  });
};
