import { describe, expect, test } from 'vitest';
import { ApiError } from '../../source/simulator/api-error.ts';
import { decodeCall } from '../../source/simulator/envelope.ts';
import { marshal, unmarshal } from '../../source/simulator/marshal.ts';
import { model56 } from '../../source/simulator/model.ts';
import { floatOfString, int64OfString } from '../../source/simulator/ocaml.ts';
import { parseType } from '../../source/simulator/types.ts';

/** One argument of a call, as a method that wants it of this type would get it, or the error's words. */
function argument(type: string, value: string): unknown {
  const call = decodeCall(
    `<methodCall><methodName>x</methodName><params><param>${value}</param></params></methodCall>`,
  );
  const [param = ''] = call.params;
  try {
    return unmarshal(model56, parseType(type), param, 'value');
  } catch (error) {
    return error instanceof ApiError ? [error.code, ...error.params] : error;
  }
}

const wrong = ['FIELD_TYPE_ERROR', 'value'];

describe('arguments are as strict as genOCaml.ml', () => {
  test.each([
    ['string', '<value>bare</value>', 'bare'],
    ['string', '<value> lead and trail </value>', ' lead and trail '],
    ['string', '<value><string>a<!-- comment -->b<![CDATA[<]]></string></value>', 'ab<'],
    ['string', '<value>  </value>', ''],
    ['string', '<value><string>\n\t </string></value>', ''],
    ['string', '<value/>', ''],
    ['string', '\n<value>\n <string>laid out</string>\n</value>', 'laid out'],
    ['string', '<value><int>3</int></value>', wrong],
    ['string', '<value type="x">attributes</value>', wrong],
    ['string', '<value><array><data/></array></value>', wrong],
    ['int', '<value>5</value>', 5],
    ['int', '<value><string>0x10</string></value>', 16],
    ['int', '<value><int>5</int></value>', wrong],
    ['int', '<value><i4>5</i4></value>', wrong],
    ['int', '<value> 5</value>', wrong],
    ['bool', '<value><boolean>1</boolean></value>', true],
    ['bool', '<value><boolean>0</boolean></value>', false],
    ['bool', '<value><boolean>2</boolean></value>', true],
    ['bool', '<value><string>true</string></value>', wrong],
    ['bool', '<value>1</value>', wrong],
    ['float', '<value><double>1.5</double></value>', 1.5],
    ['float', '<value>1.5</value>', wrong],
    ['enum on_normal_exit', '<value>Destroy</value>', 'destroy'],
    ['enum on_normal_exit', '<value>explode</value>', wrong],
    ['set string', '<value><array><data><value>a</value><value/></data></array></value>', ['a', '']],
    ['set string', '<value><array><data><value><int>1</int></value></data></array></value>', wrong],
    ['map string string', '<value><struct/></value>', {}],
    ['map string string', '<value><struct><member><name/><value>v</value></member></struct></value>', { '': 'v' }],
    ['map string string', '<value>zzz</value>', wrong],
    [
      'record VIF',
      '<value>zzz</value>',
      ['XMLRPC_UNMARSHAL_FAILURE', "unbox: PCData=zzz should contain 'struct'", 'zzz'],
    ],
    [
      'record VBD',
      '<value><struct><member><name>type</name><value>X</value></member></struct></value>',
      ['INTERNAL_ERROR', 'Server_helpers.Dispatcher_FieldNotFound("VM")'],
    ],
  ])('%s from %s', (type, value, expected) => {
    expect(argument(type, value)).toEqual(expected);
  });
});

describe('numbers as OCaml reads them', () => {
  test.each([
    ['5', 5],
    ['+5', 5],
    ['-5', -5],
    ['1_000', 1000],
    ['0x10', 16],
    ['-0xff', -255],
    ['0b101', 5],
    ['0o17', 15],
    ['0xffffffffffffffff', -1],
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
  ])('%s is an int64', (text, expected) => {
    expect(int64OfString(text)).toBe(expected);
  });

  test.each(['', ' 5', '5 ', '_5', '5.0', '0x', '0b2', '5a', '9223372036854775808', '0x1ffffffffffffffff'])(
    '%j is none',
    (text) => {
      expect(() => int64OfString(text)).toThrow('Int64.of_string');
    },
  );

  test('floats', () => {
    expect(['1', '1.', '-1.5e3', '1_0.5', 'nan', '-inf'].map(floatOfString)).toEqual([
      1,
      1,
      -1500,
      10.5,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
    ]);
    for (const bad of ['', 'x', '1e', ' 1']) expect(() => floatOfString(bad)).toThrow('float_of_string');
  });
});

test('what is empty closes itself, and what XML forbids is left out', () => {
  expect(marshal(model56, parseType('set string'), [])).toBe('<value><array><data/></array></value>');
  expect(marshal(model56, parseType('map string string'), { '': '' })).toBe(
    '<value><struct><member><name/><value/></member></struct></value>',
  );
  expect(marshal(model56, parseType('string'), 'a\u0001<&>"\'b\n')).toBe("<value>a&lt;&amp;&gt;&quot;'b\n</value>");
  expect(marshal(model56, parseType('float'), 0.1 + 0.2)).toBe('<value><double>0.3</double></value>');
});
