// A client nobody here wrote: that of Xen Orchestra. Prints what it saw as one line of JSON.
import { createClient } from 'xen-api';

const [url, password, transport] = process.argv.slice(2);
const auth = { user: 'root', password };
const xapi = createClient({ url, auth, ...(transport === undefined ? {} : { transport }) });
await xapi.connect();
await xapi.objectsFetched;
const all = () => Object.values(xapi.objects.all);
const named = (name) => all().find(({ $type, name_label }) => $type === 'VM' && name_label === name);

/** Until an event has told of it. */
const seen = (what) =>
  new Promise((resolve) => {
    const look = () => {
      const found = what();
      if (found === undefined) return;
      for (const kind of ['add', 'update', 'remove']) xapi.objects.off(kind, look);
      resolve(found);
    };
    for (const kind of ['add', 'update', 'remove']) xapi.objects.on(kind, look);
    look();
  });

const { $ref: template } = named('Debian Lenny 5.0 (32-bit)') ?? named('vm1');
const refused = await xapi.call('VM.get_record', 'OpaqueRef:none').catch(({ code, params }) => [code, ...params]);
const clone = await xapi.call('VM.clone', template, 'seen by Xen Orchestra');
const { $ref } = await seen(() => named('seen by Xen Orchestra'));
await xapi.call('VM.set_name_description', clone, 'a <b> & "c" ä');
const { name_description: description } = await seen(() =>
  all().find(({ $ref: ref, name_description }) => ref === clone && name_description.startsWith('a <b>')),
);
await xapi.call('VM.destroy', clone);
await seen(() => (named('seen by Xen Orchestra') === undefined ? true : undefined));
console.log(
  JSON.stringify({
    pool: xapi.pool.$type,
    hosts: all().filter(({ $type }) => $type === 'host').length,
    vms: all().filter(
      ({ $type, is_control_domain, is_a_template }) => $type === 'VM' && !is_control_domain && !is_a_template,
    ).length,
    refused,
    cloned: $ref === clone,
    description,
  }),
);
await xapi.disconnect();
