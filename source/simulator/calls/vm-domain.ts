import { type Handlers, text } from './context.ts';

/**
 * What kind of domain a VM becomes. Each of the two fields follows the other (xapi_vm_helpers.ml since 7.5:
 * derive_domain_type, derive_hvm_boot_policy); up to 7.4 there is the policy alone.
 */
export const vmDomainCalls: Handlers = {
  set_domain_type({ world }, vm, value) {
    world.database.set('VM', text(vm), 'domain_type', value ?? '');
    world.database.set('VM', text(vm), 'HVM_boot_policy', value === 'hvm' ? 'BIOS order' : '');
    return '';
  },
  set_HVM_boot_policy({ world }, vm, value) {
    world.database.set('VM', text(vm), 'HVM_boot_policy', value ?? '');
    if ('domain_type' in world.database.get('VM', text(vm)))
      world.database.set('VM', text(vm), 'domain_type', value === '' ? 'pv' : 'hvm');
    return '';
  },
};
