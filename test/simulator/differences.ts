import { model56 } from '../../source/simulator/model.ts';
import type { Difference } from './replay.ts';

// What a xapi of 2022 answers otherwise than the one of May 2010, and why. Sources are those of xen-api@030a348661
// where nothing else is said. The counts hold the table still: a difference more, or less, is a failed test.

export interface Meant {
  readonly what: string;
  readonly because: string;
  /** In how many calls. */
  readonly calls: number;
  readonly is: (difference: Difference) => boolean;
}

const classOf = ({ method }: Difference): string =>
  method.startsWith('event.') ? 'VM' : (method.replace('Async.', '').split('.')[0] ?? '');
const last = ({ at }: Difference): string => at.split('.').at(-1) ?? '';
const list = (json: string): readonly string[] => (json.startsWith('[') ? (JSON.parse(json) as string[]) : []);
const both = (form: RegExp, { recorded, simulated }: Difference): boolean =>
  form.test(recorded) && form.test(simulated);

const laterOperations = ['changing_NVRAM', 'changing_shadow_memory', 'migrate_send'];
const machine = ['host', 'host_metrics', 'pool', 'SR', 'SM', 'network', 'PIF', 'PBD', 'console'];
const cases =
  (...names: string[]) =>
  (difference: Difference): boolean =>
    names.includes(difference.case);

