export type LogFields = Record<string, string | number | boolean | undefined>;

/**
 * Writes one line of JSON. It holds only the fields that the caller names, so no event or credential is ever logged.
 */
export type Logger = (fields: LogFields) => void;

export function jsonLogger(common: LogFields, write: (line: string) => void): Logger {
  return (fields) => write(`${JSON.stringify({ time: new Date().toISOString(), ...common, ...fields })}\n`);
}
