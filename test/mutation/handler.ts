import path from 'node:path';
import { loadTests } from './load';

const lambda = path.join(__dirname, '..', 'lambda');

loadTests([lambda, path.join(lambda, 'aws'), path.join(lambda, 'key')], {
  last: [
    'secrets', 'reasons', 'sequences-cancelled', 'sequences', 'roll-back', 'grace-period', 'lagging-view',
    'grace-period-sequences', 'limits', 'lifecycle-delete', 'confirmation', 'throttling', 'cancellation', 'retry',
    'delivery', 'faults', 'grace-period-roll-back', 'grace-period-guard', 'grace-period-sweep',
  ],
  without: ['connection', 'quota', 'scale'],
});
