import { xe } from '../../text/shell.ts';
import { type ActionKind, selfOf, theirChange } from './action.ts';
import { readRecord, setField } from './record.ts';

const parameter = {
  PV_bootloader: 'PV-bootloader',
  PV_bootloader_args: 'PV-bootloader-args',
  PV_args: 'PV-args',
  name_description: 'name-description',
  domain_type: 'domain-type',
} as const;

export const setFieldKind: ActionKind<'set-field'> = {
  describe({ field, before, after }, { uuid, kind }) {
    // xe writes pv-in-pvh where the API has pv_in_pvh (record_util.ml).
    const said = (value: string) => (field === 'domain_type' ? value.replaceAll('_', '-') : value);
    const set = (value: string) => xe(`${kind}-param-set`, { uuid, [parameter[field]]: said(value) });
    return {
      step: `set ${parameter[field]}`,
      before: before ?? '',
      after,
      xe: [set(after)],
      undo: before === null ? [] : [set(before)],
    };
  },
  perform: ({ field, after }, bench) => setField(bench.session, selfOf(bench), field, after),
  happened: async ({ field, after }, bench) => (await readRecord(bench.session, selfOf(bench)))[field] === after,
  repeatable: true,
  async undo({ field, before, after }, bench) {
    const now = (await readRecord(bench.session, selfOf(bench)))[field];
    if (before === null || now === before) return null;
    if (now !== after) return theirChange;
    await setField(bench.session, selfOf(bench), field, before);
    return null;
  },
};
