export type { OperationName } from './model/input';
export type { Call } from './services';
export type { ApiKey, KeyLocation, Scope } from './services/api-keys';
export type { Fault, FaultKind } from './services/faults';
export { AWS_QUOTAS, DEFAULT_SETTINGS } from './settings';
export type { IntegrationUrlVariant, QuotaClass, Quotas, Settings } from './settings';
export { WafEmulator } from './waf-emulator';
export type { NewKey, WafEmulatorOptions } from './waf-emulator';
