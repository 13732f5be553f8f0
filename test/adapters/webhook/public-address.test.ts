import { expect, it } from 'vitest';
import { isPublicAddress } from '../../../adapters/webhook/public-address.ts';

it.each([
  ['of this host', '127.0.0.1', '127.255.255.254', '0.0.0.0', '::1', '::'],
  ['of a private network', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd00::1'],
  ['of a link, as cloud metadata is', '169.254.169.254', 'fe80::1', 'fe80::1%lo'],
  ['of a carrier', '100.64.0.1', '100.127.255.255'],
  ['of many', '224.0.0.1', '239.1.1.1', '255.255.255.255', 'ff02::1'],
  ['of documents and measurements', '192.0.2.1', '198.18.0.1', '203.0.113.1', '2001:db8::1'],
  [
    'that stands for another',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
  ],
  ['of no use in the internet', '240.0.0.1', '192.0.0.8', '2001::1', '5f00::1'],
  ['that is none', '', 'localhost', '2130706433', '0x7f.1', '127.1'],
])('an address %s is not public', (_, ...addresses) => {
  expect(addresses.filter(isPublicAddress)).toEqual([]);
});

it('an address of the internet is public, up to the bounds of what is not', () => {
  const addresses = ['8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0'];
  const more = ['172.15.255.255', '172.32.0.0', '223.255.255.255', '2606:4700:4700::1111'];
  expect([...addresses, ...more].filter((address) => !isPublicAddress(address))).toEqual([]);
});
