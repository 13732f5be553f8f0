import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressRange, isInAddressRange } from '../../../../core/intake/mail/address-range.ts';
import { runs } from '../../../support/volumes.ts';

describe('an address range', () => {
  it.each<[string, string, boolean]>([
    ['192.0.2.25', '192.0.2.25', true],
    ['192.0.2.26', '192.0.2.25', false],
    ['192.0.2.255', '192.0.2.0/24', true],
    ['192.0.3.0', '192.0.2.0/24', false],
    ['::ffff:192.0.2.25', '192.0.2.0/24', true],
    ['2001:db8::25', '2001:db8::/32', true],
    ['2001:0DB8:0:0:0:0:0:25', '2001:db8::25', true],
    ['2001:db9::25', '2001:db8::/32', false],
    ['2001:db8::25', '0.0.0.0/0', false],
    ['192.0.2.25', '::/0', false],
    ['gate.toritsugi.example', '0.0.0.0/0', false],
    ['', '0.0.0.0/0', false],
  ])('asked for %s in %s says %s', (address, range, isIn) => {
    expect(isInAddressRange(address, AddressRange.parse(range))).toBe(isIn);
  });

  it('holds the addresses that Node says it holds', () => {
    const versions = [
      ['ipv4', fc.ipV4(), 32],
      ['ipv6', fc.ipV6(), 128],
    ] as const;
    for (const [version, addresses, bits] of versions) {
      fc.assert(
        fc.property(
          addresses,
          addresses,
          fc.integer({ min: 1, max: bits }),
          (net, other, prefix) => {
            const list = new BlockList();
            list.addSubnet(net, prefix, version);
            for (const address of [net, other]) {
              const isIn = isInAddressRange(address, `${net}/${prefix}`);
              expect(isIn).toBe(list.check(address, version));
            }
          },
        ),
        runs(200),
      );
    }
  });

  it.each(['gate.toritsugi.example', '192.0.2', '192.0.2.0/33', '2001:db8::/129', '*'])(
    'is not %s',
    (text) => {
      expect(AddressRange.safeParse(text).success).toBe(false);
    },
  );
});
