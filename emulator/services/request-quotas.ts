import type { Clock } from '.';
import { Caller } from './api-keys';
import { ThrottlingException } from '../errors';
import { AWS_QUOTAS, QuotaClass, SettingsStore } from '../settings';

/** No window of a second ever holds more requests than the quota; refused requests do not count. */
export class RequestQuotas {
  private readonly taken = new Map<string, number[]>();

  constructor(private readonly settings: SettingsStore, private readonly clock: Clock) {}

  public take(quotaClass: QuotaClass, { account, region }: Caller): void {
    const perSecond = this.perSecond(quotaClass);
    if (perSecond === undefined) return;
    // Less than one a second is one in a longer window.
    const requests = Math.max(1, Math.floor(perSecond));
    const windowMs = perSecond < 1 ? 1000 / perSecond : 1000;
    const now = this.clock.now();
    const name = `${account}/${region}/${quotaClass}`;
    const recent = (this.taken.get(name) ?? []).filter((time) => now < time + windowMs);
    if (recent.length >= requests) throw new ThrottlingException();
    this.taken.set(name, [...recent, now]);
  }

  public reset(): void {
    this.taken.clear();
  }

  private perSecond(quotaClass: QuotaClass): number | undefined {
    const { quotas } = this.settings.current;
    switch (quotas) {
      case 'aws': return AWS_QUOTAS[quotaClass];
      case 'none': return undefined;
      default: return quotas[quotaClass];
    }
  }
}
