// One cold start: a new process that loads a handler and gives it one event, as Lambda does.
const [,, file, event] = process.argv;
const end = Date.now() + 600_000;
require(file).handler(JSON.parse(event), {
  awsRequestId: 'invocation-1',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:bench',
  getRemainingTimeInMillis: () => end - Date.now(),
}).then(
  () => {
    // The figures go to a file descriptor of their own: handlers write their log to stdout.
    require('node:fs').writeSync(
      3, JSON.stringify({ memory: process.resourceUsage().maxRSS, cpu: process.cpuUsage() }),
    );
    process.exit(0);
  },
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
