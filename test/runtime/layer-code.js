// Code of others in the function's process, as a layer may bring
// it: it says in which process it is, and goes wrong when told to.
process.stdout.write(`${JSON.stringify({ process: process.pid, node: process.version })}\n`);
process.on('SIGUSR2', () => void Promise.reject(new Error('of somebody else')));
