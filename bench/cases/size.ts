import { packageSize, zippedHandlerSize } from '../../scripts/sizes';
import { round } from '../measure';
import { BenchCase, CaseReport } from '../report';

export const size: BenchCase = {
  name: 'size',
  title: 'What is shipped',

  async run(): Promise<CaseReport> {
    const bundle = zippedHandlerSize() / 1024;
    const { packed, unpacked } = packageSize();
    return {
      text: [
        'The handler as Lambda gets it, and the package as npm packs it. AwsCustomResource is a part of aws-cdk-lib,',
        'and its handler loads the SDK that Lambda brings.',
      ].join(' '),
      head: ['', 'KB'],
      rows: [
        ['handler, zipped', round(bundle)],
        ['package, packed', round(packed / 1024)],
        ['package, unpacked', round(unpacked / 1024)],
      ],
      ratios: [
        { what: 'handler, zipped, in 100 KB', value: round(bundle / 100, 2), goal: 1 },
        { what: 'package, packed, in 250 KB', value: round(packed / 1024 / 250, 2), goal: 1 },
      ],
      raw: { bundle, packed, unpacked },
    };
  },
};
