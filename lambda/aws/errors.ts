/** Whether a service does not allow the call. For EventBridge Scheduler, an unknown role is an invalid parameter. */
export function isDenied({ name, message }: Error): boolean {
  return /^(AccessDenied|NotAuthorized|UnauthorizedOperation)/.test(name)
    || (name === 'ValidationException' && /\bassume the role\b/.test(message));
}

/** Whether a service does not know the credentials, under the names of the protocols JSON and Query. */
export function isUnrecognized({ name }: Error): boolean {
  return /^(UnrecognizedClient|InvalidClientTokenId)/.test(name);
}

type ConnectionError = NodeJS.ErrnoException & Partial<AggregateError>;

/** Whether a request was never sent: no address, no connection, or no certificate that is valid. */
export function isUnsent(error: Error): boolean {
  const { code = '', syscall = '', errors, message }: ConnectionError = error;
  return errors?.every(isUnsent)
    ?? (['getaddrinfo', 'connect'].includes(syscall)
      || /^(CERT_|DEPTH_ZERO_|ERR_TLS_CERT_|SELF_SIGNED_|UNABLE_TO_)/.test(code)
      || /did not establish a connection|before secure TLS connection was established/.test(message));
}

/** For the log and for reasons. An error that stands for those of several addresses has a code only. */
export function messageOf(error: unknown): string {
  const { name, message, code, errors = [] } = error as ConnectionError;
  // The message about a wrong signature quotes all signed headers, including the session token.
  const safe = message.replace(/\s*(The )?Canonical String[^]*/i, '')
    || code || errors.map((inner) => inner.code).join(', ');
  return name === 'Error' ? safe : [name, safe].filter(Boolean).join(': ');
}
