// The handler of the CDK's AwsCustomResource as it ships, but for one thing:
// it knows no port but 443, and the bucket of the benchmark has another.
const https = require('node:https');

const request = https.request;
https.request = (options, onResponse) => request(
  options.method === 'PUT' ? { ...options, port: process.env.BENCH_BUCKET_PORT } : options, onResponse,
);

// By path: the package does not export it.
module.exports = require(
  '../../node_modules/aws-cdk-lib/custom-resource-handlers/dist/custom-resources/aws-custom-resource-handler',
);