export const meant: readonly Meant[] = [
  {
    what: 'the record of the last boot',
    because:
      'up to 6.0 every start writes last_booted_record and domarch (message_forwarding.ml, vmops.ml); from 7.3 on only suspending does',
    calls: 9,
    is: (one) => last(one) === 'last_booted_record' || last(one) === 'domarch',
  },
  {
    what: 'how the last shutdown came about',
    because: 'xapi_vm.ml, record_shutdown_details, up to 6.0; nothing of it is left in 22.31',
    calls: 7,
    is: (one) => last(one).startsWith('last_shutdown_'),
  },
  {
    what: 'base_template_name',
    because: 'clones carry it from 6.1 on',
    calls: 56,
    is: (one) => last(one) === 'base_template_name',
  },
  {
    what: 'fields of later releases',
    because: 'the data model of 5.6 has none of them',
    calls: 99,
    is: (one) => {
      const inRecord = /^\.Value(\.\*|\[\d+\]\.snapshot)?\.\w+$/.test(one.at);
      return (
        inRecord && one.simulated === 'nothing' && model56.classes.get(classOf(one))?.fields.has(last(one)) === false
      );
    },
  },
  {
    what: 'operations of later releases',
    because: 'allowed_operations has no changing_NVRAM, changing_shadow_memory, migrate_send (xapi_vm_lifecycle.ml)',
    calls: 52,
    is: ({ recorded, simulated }) => {
      const old = list(recorded).filter((operation) => !laterOperations.includes(operation));
      return old.length < list(recorded).length && JSON.stringify(old) === simulated;
    },
  },
  {
    what: 'the parent of a clone is what it was made of',
    because: "xapi_vm_clone.ml: later it is nobody; the parent's children and two events go with it",
    calls: 44,
    is: (one) => ['parent', 'children'].includes(last(one)) || cases('copy parent', 'ev clone', 'ev destroy')(one),
  },
  {
    what: 'memory_overhead of a PV guest',
    because: 'memory.ml: 1 MiB, later as for HVM',
    calls: 53,
    is: (one) => last(one) === 'memory_overhead' && one.simulated === '"1048576"',
  },
  {
    what: 'times',
    because: 'the replay is later than the recording',
    calls: 35,
    is: (one) => both(/^"(\d{8}T[\d:]{8}Z|\d{10}\.)"$/, one) && !/19700101/.test(one.recorded + one.simulated),
  },
  {
    what: 'numbers of events and tracks',
    because: 'the real xapi had been running for a while',
    calls: 9,
    is: (one) => last(one) === 'id' || one.method === 'event.get_current_id' || both(/^"trackid=/, one),
  },
  {
    what: 'another machine',
    because: 'its name, size, storage, networks and what its population has done before',
    calls: 28,
    is: (one) =>
      (machine.includes(classOf(one)) && /\.(get_(all_)?records?|compute_free_memory)$/.test(one.method)) ||
      (/get_all_records$/.test(one.method) && /^\.Value\.\*$/.test(one.at)),
  },
  {
    what: 'a MAC made of a seed',
    because: 'the seed is another one; gen_mac itself is tested in api.test.ts',
    calls: 1,
    is: (one) => last(one) === 'MAC' && both(/^"[0-9a-f]{2}(:[0-9a-f]{2}){5}"$/, one),
  },
  {
    what: 'an argument of the wrong type',
    because: 'FIELD_TYPE_ERROR names the argument (genOCaml.ml); an integer is a string, `<int>` is none',
    calls: 10,
    is: (one) =>
      cases('int64 as i4', 'int64 as int')(one) ||
      one.simulated === '"FIELD_TYPE_ERROR"' ||
      (/^\.ErrorDescription\[1\]$/.test(one.at) && /^"Failure\(/.test(one.recorded)),
  },
  {
    what: 'a template made into a template',
    because: 'VM_IS_TEMPLATE: make_into_template is no operation of a template (xapi_vm_lifecycle.ml:check_template)',
    calls: 1,
    is: cases('bool as 2'),
  },
  {
    what: 'a filter that cannot be read',
    because: 'what the lexer raises is an internal error (exnHelper.ml)',
    calls: 1,
    is: cases('where bad'),
  },
  {
    what: 'no asynchronous mode',
    because: 'an XML-RPC fault (server_helpers.ml:do_dispatch)',
    calls: 1,
    is: cases('Async of non-async'),
  },
  {
    what: 'GET /',
    because: 'a file, which is not there (fileserver.ml)',
    calls: 1,
    is: cases('GET / status'),
  },
  {
    what: 'text of blanks alone',
    because: 'is no text (xml-light2/xml.ml:is_empty)',
    calls: 1,
    is: cases('PV_args only spaces'),
  },
  {
    what: 'an empty key in a map',
    because: 'nobody minds (db_cache.ml:process_structured_field)',
    calls: 2,
    is: cases('add empty key'),
  },
  {
    what: 'bad XML in `disks`',
    because: 'the exception is printed by OCaml (xml-light2/xml.ml)',
    calls: 3,
    is: (one) => one.simulated === '"Xml.Error(_)"',
  },
  {
    what: 'a card on no network, or of no VM',
    because:
      'nobody looks (xapi_vif_helpers.ml:create), so the next card finds device 4 taken; no VM has no mac_seed',
    calls: 3,
    is: cases('VIF bad network', 'VIF bad VM', 'VIF extra field'),
  },
  {
    what: 'memory limits without DMC',
    because: 'MEMORY_CONSTRAINT_VIOLATION in words (xapi_vm_memory_constraints.ml)',
    calls: 3,
    is: ({ method, at }) => method === 'VM.set_memory_limits' && /^\.ErrorDescription/.test(at),
  },
  {
    what: 'snapshot_metadata',
    because: 'a row of the database, which has other columns',
    calls: 1,
    is: (one) => last(one) === 'snapshot_metadata',
  },
  {
    what: 'xvda beside 0',
    because:
      'two names of one device clash once it was attached only (xapi_vbd_helpers.ml:create); so the drive is made',
    calls: 1,
    is: cases('VBD dev xvda clash'),
  },
  {
    what: 'a disk in a CD drive',
    because: 'VDI_IS_NOT_ISO (xapi_vdi_helpers.ml)',
    calls: 1,
    is: cases('VBD VDI in a CD'),
  },
  {
    what: 'that drive is still there',
    because: 'see: xvda beside 0',
    calls: 2,
    is: cases('VBDs after', 'VDI destroy V2'),
  },
  {
    what: 'what a storage plug-in can do',
    because: 'the recorded one is a dummy, which can update and forget',
    calls: 2,
    is: (one) => classOf(one) === 'VDI' && last(one) === 'allowed_operations',
  },
  {
    what: 'the name of the local superuser',
    because: 'is empty (xapi_session.ml:login_as_local_superuser)',
    calls: 2,
    is: (one) => last(one) === 'auth_user_name',
  },
  {
    what: 'the result of a void call',
    because: 'is nothing at all (taskHelper.ml:set_result_on_task)',
    calls: 6,
    is: (one) => last(one) === 'result' && one.recorded === '"<value></value>"' && one.simulated === '""',
  },
  {
    what: 'still pending',
    because: 'the replay asks when the task is done, the recorder asked at once',
    calls: 5,
    is: (one) =>
      /^task\./.test(one.method) &&
      ['allowed_operations', 'finished', 'status', 'progress', 'result', 'subtasks'].includes(last(one)),
  },
  {
    what: 'what a boot leaves behind',
    because: 'the hypervisor of the recording is a mock; it has guest metrics and no console',
    calls: 12,
    is: (one) =>
      /cancel_points_seen|\.(last_boot_CPU_flags|bios_strings)\./.test(one.at) ||
      (/^VM\./.test(one.method) &&
        /^xenfai (start|stop|rearm)/.test(one.case) &&
        ['allowed_operations', 'memory_target', 'consoles', 'domid', 'guest_metrics'].includes(last(one))),
  },
  {
    what: 'the metrics of dom0 and of what was made before',
    because: 'the population of this world measures nothing',
    calls: 1,
    is: (one) => one.method === 'VM_metrics.get_all_records',
  },
  {
    what: 'the description of the template',
    because: 'an earlier recording of the same xapi had changed it',
    calls: 7,
    is: (one) => last(one) === 'name_description' && one.recorded === '"w1795549015.585026"',
  },
];
