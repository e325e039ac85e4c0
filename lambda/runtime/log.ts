import { redact } from './redact';

export type LogFields = Record<string, string | number | boolean | undefined>;

/** As AWS Lambda filters lines: ERROR needs a person, WARN tells of missing evidence or of a long wait. */
export type LogLevel = 'ERROR' | 'WARN' | 'INFO';

/** Writes one line of JSON. It holds only the fields that the caller names, so no event is ever logged. */
export type Logger = (fields: LogFields, level?: LogLevel) => void;

/** Writes `timestamp` and `level` as AWS Lambda's JSON logging reads them, and no credentials. */
export function jsonLogger(common: LogFields, write: (line: string) => void): Logger {
  const withoutCredentials = (_: string, value: unknown) => typeof value === 'string' ? redact(value) : value;
  return (fields, level = 'INFO') => {
    const line = { timestamp: new Date().toISOString(), level, ...common, ...fields };
    write(`${JSON.stringify(line, withoutCredentials)}\n`);
  };
}
