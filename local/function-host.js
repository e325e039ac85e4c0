// Stands in for the Lambda runtime: loads a bundle in a Node.js process of its own and hands it events one by one.
// Like Lambda, it fails an invocation that takes longer than the function has time.
const { handler } = require(process.argv[2]);

process.on('message', ({ invocation, event, remaining }) => {
  const end = Date.now() + remaining;
  const context = { awsRequestId: invocation, getRemainingTimeInMillis: () => end - Date.now() };
  Promise.resolve().then(() => handler(event, context)).then(
    () => process.send({ invocation, error: Date.now() > end ? `Task timed out after ${remaining} ms` : undefined }),
    (error) => process.send({ invocation, error: String(error && error.stack || error) }),
  );
});
