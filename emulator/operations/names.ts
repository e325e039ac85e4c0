export const OPERATION_NAMES = ['CreateAPIKey', 'ListAPIKeys', 'GetDecryptedAPIKey', 'DeleteAPIKey'] as const;

export type OperationName = typeof OPERATION_NAMES[number];
