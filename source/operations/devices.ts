/** The structs of VIF.create and VBD.create; every field of them is required by 5.6. */
export const vifRecord = (vm: string, network: string, mac: string) => ({
  device: '0',
  network,
  VM: vm,
  MAC: mac,
  MTU: '1500',
  other_config: {},
  qos_algorithm_type: '',
  qos_algorithm_params: {},
});

/** A CD drive with a disc in it; xapi wants it read-only (xapi_vbd_helpers.ml). */
export const cdRecord = (vm: string, vdi: string, device: string) => ({
  VM: vm,
  VDI: vdi,
  userdevice: device,
  bootable: false,
  mode: 'RO',
  type: 'CD',
  unpluggable: true,
  empty: false,
  other_config: {},
  qos_algorithm_type: '',
  qos_algorithm_params: {},
});
