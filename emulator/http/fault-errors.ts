import {
  AccessDeniedException, AwsError, ThrottlingException, UnrecognizedClientException, WAFInternalErrorException,
  WAFInvalidOperationException, WAFOptimisticLockException,
} from '../errors';
import { FaultKind } from '../services/faults';
import { Caller } from '../services/key-location';

/** The error of a fault that is one; the others happen to the connection or to the response. */
export function errorOf(kind: FaultKind, operation: string, { account }: Caller): AwsError | undefined {
  switch (kind) {
    case 'AccessDeniedException':
      return new AccessDeniedException(`User: arn:aws:sts::${account}:assumed-role/emulator/emulator is not authorized `
        + `to perform: wafv2:${operation}`
        + ` because no identity-based policy allows the wafv2:${operation} action`);
    case 'ThrottlingException': return new ThrottlingException();
    case 'UnrecognizedClientException': return new UnrecognizedClientException();
    case 'WAFInternalErrorException': return new WAFInternalErrorException();
    case 'WAFInvalidOperationException': return new WAFInvalidOperationException();
    case 'WAFOptimisticLockException': return new WAFOptimisticLockException();
    default: return undefined;
  }
}
