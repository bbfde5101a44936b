import '../scratch.ts';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diskRootScript } from '../../source/fai/files/disk-root.ts';

const page = 'root=/dev/nfs nfsroot=10.1.1.6:/srv/fai/nfsroot boot=live FAI_FLAGS=verbose FAI_ACTION=install';
const dracut = 'root=10.1.1.6:/srv/fai/nfsroot:vers=3 rootovl ip=dhcp FAI_ACTION=install';

/** What initramfs-tools is told after its line; null: nothing. */
function told(line: string, ...words: string[]): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'disk-root-'));
  const [script, cmdline, param] = ['script', 'cmdline', 'param.conf'].map((name) => join(folder, name));
  writeFileSync(script ?? '', `${diskRootScript.join('\n')}\n`);
  writeFileSync(cmdline ?? '', `${line}\n`);
  const env = { ...process.env, XENSERVER_CMDLINE: cmdline, XENSERVER_PARAM: param };
  execFileSync('sh', ['-eu', script ?? '', ...words], { env, stdio: 'ignore' });
  return existsSync(param ?? '') ? readFileSync(param ?? '', 'utf8') : null;
}

test.each([
  [`root=/dev/xvda1 ro console=hvc0 ${page}`, "ROOT='/dev/xvda1'\nBOOT=local\n"],
  [`root=UUID=0b5c-77 ro console=hvc0 ${dracut}`, "ROOT='UUID=0b5c-77'\nBOOT=local\n"],
  // Disarmed, or what XenCenter leaves: the line is the system's own.
  ['root=/dev/xvda1 ro console=hvc0', null],
  ['root=/dev/xvda1 ro -- quiet console=hvc0', null],
])("the root of menu.lst is the installed system's, whatever PV-args still say: %s", (line, wanted) => {
  // mkinitramfs asks each script what must come before it.
  expect(told(line, 'prereqs')).toBe(null);
  expect(told(line, '')).toBe(wanted);
});
