// Stands in for the Lambda runtime: loads a bundle in a Node.js process of its own and hands it events one by one.
// Like Lambda, it fails an invocation that takes longer than the function has time.
const { handler } = require(process.argv[2]);

process.on('message', ({ invocation, event, remaining, invokedFunctionArn }) => {
  const end = Date.now() + remaining;
  const context = {
    awsRequestId: invocation, invokedFunctionArn, getRemainingTimeInMillis: () => end - Date.now(),
  };
  // On the way of the log, so that it comes after the last line.
  const report = (error) => process.stdout.write(`\u001e${JSON.stringify({ invocation, error })}\n`);
  Promise.resolve().then(() => handler(event, context)).then(
    () => report(Date.now() > end ? `Task timed out after ${remaining} ms` : undefined),
    (error) => report(String(error && error.stack || error)),
  );
});
