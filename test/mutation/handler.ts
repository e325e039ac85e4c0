import path from 'node:path';
import { loadTests } from './load';

const lambda = path.join(__dirname, '..', 'lambda');

loadTests([lambda, path.join(lambda, 'aws'), path.join(lambda, 'key')], {
  last: [
    'limits', 'lifecycle-delete', 'delivery', 'confirmation', 'lagging-view', 'secrets', 'sequences-cancelled',
    'sequences', 'grace-period-sequences', 'grace-period-roll-back', 'faults', 'cancellation', 'retry',
    'grace-period-sweep', 'throttling',
  ],
  without: ['connection', 'real-time', 'scale'],
});
