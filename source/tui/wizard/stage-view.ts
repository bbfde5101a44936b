import { netbootFolder } from '../../boot/methods/eliloader.ts';
import { blank, type Line, line, title, wrapped } from '../lines.ts';
import type { AppState } from '../state.ts';
import { formRow, hint, problemRows, type Size } from '../view.ts';
import { type StageField, stageFields } from './stage.ts';

const labels: Readonly<Record<StageField, string>> = { root: 'repository', source: 'from', initrd: 'initrd' };

const placeholders: Readonly<Record<StageField, string>> = {
  root: '/srv/www/debian-custom, or user@web:/srv/www/debian-custom',
  source: '/srv/fai/nfsroot, a vmlinuz, a .deb or an .iso',
  initrd: 'none: the nfsroot has one',
};

const helps: Readonly<Record<StageField, string>> = {
  root: 'The folder behind the repository URL; of another machine by ssh with a key.',
  source: 'An nfsroot has both files. A kernel package or the tools ISO has the kernel only.',
  initrd: 'boot/initrd.img-* of the nfsroot, for a kernel that comes from elsewhere.',
};

export function stageView(state: AppState, size: Size): Line[] {
  const { stage } = state.verify;
  const { release, arch } = state.configure.plain;
  const rows: Line[] = [title('Put the netboot files into the repository'), blank];
  for (const [index, name] of stageFields.entries()) {
    const { value, cursor } = stage[name];
    const focused = stage.field === index && !stage.running;
    rows.push(
      formRow({ label: labels[name], value, cursor, focused, kind: 'text', placeholder: placeholders[name] }, size),
    );
  }
  rows.push(blank, hint(helps[stageFields[stage.field] ?? 'root']), blank);
  rows.push(
    ...wrapped(
      `They go to ${netbootFolder({ release, arch })}vmlinuz and initrd.gz below it. What is there is kept as .bak.`,
      size.width,
      'dim',
    ),
  );
  rows.push(...wrapped('A kernel that cannot boot is not put there.', size.width, 'dim'));
  if (stage.running) rows.push(blank, line(`Reading and copying${size.glyphs.ellipsis}`, 'accent'));
  if (stage.problem !== null) rows.push(blank, ...problemRows(stage.problem, size));
  return rows;
}
