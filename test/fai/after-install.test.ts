import { expect, test } from 'vitest';
import { afterInstallFindings } from '../../source/fai/after-install.ts';

const codes = (args: string) => afterInstallFindings(args).map(({ code }) => code);

test.each([
  ['the page’s line', 'root=/dev/nfs nfsroot=10.1.1.6:/srv/fai/nfsroot boot=live FAI_ACTION=install', ['args-stay']],
  ['dracut’s', 'root=10.1.1.6:/srv/fai/nfsroot:vers=3 rootovl FAI_ACTION=install', ['args-stay']],
  ['no root of FAI’s', 'console=hvc0 FAI_ACTION=install', []],
  ['nothing of FAI’s', '-- quiet console=hvc0', []],
])('what stays on the line of an installed system is told before the install: %s', (_, args, wanted) => {
  expect(codes(args)).toEqual(wanted);
});
