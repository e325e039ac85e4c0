export type LogFields = Record<string, string | number | boolean | undefined>;

/** Writes one line of JSON; what is not named by the caller is not in it, so no event or credential ever is. */
export type Log = (fields: LogFields) => void;

export function lineLog(common: LogFields, write: (line: string) => void): Log {
  return (fields) => write(`${JSON.stringify({ time: new Date().toISOString(), ...common, ...fields })}\n`);
}
