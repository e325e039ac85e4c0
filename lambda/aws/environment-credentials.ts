/**
 * Replaces `@aws-sdk/credential-provider-node` in the bundle. AWS Lambda passes the role's credentials as environment
 * variables, so the bundle needs none of the other sources: they would double its size.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
