import type { ResourceEvent } from './events';
import { handle, InvocationContext } from './handler';
import { systemClock } from './runtime/clock';

/** The entry point of the function. */
export async function handler(event: ResourceEvent, context: InvocationContext): Promise<void> {
  await handle(event, context, {
    clock: systemClock,
    functionRegion: process.env.AWS_REGION!,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME!,
    writeLog: (line) => process.stdout.write(line),
  });
}
