import { describe, expect, it } from 'vitest';
import {
  type ErasedPerson,
  IdentityReplacer,
} from '../../../../core/people/erasure/identity-replacer.ts';

const person: ErasedPerson = {
  address: 'taro.yamada@toritsugi.example',
  subs: ['a1', 'b1c2d3e4-f5a6'],
  names: ['山田 太郎', 'Taro Yamada', '山'],
  phones: ['090-1234-5678', '1234'],
  pseudonym: 'erased-0707',
};
const replacer = new IdentityReplacer(person);
const address = 'erased-0707@erased.invalid';

describe('a text', () => {
  it.each([
    ['an address', '<Taro.Yamada@Toritsugi.Example>,', `<${address}>,`],
    [
      'an address in a URL',
      '/v1/people/taro.yamada%40toritsugi.example/x',
      '/v1/people/erased-0707%40erased.invalid/x',
    ],
    ['an address at the end of a sentence', 'taro.yamada@toritsugi.example.', `${address}.`],
    ['the end of another address', 'ken-taro.yamada@toritsugi.example', undefined],
    ['the beginning of another domain', 'taro.yamada@toritsugi.example.net', undefined],
    ['another domain', 'taro.yamada@toritsugi.example-2', undefined],
    ['a part of a key', 'AUDIT#a1#x', 'AUDIT#erased-0707#x'],
    ['a short sub within a word', 'a1b a1-2', undefined],
    ['a sub among others', '"b1c2d3e4-f5a6"', '"erased-0707"'],
    ['the beginning of another sub', 'b1c2d3e4-f5a6-9', undefined],
  ])('has %s replaced or left', (_, text, replaced) => {
    expect(replacer.replaceText(text, 'identity')).toBe(replaced ?? text);
    expect(replacer.mentions(text, 'identity')).toBe(replaced !== undefined);
  });

  it.each([
    ['a name', '山田太郎様、山田　太郎さん', 'erased-0707様、erased-0707さん'],
    ['a name the other way round', 'Yamada, Taro and TARO YAMADA', 'erased-0707 and erased-0707'],
    ['a name within a word', 'Taro Yamadas', undefined],
    ['a name of one letter', '山のふもと', undefined],
    [
      'a number',
      '０90 1234 5678, 09012345678, +81 90-1234-5678',
      '０90 1234 5678, erased-0707, erased-0707',
    ],
    ['a number within another', '109012345678', undefined],
    ['an extension', 'ext. 1234', undefined],
  ])('that concerns them has %s replaced or left', (_, text, replaced) => {
    expect(replacer.replaceText(text, 'all')).toBe(replaced ?? text);
    expect(replacer.replaceText(text, 'identity')).toBe(text);
  });

  it('is not replaced twice', () => {
    const once = replacer.replaceText('山田太郎 taro.yamada@toritsugi.example', 'all');
    expect(replacer.replaceText(once, 'all')).toBe(once);
  });
});

describe('a value', () => {
  it('loses what stands beside the person, and nothing beside others', () => {
    const others = { sub: 'c9', name: '山田 太郎', phone: '090-0000-0000', vip: true };
    const requester = {
      ...{ address: person.address, sub: 'a1', name: 'たろう', phone: '1', department: '営業' },
      ...{ vip: true, external: false },
    };
    expect(replacer.replaceValue({ requester, others: [others] }, 'all')).toEqual({
      requester: { address, sub: 'erased-0707', name: 'erased-0707', external: false },
      others: [others],
    });
  });

  it('is theirs by name and number together, where nothing else says whose it is', () => {
    const caller = { name: '山田 太郎', phone: '+81 90 1234 5678' };
    expect(replacer.isAbout(caller)).toBe(true);
    expect(replacer.isAbout({ ...caller, name: '鈴木' })).toBe(false);
    expect(replacer.isAbout({ ...caller, address: 'other@toritsugi.example' })).toBe(false);
  });
});
