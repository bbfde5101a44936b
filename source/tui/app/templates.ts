import { sortTemplates, type TemplateFacts, templateFacts } from '../../hosts/template.ts';
import type { Vm } from '../../hosts/vm.ts';
import type { VmRecord } from '../../xapi/records.ts';

/** The templates of the host as they were last read, and the one that is worked with. */
export interface Templates {
  /** Those for FAI first. */
  readonly items: readonly TemplateFacts[];
  /** By uuid. */
  readonly records: ReadonlyMap<string, Vm>;
  /** Uuid. */
  readonly chosen: string | null;
}

export const noTemplates: Templates = { items: [], records: new Map(), chosen: null };

export const readTemplates = (vms: readonly Vm[], chosen: string | null): Templates => ({
  items: sortTemplates(vms.map(templateFacts)),
  records: new Map(vms.map((vm) => [vm.record.uuid, vm])),
  chosen,
});

/** The same templates, one of them read again. */
export const withTemplate = ({ records, chosen }: Templates, vm: Vm): Templates =>
  readTemplates([...new Map(records).set(vm.record.uuid, vm).values()], chosen);

export const chosenRecord = ({ records, chosen }: Templates): VmRecord | undefined =>
  records.get(chosen ?? '')?.record;

export const chosenFacts = ({ items, chosen }: Templates): TemplateFacts | undefined =>
  items.find(({ uuid }) => uuid === chosen);
