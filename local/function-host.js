// Stands in for the Lambda runtime: loads a bundle in a Node.js process of its own and hands it events one by one.
const { handler } = require(process.argv[2]);

process.on('message', ({ invocation, event, remaining }) => {
  const end = Date.now() + remaining;
  const context = { awsRequestId: invocation, getRemainingTimeInMillis: () => end - Date.now() };
  Promise.resolve().then(() => handler(event, context)).then(
    () => process.send({ invocation }),
    (error) => process.send({ invocation, error: String(error && error.stack || error) }),
  );
});
