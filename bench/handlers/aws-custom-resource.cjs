// The handler of CDK's AwsCustomResource as it ships, but for one thing:
// it knows no port but 443, and the bucket of a benchmark has another.
const https = require('node:https');

const request = https.request;
const toBucket = process.env.BENCH_BUCKET_PROTOCOL === 'http:' ? require('node:http').request : request;
https.request = (options, onResponse) => options.method === 'PUT'
  ? toBucket({ ...options, port: process.env.BENCH_BUCKET_PORT }, onResponse)
  : request(options, onResponse); // the SDK's

// By path: the package does not export it.
module.exports = require(
  '../../node_modules/aws-cdk-lib/custom-resource-handlers/dist/custom-resources/aws-custom-resource-handler',
);
