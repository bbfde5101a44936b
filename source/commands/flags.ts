import { type Command, InvalidArgumentError } from 'commander';

/** The flags every command takes. */
export function globalOptions(command: Command): Command {
  return command
    .option('--host <address>', 'URL or profile; a bare name means https')
    .option('--profile <name>', 'a saved host')
    .option('--user <name>', 'root, unless said otherwise')
    .option('--password-file <file>', 'first line of a file; - is stdin')
    .option('--password-command <command>', 'what this command prints')
    .option('--json', 'one JSON document on stdout')
    .option('--no-color', 'no colours')
    .option('--low-bandwidth', 'the screen changes less often')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'show what would be done')
    .option('--timeout <seconds>', 'for one call to the host', wholeNumber)
    .option('--read-only', 'change nothing');
}

/** Where the netboot of a VM or template comes from. */
export function sourceFlags(command: Command): Command {
  return command
    .option('--repository <url>', 'install repository')
    .option('--release <name>', 'such as lenny')
    .option('--arch <name>', 'i386 or amd64')
    .option('--args <line>', 'kernel arguments for FAI')
    .option('--kernel <path>', "below the repository, in place of debian-installer's tree; '' for the tree again")
    .option('--initrd <path>', 'the same for the initrd');
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is wanted');
  return Number(text);
}
