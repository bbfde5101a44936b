import type { Surroundings } from './options.ts';
import type { Add, Finish, Options } from './program.ts';

/** Commands about the repository and FAI's side: what must be true before the one attempt. */
export function addRepositoryCommands(add: Add, options: Options, around: Surroundings, finish: Finish): void {
  add('check', 'the repository, as eliloader will see it')
    .option('--repository <url>', 'check this one; no host is needed')
    .option('--release <name>', 'such as lenny')
    .option('--arch <name>', 'i386 or amd64')
    .option('--proxy <url>', 'as install-proxy has it')
    .option('--for <release>', 'by the rules of this XenServer release, such as 5.6')
    .option('--template <name>', 'what this template names')
    .option('--vm <name>', 'what this VM names')
    .option('--disk-config <file>', 'menu.lst, grub.cfg or disk_config: what pygrub will boot')
    .action(async (_, command) => finish(await (await import('./check.ts')).check(options(command), around)));
  add('stage', 'put the netboot files into a repository')
    .option('--root <place>', 'its folder: DIR, or user@host:/dir by ssh')
    .option('--tar <file>', '- : a tar archive on stdout instead')
    .option('--release <name>', 'such as lenny')
    .option('--arch <name>', 'i386 or amd64')
    .option('--nfsroot <dir>', 'kernel and initrd of this nfsroot')
    .option('--kernel <file>', 'this kernel')
    .option('--deb <file>', 'the kernel in this package')
    .option('--iso <file>', 'the kernel on this tools ISO; "host": the one a XenServer has')
    .option('--initrd <file>', 'for sources that have none')
    .option('--pool [tool]', 'the packages, too, for apt-ftparchive, reprepro or dput')
    .option('--repack', 'the kernel packed with gzip, for a Xen that cannot unpack it as it is')
    .option('--url <url>', 'the repository as seen from outside: checks it afterwards')
    .option('--for <release>', 'by the rules of this XenServer release, such as 5.6')
    .option('--force', 'whatever is found')
    .option('--live-iso <name>', 'with --iso host: a VM from this live disc to copy the files by hand')
    .option('--network <name>', 'of that VM')
    .action(async (_, command) => finish(await (await import('./stage.ts')).stage(options(command), around)));
  add('fai-files <dir>', 'what a config space needs for guests of XenServer')
    .option('--release <name>', 'of the guests; lenny unless said otherwise')
    .option('--arch <name>', 'i386 or amd64, for the commands shown')
    .option('--repository <url>', 'your archive, for the lines of sources.list')
    .option('--root <place>', 'its folder, for the commands shown')
    .option('--nfsroot <dir>', 'to see what is done; /srv/fai/nfsroot unless said otherwise')
    .option('--etc <dir>', "FAI's settings; /etc/fai unless said otherwise")
    .action(async (folder, _, command) =>
      finish(await (await import('./fai-files.ts')).faiFilesCommand(folder, options(command), around)),
    );
}
