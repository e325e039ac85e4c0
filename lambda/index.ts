import type { ResourceEvent } from './events';
import { handle, InvocationContext } from './handler';
import { systemClock } from './runtime/clock';

/** The entry point of the function. */
export async function handler(event: ResourceEvent, context: InvocationContext): Promise<void> {
  await handle(event, context, {
    clock: systemClock,
    functionRegion: process.env.AWS_REGION!,
    environment: process.env,
    writeLog: (line) => process.stdout.write(line),
  });
}
